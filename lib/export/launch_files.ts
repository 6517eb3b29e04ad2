/**
 * The files that start OpenRLHF (on Ray) or TRL with a run's settings: a shell script and a Python
 * script. `lib/settings/elsewhere.ts` maps each setting to theirs.
 */
import type { ScoreStatistics } from "../rl/mod.ts";
import { fieldsElsewhere, type Settings } from "../settings/mod.ts";

/** The content of a launch file. */
export interface Launch {
  /** A full set of checked settings. */
  readonly settings: Settings;
  /** The number of prompts in `prompts.jsonl`. */
  readonly prompts: number;
  /** Mean and standard deviation of the raw scores, if known. */
  readonly statistics: ScoreStatistics | undefined;
}

/** Writes `launch.sh`: OpenRLHF's `train_ppo_ray` with all models on one GPU. */
export function openRlhfLaunch({ settings, prompts }: Launch): string {
  const machines = ["actor", "ref", "critic", "reward"].flatMap((model) => [
    `--${model}.num_nodes 1`,
    `--${model}.num_gpus_per_node 1`,
  ]);
  const flags = fieldsElsewhere("openrlhf", settings, prompts).flatMap(([name, value]) => {
    if (value === false) return [];
    return value === true ? [`--${name}`] : [`--${name} ${[value].flat().join(" ")}`];
  });
  const lines = [
    "python3 -m openrlhf.cli.train_ppo_ray",
    ...machines,
    "--train.colocate_all",
    "--vllm.num_engines 1",
    "--vllm.tensor_parallel_size 1",
    "--vllm.enable_sleep",
    "--ds.param_dtype bf16",
    "--ds.attn_implementation eager",
    "--ds.value_head_prefix score",
    "--logger.tensorboard_dir runs",
    ...flags,
  ];
  return `#!/usr/bin/env bash
# OpenRLHF 0.11.2: pip install openrlhf[vllm]==0.11.2; run in this folder on a machine with a GPU.
# For more machines, run ray start --head on one, ray start --address on the others, and raise the numbers below.
set -euo pipefail
cd "$(dirname "$0")"
${lines.join(" \\\n  ")}
`;
}

/**
 * Writes `launch.py`: TRL's PPOTrainer, with a score head that normalises and clips as this project
 * does.
 */
export function trlLaunch({ settings, prompts, statistics }: Launch): string {
  const { mean, deviation } = settings.normalise_scores && statistics !== undefined
    ? statistics
    : { mean: 0, deviation: 1 };
  const limit = python(settings.reward_clip_eps);
  const config = fieldsElsewhere("trl", settings, prompts).filter(([name, value]) =>
    value !== false || name === "gradient_checkpointing"
  ).map(([name, value]) => `    ${name}=${python(value)},\n`);
  return `${TRL_IMPORTS}
class NormalisedScore(torch.nn.Module):
    """Normalises the reward model's scores to mean 0 and standard deviation 1, and clips them."""

    def __init__(self, score):
        super().__init__()
        self.score = score

    def forward(self, hidden):
        normalised = (self.score(hidden) - ${python(mean)}) / ${python(deviation)}
        return normalised.clamp(-${limit}, ${limit})


ANSWERS_PER_PROMPT = ${settings.num_return_sequences}
config = PPOConfig(
${config.join("")}${TRL_TRAINING}`;
}

const TRL_IMPORTS = `"""TRL 1.12.0: pip install trl==1.12.0 torch; run in this folder.

For several GPUs: accelerate launch launch.py.
"""

import json

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer
from trl.experimental.ppo import PPOConfig, PPOTrainer

`;

/** From the last fields of the configuration to the end. */
const TRL_TRAINING = `    bf16=torch.cuda.is_available(),
    use_cpu=not torch.cuda.is_available(),
    stop_token="eos",
    num_sample_generations=0,
    report_to="none",
)
tokenizer = AutoTokenizer.from_pretrained("actor", padding_side="left")
policy = AutoModelForCausalLM.from_pretrained("actor")
reference = AutoModelForCausalLM.from_pretrained("actor")
reward = AutoModelForSequenceClassification.from_pretrained("reward", num_labels=1)
reward.score = NormalisedScore(reward.score)
critic = AutoModelForSequenceClassification.from_pretrained("critic", num_labels=1)
with open("prompts.jsonl", encoding="utf-8") as lines:
    texts = [json.loads(line)["input"] for line in lines]
ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
prompts = Dataset.from_dict({"input_ids": [row for row in ids for _ in range(ANSWERS_PER_PROMPT)]})
trainer = PPOTrainer(
    args=config,
    processing_class=tokenizer,
    model=policy,
    ref_model=reference,
    reward_model=reward,
    value_model=critic,
    train_dataset=prompts,
    eval_dataset=prompts.select(range(min(16, len(prompts)))),
)
trainer.train()
trainer.save_model(config.output_dir)
`;

/** A value as a Python literal. */
function python(value: string | number | readonly number[] | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
