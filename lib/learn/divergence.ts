/**
 * The error of a training that has diverged: a loss, a gradient or a weight is NaN or infinite.
 *
 * NaN spreads. A single step with a gradient of NaN makes every weight NaN, and everything that is
 * computed afterwards. So a trainer checks its loss and its gradient before the step, and throws
 * this error while parameters and moments are still as they were.
 */

/** What a divergence is due to. */
export interface DivergenceOptions {
  /** What to try (default: smaller steps). */
  readonly advice?: string;
  /** Whether steps that were too large are the likely cause (default true). */
  readonly fromSteps?: boolean;
}

/** Training has diverged. The message says where, and which settings to try. */
export class DivergenceError extends Error {
  /** What is not finite, as a sentence without its full stop. */
  readonly found: string;
  /** Whether steps that were too large are the likely cause. */
  readonly fromSteps: boolean;

  /** `found` says what is not finite. */
  constructor(
    found: string,
    { advice = STEP_ADVICE, fromSteps = true }: DivergenceOptions = {},
  ) {
    super(`Cannot go on training: ${found}. ${advice}`);
    this.name = "DivergenceError";
    this.found = found;
    this.fromSteps = fromSteps;
  }
}

/** What to try when steps were too large. */
const STEP_ADVICE = "The steps were too large: try a learning_rate ten times lower, a longer " +
  "warm-up (warmup_proportion), or a smaller max_grad_norm.";

/** Where a number was found. */
export interface Place {
  /** The quantity and its model, such as `the loss of the actor`. */
  readonly name: string;
  /** The optimizer step, counted from 1. */
  readonly step: number;
}

/** The error for a number that is not finite, before an optimizer step. */
export const divergedStep = (value: number, { name, step }: Place): DivergenceError =>
  new DivergenceError(`${name} is ${value} at optimizer step ${step}`);

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
  owner: string,
): void {
  for (const [name, { data }] of arrays) {
    const index = nonFinite(data);
    if (index >= 0) {
      throw new DivergenceError(`"${name}" of ${owner} has the value ${data[index]}`);
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
