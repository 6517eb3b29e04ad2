/**
 * Warnings while a run trains: each at most once a run, with the number and a hint.
 *
 * They are functions of the rows of metrics alone. So a resumed run repeats no warning: it is given
 * the rows of before, whose warnings were printed then.
 */
import {
  at,
  isClipped,
  klPerToken,
  lacksSpread,
  LIMITS,
  paidStd,
  percent,
  relativeCriticLoss,
  shown,
} from "./checks.ts";
import type { RunRow } from "./metric_columns.ts";

/** A warning that is due under a condition. */
interface Watch {
  /** Its name, by which it is given once. */
  readonly name: string;
  /** What was found, or undefined if the row is healthy. `first` is the run's first row. */
  readonly found: (row: RunRow, first: RunRow) => string | undefined | false;
  /** What to try. */
  readonly hint: string;
}

const SMALLER_STEPS = "try a lower learning_rate, fewer ppo_epoch, or target_kl 0.02";

const WATCHES: readonly Watch[] = [
  {
    name: "ratio",
    found(row) {
      const mean = at(row, "ratio_mean"), max = at(row, "ratio_max");
      if (mean > LIMITS.ratioMean || mean < 1 / LIMITS.ratioMean) {
        return `the mean probability ratio is ${shown(mean)}, far from 1`;
      }
      return max > LIMITS.ratioMax && `the largest probability ratio is ${shown(max)}`;
    },
    hint: SMALLER_STEPS,
  },
  {
    name: "kl of the update",
    found: (row) =>
      at(row, "approx_kl") > LIMITS.approxKl &&
      `an update moved the policy by ${shown(at(row, "approx_kl"))} nats per token (approx_kl)`,
    hint: SMALLER_STEPS,
  },
  {
    name: "kl to the reference",
    found: (row) =>
      klPerToken(row) > LIMITS.klPerToken &&
      `the policy is ${shown(klPerToken(row))} nats per token away from the reference model (kl)`,
    hint: "answers may no longer be text; try a larger kl_coef or a lower learning_rate",
  },
  {
    name: "clip fraction",
    found: (row) =>
      at(row, "clip_fraction") > LIMITS.clipFraction &&
      `${percent(at(row, "clip_fraction"))} of the ratios are outside the clip range`,
    hint: SMALLER_STEPS,
  },
  {
    name: "entropy",
    found(row, first) {
      // The first update may have collapsed itself. The surprisal is the entropy before it.
      const start = Math.max(at(first, "entropy"), first.surprisal ?? 0);
      return at(row, "entropy") < LIMITS.entropyShare * start &&
        `the entropy fell to ${shown(at(row, "entropy"))} nats per token, from ${shown(start)}`;
    },
    hint: "the policy gives nearly the same answers; try a lower learning_rate or a larger kl_coef",
  },
  {
    name: "critic loss",
    found: (row) =>
      relativeCriticLoss(row) > LIMITS.criticLoss &&
      `the critic's loss is ${shown(at(row, "critic_loss"))}, ${
        shown(relativeCriticLoss(row))
      } times that of a critic which predicts 0`,
    hint: "try a lower learning_rate, or fresh_value_head true",
  },
  {
    name: "scores clipped",
    found: (row) =>
      isClipped(row) && !lacksSpread(row) &&
      `${percent(at(row, "score_clipped"))} of the scores are clipped to the same value`,
    hint: "better answers earn nothing more; try normalise_scores true or a larger reward_clip_eps",
  },
  {
    name: "reward without spread",
    found: (row) =>
      (lacksSpread(row) || (!isClipped(row) && paidStd(row) < LIMITS.scoreStd)) &&
      `all answers get nearly the same score (mean ${shown(at(row, "mean_reward"))}, standard ` +
        `deviation ${shown(lacksSpread(row) ? at(row, "reward_std") : paidStd(row))})`,
    hint: "there is nothing to learn from; check the reward model on good and bad answers",
  },
  {
    name: "answers without an end",
    found: (row) =>
      at(row, "eos_rate") < LIMITS.eosRate &&
      `only ${percent(at(row, "eos_rate"))} of the answers end with the end token`,
    hint:
      "try a larger query_len or missing_eos_penalty, and check that the SFT model ends answers",
  },
];

/** Watches one run. */
export interface RunWarnings {
  /** The new warnings of an update, each a sentence. */
  update(row: RunRow): string[];
}

/**
 * Starts watching. `before` are the rows of a run that is resumed, whose warnings are not repeated.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createWarnings } from "ppo/doctor/mod.ts";
 * const warnings = createWarnings();
 * deepEqual(warnings.update({ clip_fraction: 0.08 }), []);
 * deepEqual(warnings.update({ clip_fraction: 0.5 }).length, 1);
 * deepEqual(warnings.update({ clip_fraction: 0.6 }), []); // given once
 * ```
 */
export function createWarnings(before: readonly RunRow[] = []): RunWarnings {
  const given = new Set<string>();
  let first: RunRow | undefined;
  const update = (row: RunRow): string[] => {
    first ??= row;
    const start = first;
    return WATCHES.flatMap(({ name, found, hint }) => {
      const sentence = given.has(name) ? undefined : found(row, start);
      if (!sentence) return [];
      given.add(name);
      return [`warning: ${sentence}; ${hint}`];
    });
  };
  before.forEach(update);
  return { update };
}
