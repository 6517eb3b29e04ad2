/**
 * The files that start OpenRLHF (on Ray) or TRL with a run's settings: a shell script and a Python
 * script. `lib/settings/elsewhere.ts` maps each setting to theirs.
 */
import type { ScoreStatistics } from "../rl/mod.ts";
import trlScript from "./trl_launch.py" with { type: "text" };
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
 * Writes `launch.py` from `trl_launch.py`: TRL's PPOTrainer, with a score head that normalises and
 * clips as this project does.
 */
export function trlLaunch({ settings, prompts, statistics }: Launch): string {
  const { mean, deviation } = settings.normalise_scores && statistics !== undefined
    ? statistics
    : { mean: 0, deviation: 1 };
  const fields = fieldsElsewhere("trl", settings, prompts)
    .filter(([name, value]) => value !== false || name === "gradient_checkpointing")
    .map(([name, value]) => `${name}=${python(value)}`);
  const values = new Map<string, string | number>([
    ["MEAN", mean],
    ["DEVIATION", deviation],
    ["LIMIT", settings.reward_clip_eps],
    ["ANSWERS", settings.num_return_sequences],
    ["SETTINGS", fields.join(",\n    ")],
  ]);
  return trlScript.replaceAll(/__([A-Z]+)__/g, (_, name: string) => String(values.get(name)));
}

/** A value as a Python literal. */
function python(value: string | number | readonly number[] | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
