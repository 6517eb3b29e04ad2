/**
 * Every PPO setting in the words of the two libraries that go on where one machine ends: OpenRLHF (on Ray) and TRL.
 *
 * A total table: a new setting does not compile until its row says what becomes of it there. Flags and fields are those of
 * OpenRLHF 0.11.2 (`openrlhf.cli.train_ppo_ray`) and TRL 1.12.0 (`trl.experimental.ppo.PPOConfig`).
 */
import type { DefectName } from "../settings/mod.ts";
import type { Settings } from "../settings/mod.ts";

/** How many prompts there are: the other libraries count passes over them. */
export interface PromptCount {
  /** Passages, each once. */
  readonly prompts: number;
}

/** What a field there can hold. */
export type FieldValue = string | number | readonly number[] | boolean;

/** What a setting becomes: fields with values (`true`: a bare flag; `false`: left out), and a remark. */
export interface Elsewhere {
  /** Names there with the values made of the settings. */
  readonly fields: {
    readonly [name: string]: (settings: Settings, count: PromptCount) => FieldValue;
  };
  /** What differs, in a phrase. */
  readonly remark?: string;
}

/** A setting in both libraries. */
export interface ElsewhereRow {
  /** As flags of `train_ppo_ray`. */
  readonly openrlhf: Elsewhere;
  /** As fields of `PPOConfig`. */
  readonly trl: Elsewhere;
}

const nothing = (remark: string): Elsewhere => ({ fields: {}, remark });
const none = (remark: string): ElsewhereRow => ({
  openrlhf: nothing(remark),
  trl: nothing(remark),
});

const answersOfPool = ({ batch_size, update_timesteps, num_return_sequences }: Settings): number =>
  batch_size * update_timesteps * num_return_sequences;
const answersOfMinibatch = (
  { mini_batch_size, batch_size, num_return_sequences }: Settings,
): number => mini_batch_size || batch_size * num_return_sequences;
const promptsOfRun = ({ batch_size, num_episodes, max_timesteps }: Settings): number =>
  batch_size * num_episodes * max_timesteps;

const defects: { readonly [K in DefectName]: ElsewhereRow } = {
  left_pad_without_positions: none("a mistake of the tutorial; left out"),
  gae_over_padding: none("a mistake of the tutorial; left out"),
  dropout_in_update: none("a mistake of the tutorial; left out"),
  log_probs_of_raw_distribution: none("a mistake of the tutorial; left out"),
  no_whitening: none("both always whiten"),
  no_score_normalisation: none("see normalise_scores"),
  no_missing_eos_penalty: none("see missing_eos_penalty"),
  shuffle_whole_batches: none("a mistake of the tutorial; left out"),
  prompts_through_set: none("a mistake of the tutorial; left out"),
  unstable_log_sigmoid: none("concerns the reward stage"),
};

