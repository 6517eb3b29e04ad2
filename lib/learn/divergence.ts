/**
 * The error of a training that has diverged: a loss, a gradient or a weight is NaN or infinite.
 *
 * NaN spreads. A single step with a gradient of NaN makes every weight NaN, and everything that is
 * computed afterwards. So a trainer checks its loss and its gradient before the step, and throws
 * this error while parameters and moments are still as they were.
 */

import { inBoth, say, type Text, type Words } from "../text/mod.ts";

/** What a divergence is due to. */
export interface DivergenceOptions {
  /** What to try (default: smaller steps). */
  readonly advice?: Text;
  /** Whether steps that were too large are the likely cause (default true). */
  readonly fromSteps?: boolean;
}

/** Training has diverged. The message says where, and which settings to try. */
export class DivergenceError extends Error {
  /** What is not finite, as a sentence without its full stop. */
  readonly found: Text;
  /** Whether steps that were too large are the likely cause. */
  readonly fromSteps: boolean;

  /** `found` says what is not finite. */
  constructor(
    found: Words,
    { advice = STEP_ADVICE, fromSteps = true }: DivergenceOptions = {},
  ) {
    const { en, zh } = inBoth(found);
    super(say({
      en: `Cannot go on training: ${en}. ${advice.en}`,
      zh: `训练无法继续：${zh}。${advice.zh}`,
    }));
    this.name = "DivergenceError";
    this.found = { en, zh };
    this.fromSteps = fromSteps;
  }
}

/** What to try when steps were too large. */
const STEP_ADVICE = {
  en: "The steps were too large: try a learning_rate ten times lower, a longer " +
    "warm-up (warmup_proportion), or a smaller max_grad_norm.",
  zh: "每一步太大：可以把 learning_rate 降到十分之一，加长预热 (warmup_proportion)，" +
    "或调小 max_grad_norm。",
};

/** Where a number was found. */
export interface Place {
  /** The quantity and its model, such as `the loss of the actor`. */
  readonly name: Text;
  /** The optimizer step, counted from 1. */
  readonly step: number;
}

/** The error for a number that is not finite, before an optimizer step. */
export const divergedStep = (value: number, { name, step }: Place): DivergenceError =>
  new DivergenceError({
    en: `${name.en} is ${value} at optimizer step ${step}`,
    zh: `${name.zh}在第 ${step} 个优化器步为 ${value}`,
  });

/** The model that is trained, where it has no other name. */
const THE_MODEL = { en: "the model", zh: "模型" };

/** The name of a model's loss, for `divergedStep`. */
export function lossOf(model: Words = THE_MODEL): Text {
  const { en, zh } = inBoth(model);
  return { en: `the loss of ${en}`, zh: `${zh}的损失` };
}

/** The name of a model's gradient norm, for `divergedStep`. */
export function gradientNormOf(model: Words = THE_MODEL): Text {
  const { en, zh } = inBoth(model);
  return { en: `the gradient norm of ${en}`, zh: `${zh}的梯度范数` };
}

/**
 * Checks arrays by name.
 *
 * @throws DivergenceError with the first name whose array has a value that is NaN or infinite.
 * @example
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { requireFiniteArrays } from "ppo/learn/mod.ts";
 * const arrays = new Map([["wte.weight", { data: Float32Array.of(1, NaN) }]]);
 * throws(() => requireFiniteArrays(arrays, "the actor"), {
 *   message: /^Cannot go on training: "wte\.weight" of the actor has the value NaN\. /,
 * });
 * ```
 */
export function requireFiniteArrays(
  arrays: Iterable<readonly [string, { readonly data: ArrayLike<number> }]>,
  owner: Words,
): void {
  const { en, zh } = inBoth(owner);
  for (const [name, { data }] of arrays) {
    const index = nonFinite(data);
    if (index >= 0) {
      throw new DivergenceError({
        en: `"${name}" of ${en} has the value ${data[index]}`,
        zh: `${zh}的“${name}”有值 ${data[index]}`,
      });
    }
  }
}

/** The place of the first value that is NaN or infinite, or -1. */
function nonFinite(data: ArrayLike<number>): number {
  // x - x is 0 for a finite x: a loop without calls, for a hundred million values
  for (let index = 0; index < data.length; index++) {
    if (data[index] - data[index] !== 0) return index;
  }
  return -1;
}
