/**
 * The metrics that the diagnosis reads, and their names in the logs of this project, TRL, OpenRLHF
 * and verl.
 *
 * The names are those that the libraries publish: `PPOTrainer` and `GRPOTrainer` of TRL (their
 * documentation's section "Logged metrics"), the status of OpenRLHF's PPO actor and critic
 * (`openrlhf/trainer/ray/ppo_actor.py`, `ppo_critic.py`), and verl's
 * `verl/trainer/ppo/metric_utils.py` with the metrics of its actor and critic.
 */

/** A metric of one update, under this project's name (GLOSSARY.md), or as its comment says. */
export type RunMetric =
  | "mean_reward"
  | "reward_std"
  | "score"
  | "score_std"
  | "score_clipped"
  | "non_score_reward"
  | "kl"
  /** The KL to the reference in nats per token. */
  | "kl_per_token"
  /** The coefficient of the KL penalty. */
  | "kl_coef"
  | "response_length"
  | "eos_rate"
  /** End-of-sequence tokens in the batch. */
  | "eos_count"
  | "surprisal"
  | "explained_variance"
  | "return_after_end"
  | "actor_loss"
  | "critic_loss"
  | "approx_kl"
  | "first_approx_kl"
  | "ratio_mean"
  | "ratio_max"
  | "clip_fraction"
  | "entropy"
  | "actor_grad_norm"
  | "critic_grad_norm"
  | "advantage_rms"
  | "optimizer_steps"
  /** The difference between sampled and recomputed probabilities, mean over tokens. */
  | "probability_difference";

/** The metrics of one update. Absent: not logged. NaN: logged, but not finite. */
export type RunRow = Readonly<Partial<Record<RunMetric, number>>>;

/** Whose names a log has. */
export type LogOrigin = "ppo" | "TRL" | "OpenRLHF" | "verl";

/** What a column of a log becomes: a metric, or a metric computed from its value. */
type Column = RunMetric | { readonly metric: RunMetric; readonly from: (value: number) => number };

type Columns = Readonly<Record<string, Column>>;

const ended: Column = { metric: "eos_rate", from: (truncated) => 1 - truncated };

const OURS: Columns = Object.fromEntries(
  ([
    ...["mean_reward", "reward_std", "score", "score_std", "score_clipped", "non_score_reward"],
    ...["kl", "response_length", "eos_rate", "surprisal", "explained_variance"],
    ...["return_after_end", "actor_loss", "critic_loss", "approx_kl", "first_approx_kl"],
    ...["ratio_mean", "ratio_max", "clip_fraction", "entropy", "actor_grad_norm"],
    ...["critic_grad_norm", "advantage_rms", "optimizer_steps"],
  ] as RunMetric[]).map((name) => [name, name]), // the names are those of the type above
);

const TRL: Columns = {
  "objective/scores": "mean_reward",
  "objective/kl": "kl",
  "objective/non_score_reward": "non_score_reward",
  "policy/approxkl_avg": "approx_kl",
  "policy/clipfrac_avg": "clip_fraction",
  "policy/entropy_avg": "entropy",
  "loss/policy_avg": "actor_loss",
  "loss/value_avg": "critic_loss",
  "val/ratio": "ratio_mean",
  "val/num_eos_tokens": "eos_count",
  // GRPOTrainer
  "reward": "mean_reward",
  "reward_std": "reward_std",
  "kl": "kl_per_token",
  "entropy": "entropy",
  "loss": "actor_loss",
  "grad_norm": "actor_grad_norm",
  "clip_ratio/region_mean": "clip_fraction",
  "clip_ratio": "clip_fraction",
  "completions/mean_length": "response_length",
  "completions/clipped_ratio": ended,
};

const OPENRLHF: Columns = {
  "reward": "mean_reward",
  "group_reward_std": "reward_std",
  "kl": "kl_per_token",
  "ppo_kl": "approx_kl",
  "ppo_clip_ratio": "clip_fraction",
  "policy_loss": "actor_loss",
  "critic_loss": "critic_loss",
  "response_length": "response_length",
  "truncated": ended,
  "entropy_loss": "entropy",
  "actor_grad_norm": "actor_grad_norm",
  "vllm_kl": "probability_difference",
};

const VERL: Columns = {
  "critic/score/mean": "mean_reward",
  "actor/reward_kl_penalty": "kl_per_token",
  "actor/reward_kl_penalty_coeff": "kl_coef",
  "actor/kl_loss": "kl_per_token",
  "actor/kl_coef": "kl_coef",
  "actor/ppo_kl": "approx_kl",
  "actor/pg_clipfrac": "clip_fraction",
  "actor/pg_loss": "actor_loss",
  "actor/entropy": "entropy",
  "actor/entropy_loss": "entropy",
  "actor/grad_norm": "actor_grad_norm",
  "critic/vf_loss": "critic_loss",
  "critic/vf_explained_var": "explained_variance",
  "critic/grad_norm": "critic_grad_norm",
  "response_length/mean": "response_length",
  "response_length/clip_ratio": ended,
  "training/rollout_probs_diff_mean": "probability_difference",
};

const COLUMNS: Readonly<Record<LogOrigin, Columns>> = {
  "ppo": OURS,
  "TRL": TRL,
  "OpenRLHF": OPENRLHF,
  "verl": VERL,
};

/** Names that occur in the logs of one library only. */
const MARKS: readonly (readonly [LogOrigin, readonly string[]])[] = [
  ["ppo", ["mean_reward"]],
  ["verl", ["actor/pg_loss", "actor/ppo_kl", "critic/score/mean", "actor/pg_clipfrac"]],
  ["TRL", ["objective/kl", "objective/scores", "completions/mean_length", "reward_std"]],
  ["TRL", ["policy/approxkl_avg", "frac_reward_zero_std", "completions/clipped_ratio"]],
  ["OpenRLHF", ["ppo_clip_ratio", "ppo_kl", "policy_loss", "actor_lr"]],
];

/** The prefixes under which Weights & Biases and TensorBoard show the metrics of training. */
const plainName = (name: string): string => name.replace(/^(train|ppo)\//, "");

/**
 * The library that wrote rows with these names, or undefined.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { originOf } from "ppo/doctor/mod.ts";
 * equal(originOf(["objective/kl", "loss/value_avg"]), "TRL");
 * equal(originOf(["train/ppo_kl"]), "OpenRLHF");
 * ```
 */
export function originOf(names: Iterable<string>): LogOrigin | undefined {
  const known = new Set(Array.from(names, plainName));
  return MARKS.find(([, marks]) => marks.some((mark) => known.has(mark)))?.[0];
}

/**
 * A row under this project's names. null, which JSON writes for NaN and infinities, becomes NaN;
 * other columns are left out.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { rowFrom } from "ppo/doctor/mod.ts";
 * const row = { "actor/ppo_kl": 0.01, "response_length/clip_ratio": 0.25, "step": 3 };
 * deepEqual(rowFrom(row, "verl"), { approx_kl: 0.01, eos_rate: 0.75 });
 * ```
 */
export function rowFrom(row: Readonly<Record<string, unknown>>, origin: LogOrigin): RunRow {
  const columns = COLUMNS[origin];
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const column = Object.hasOwn(columns, plainName(name)) ? columns[plainName(name)] : undefined;
      if (column === undefined || (typeof value !== "number" && value !== null)) return [];
      const number = value ?? NaN;
      return [
        typeof column === "string" ? [column, number] : [column.metric, column.from(number)],
      ];
    }),
  );
}