/** What each setting becomes. */
export const ELSEWHERE: { readonly [K in keyof Settings]: ElsewhereRow } = {
  ...defects,
  train_file_path: {
    openrlhf: {
      fields: { "data.prompt_dataset": () => "prompts.jsonl", "data.input_key": () => "input" },
    },
    trl: nothing("prompts.jsonl, read by the script"),
  },
  ori_model_path: {
    openrlhf: {
      fields: { "actor.model_name_or_path": () => "actor" },
      remark: "also the reference",
    },
    trl: { fields: { sft_model_path: () => "actor" }, remark: "also the reference" },
  },
  reward_model_path: {
    openrlhf: {
      fields: {
        "reward.model_name_or_path": () => "reward",
        "critic.model_name_or_path": () => "critic",
      },
    },
    trl: {
      fields: { reward_model_path: () => "reward" },
      remark: "the critic is read from critic/",
    },
  },
  output_dir: {
    openrlhf: { fields: { "ckpt.output_dir": ({ output_dir }) => output_dir } },
    trl: { fields: { output_dir: ({ output_dir }) => output_dir } },
  },
  device: none("GPUs are counted there; one is asked for"),
  seed: {
    openrlhf: { fields: { "train.seed": ({ seed }) => seed }, remark: "other random numbers" },
    trl: { fields: { seed: ({ seed }) => seed }, remark: "other random numbers" },
  },
  max_len: {
    openrlhf: { fields: { "data.max_len": ({ max_len }) => max_len } },
    trl: nothing("the prompts in prompts.jsonl are cut already"),
  },
  query_len: {
    openrlhf: { fields: { "rollout.max_new_tokens": ({ query_len }) => query_len } },
    trl: { fields: { response_length: ({ query_len }) => query_len } },
  },
  batch_size: {
    openrlhf: {
      fields: {
        "rollout.batch_size": ({ batch_size, update_timesteps }) => batch_size * update_timesteps,
      },
      remark: "prompts of one update: batch_size times update_timesteps",
    },
    trl: {
      fields: {
        per_device_train_batch_size: answersOfPool,
        gradient_accumulation_steps: () => 1,
        local_rollout_forward_batch_size: ({ batch_size }) => batch_size,
      },
      remark: "answers of one update",
    },
  },
  num_return_sequences: {
    openrlhf: {
      fields: {
        "rollout.n_samples_per_prompt": ({ num_return_sequences }) => num_return_sequences,
      },
    },
    trl: nothing("one answer a prompt; the script repeats the prompts"),
  },
  num_episodes: {
    openrlhf: {
      fields: {
        "train.num_episodes": (settings, { prompts }) =>
          Math.ceil(promptsOfRun(settings) / prompts),
      },
      remark: "passes over the prompts, at least as many as here",
    },
    trl: {
      fields: {
        total_episodes: (settings) => promptsOfRun(settings) * settings.num_return_sequences,
      },
      remark: "answers of the whole run",
    },
  },
  max_timesteps: none("in the number of answers, see num_episodes"),
  update_timesteps: none("in the size of a rollout, see batch_size"),
  ppo_epoch: {
    openrlhf: { fields: { "train.max_epochs": ({ ppo_epoch }) => ppo_epoch } },
    trl: { fields: { num_ppo_epochs: ({ ppo_epoch }) => ppo_epoch } },
  },
  mini_batch_size: {
    openrlhf: { fields: { "train.batch_size": answersOfMinibatch } },
    trl: {
      fields: {
        num_mini_batches: (settings) =>
          Math.ceil(answersOfPool(settings) / answersOfMinibatch(settings)),
      },
    },
  },
  micro_batch_size: {
    openrlhf: {
      fields: {
        "train.micro_batch_size": (settings) =>
          settings.micro_batch_size || answersOfMinibatch(settings),
        "rollout.micro_batch_size": (settings) => settings.micro_batch_size || settings.batch_size,
      },
    },
    trl: nothing("the minibatch at once"),
  },
  blocks_per_program: {
    openrlhf: {
      fields: {
        "actor.gradient_checkpointing_enable": ({ blocks_per_program }) => blocks_per_program > 0,
      },
    },
    trl: { fields: { gradient_checkpointing: ({ blocks_per_program }) => blocks_per_program > 0 } },
  },
  logits_at_once: none("all of a pass at once"),
  score_batch_size: {
    openrlhf: nothing("see rollout.micro_batch_size"),
    trl: nothing("see local_rollout_forward_batch_size"),
  },
  generate_batch_size: {
    openrlhf: nothing("vLLM fills its batches itself"),
    trl: nothing("see local_rollout_forward_batch_size"),
  },
  spare_memory: none("there a GPU's memory is spared by sharding and offloading"),
  gpu_buffers: none("PyTorch keeps a GPU's memory by itself"),
  frozen_dtype: none("there frozen models are stored as the others are"),
  memory_gib: none("a GPU's memory is all there is"),
  learning_rate: {
    openrlhf: {
      fields: {
        "actor.adam.lr": ({ learning_rate }) => learning_rate,
        "critic.adam.lr": ({ learning_rate }) => learning_rate,
        "actor.adam.betas": () => [0.9, 0.999],
        "critic.adam.betas": () => [0.9, 0.999],
        "actor.lr_scheduler": () => "constant",
        "critic.lr_scheduler": () => "constant",
      },
    },
    trl: {
      fields: {
        learning_rate: ({ learning_rate }) => learning_rate,
        lr_scheduler_type: () => "constant",
      },
      remark: "one AdamW for both",
    },
  },
  adam_epsilon: {
    openrlhf: {
      fields: {
        "actor.adam.eps": ({ adam_epsilon }) => adam_epsilon,
        "critic.adam.eps": ({ adam_epsilon }) => adam_epsilon,
      },
    },
    trl: { fields: { adam_epsilon: ({ adam_epsilon }) => adam_epsilon } },
  },
  max_grad_norm: {
    openrlhf: {
      fields: {
        "actor.max_norm": ({ max_grad_norm }) => max_grad_norm,
        "critic.max_norm": ({ max_grad_norm }) => max_grad_norm,
      },
    },
    trl: {
      fields: { max_grad_norm: ({ max_grad_norm }) => max_grad_norm },
      remark: "not applied by PPOTrainer",
    },
  },
  kl_coef: {
    openrlhf: {
      fields: { "algo.kl.init_coef": ({ kl_coef }) => kl_coef, "algo.kl.estimator": () => "k1" },
    },
    trl: { fields: { kl_coef: ({ kl_coef }) => kl_coef, kl_estimator: () => "k1" } },
  },
  gamma: {
    openrlhf: { fields: { "algo.advantage.gamma": ({ gamma }) => gamma } },
    trl: { fields: { gamma: ({ gamma }) => gamma } },
  },
  lam: {
    openrlhf: {
      fields: { "algo.advantage.lambd": ({ lam }) => lam, "algo.advantage.estimator": () => "gae" },
    },
    trl: { fields: { lam: ({ lam }) => lam } },
  },
  policy_clip_eps: {
    openrlhf: { fields: { "actor.eps_clip": ({ policy_clip_eps }) => policy_clip_eps } },
    trl: { fields: { cliprange: ({ policy_clip_eps }) => policy_clip_eps } },
  },
  value_clip_eps: {
    openrlhf: { fields: { "critic.value_clip": ({ value_clip_eps }) => value_clip_eps } },
    trl: {
      fields: { cliprange_value: ({ value_clip_eps }) => value_clip_eps, vf_coef: () => 1 },
      remark: "one loss: policy + vf_coef times value",
    },
  },
  reward_clip_eps: {
    openrlhf: {
      fields: { "reward.clip_range": ({ reward_clip_eps }) => [-reward_clip_eps, reward_clip_eps] },
    },
    trl: nothing("clipped by the script's score head"),
  },
  whiten_advantages: none("both always whiten"),
  normalise_scores: {
    openrlhf: { fields: { "reward.normalize_enable": ({ normalise_scores }) => normalise_scores } },
    trl: nothing("by the script's score head"),
  },
  fresh_value_head: none("the head in critic/ is zero when it is set"),
  missing_eos_penalty: {
    openrlhf: nothing("there is none"),
    trl: {
      fields: { missing_eos_penalty: ({ missing_eos_penalty }) => missing_eos_penalty || false },
    },
  },
  do_sample: none("both always sample"),
  temperature: {
    openrlhf: { fields: { "rollout.temperature": ({ temperature }) => temperature } },
    trl: { fields: { temperature: ({ temperature }) => temperature } },
  },
  top_k: none("both sample from all tokens"),
  top_p: {
    openrlhf: { fields: { "rollout.top_p": ({ top_p }) => top_p } },
    trl: nothing("samples from all tokens"),
  },
  repetition_penalty: none("there is none"),
  faithful: none("turns the tutorial's mistakes on; left out"),
};

/** All fields of one library with their values, in the table's order. */
export function fieldsElsewhere(
  library: keyof ElsewhereRow,
  settings: Settings,
  count: PromptCount,
): [string, FieldValue][] {
  return Object.values(ELSEWHERE).flatMap((row) =>
    Object.entries(row[library].fields).map((
      [name, value],
    ): [string, FieldValue] => [name, value(settings, count)])
  );
}

/** The table for people, in Markdown: setting, OpenRLHF, TRL. */
export function elsewhereTable(): string {
  const cell = ({ fields, remark }: Elsewhere, mark: string) => {
    const names = Object.keys(fields).map((name) => `\`${mark}${name}\``).join(", ");
    return [names, remark ?? ""].filter((part) => part !== "").join("; ");
  };
  const rows = Object.entries(ELSEWHERE).map(([name, { openrlhf, trl }]) =>
    `| \`${name}\` | ${cell(openrlhf, "--")} | ${cell(trl, "")} |`
  );
  return ["| setting | OpenRLHF 0.11.2 | TRL 1.12.0 |", "| --- | --- | --- |", ...rows].join("\n") +
    "\n";
}
