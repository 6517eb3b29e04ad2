/**
 * The sampling distribution: the one function that turns logits into the log-probabilities from
 * which a token is drawn.
 *
 * Generation uses it, and so do the old, new and reference log-probabilities, the KL divergence
 * and the ratio, so that all of them concern the same policy. The order is Hugging Face's:
 * repetition penalty (Keskar et al. 2019), temperature, top-k (Fan et al. 2018), top-p (Holtzman
 * et al. 2020). The policy that samples applies a cut-off once; all later uses take its
 * `samplingMask`.
 */
import {
  add,
  and,
  cast,
  cumsum,
  equal,
  exp,
  expandLike,
  iota,
  largest,
  less,
  logSoftmax,
  MASKED,
  min,
  mul,
  neg,
  not,
  type Scalar,
  type Shape,
  softmax,
  sum,
  type Tensor,
  where,
} from "../tensor/mod.ts";

/** How tokens are drawn. */
export interface SamplingSettings {
  /** The divisor of the logits. */
  readonly temperature: number;
  /** Only the k likeliest tokens can be drawn (0: all). */
  readonly topK: number;
  /** Only the likeliest tokens whose probabilities add up to this can be drawn (1: all). */
  readonly topP: number;
  /**
   * Divides the positive logits of tokens that are already in the text, and multiplies the
   * negative ones (1: no penalty).
   */
  readonly repetitionPenalty: number;
}

/** Draws from the model's own distribution. */
export const plainSampling: SamplingSettings = {
  temperature: 1,
  topK: 0,
  topP: 1,
  repetitionPenalty: 1,
};

/**
 * Whether these settings cut off the distribution, so that the sampling mask must be stored with a
 * rollout.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { cutsOff, plainSampling } from "ppo/lm/mod.ts";
 * deepEqual([cutsOff(plainSampling), cutsOff({ ...plainSampling, topK: 5 })], [false, true]);
 * ```
 */
export const cutsOff = ({ topK, topP }: SamplingSettings): boolean => topK > 0 || topP < 1;

/** A mask over the vocabulary: 1 where a token counts. */
export type Mask<S extends Shape = Shape> = Tensor<S, "bool">;

/** What is known about a position besides its logits; all are [..., vocab]. */
export interface SamplingContext<S extends Shape> {
  /** Tokens that are already in the text; needed for a repetition penalty. */
  readonly seen?: Mask<S> | undefined;
  /**
   * The tokens that may be drawn here (default: all); `mayBeDrawn` excludes the end token from
   * short answers.
   */
  readonly allowed?: Mask<S> | undefined;
  /**
   * The mask of the policy that sampled; without it, `allowed` and the cut-offs of the settings
   * apply.
   */
  readonly samplingMask?: Mask<S> | undefined;
}

/**
 * The log-probabilities of the sampling distribution over the axis "vocab", and the mask of the
 * tokens that can be drawn.
 *
 * @throws RangeError if there is a repetition penalty and `seen` is missing.
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { plainSampling, samplingDistribution } from "ppo/lm/mod.ts";
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * const logits = input("logits", { vocab: 3 });
 * const { logProbs } = samplingDistribution(logits, { ...plainSampling, topK: 2 });
 * const feeds = { logits: { dims: [3], data: Float64Array.of(5, 5, 1) } };
 * const [{ data }] = evaluate([logProbs], feeds);
 * ok(Math.abs(data[0] - Math.log(0.5)) < 1e-6); // two equal tokens are left
 * ```
 */
export function samplingDistribution<S extends Shape & { vocab: number }>(
  logits: Tensor<S>,
  settings: SamplingSettings,
  context?: SamplingContext<S>,
): { logProbs: Tensor<S>; samplingMask: Mask<S> | undefined };
export function samplingDistribution(
  logits: Tensor,
  settings: SamplingSettings,
  { seen, allowed, samplingMask }: SamplingContext<Shape> = {},
): { logProbs: Tensor; samplingMask: Mask | undefined } {
  const { temperature } = settings;
  const raw = penalised(logits, settings, seen);
  const shaped = temperature === 1 ? raw : mul(raw, 1 / temperature);
  const mask = samplingMask ?? cutOffMask(shaped, settings, allowed);
  const masked = mask === undefined ? shaped : where(mask, shaped, MASKED);
  return { logProbs: logSoftmax(masked, "vocab"), samplingMask: mask };
}

/** The logits after the repetition penalty. */
function penalised(logits: Tensor, { repetitionPenalty }: SamplingSettings, seen?: Mask): Tensor {
  if (repetitionPenalty === 1) return logits;
  if (seen === undefined) {
    throw new RangeError(
      "Cannot apply a repetition penalty: the tokens seen so far were not given",
    );
  }
  const [multiplied, divided] = [repetitionPenalty, 1 / repetitionPenalty]
    .map((factor) => mul(logits, factor));
  return where(seen, where(less(logits, 0), multiplied, divided), logits);
}

/** The tokens that the cut-offs leave, among those that are allowed. */
function cutOffMask(logits: Tensor, { topK, topP }: SamplingSettings, allowed?: Mask) {
  let mask = allowed;
  if (topK > 0 && topK < logits.shape.vocab) {
    // Tokens that are not allowed get the smallest logit, not MASKED, because the search below
    // halves the range of the logits.
    const smallest = neg(largest(neg(logits), "vocab"));
    const counted = allowed === undefined ? logits : where(allowed, logits, smallest);
    mask = narrowed(aboveThreshold(counted, (above) => not(less(sum(above, "vocab"), topK))), mask);
  }
  if (topP < 1) {
    const masked = mask === undefined ? logits : where(mask, logits, MASKED);
    const probabilities = softmax(masked, "vocab");
    const reachesP = (above: Tensor) => not(less(sum(mul(above, probabilities), "vocab"), topP));
    mask = narrowed(aboveThreshold(probabilities, reachesP), mask);
  }
  return mask;
}

const narrowed = (mask: Mask, by?: Mask): Mask => by === undefined ? mask : and(mask, by);

/**
 * Halvings of the threshold search: enough to separate any two float32 numbers that differ by a
 * millionth of the range.
 */
const HALVINGS = 32;

/**
 * The tokens at or above the largest threshold that still satisfies `enough`; equal values stay
 * together.
 */
function aboveThreshold(x: Tensor, enough: (above: Tensor) => Mask): Mask {
  let low: Tensor = neg(largest(neg(x), "vocab")), high: Tensor = add(largest(x, "vocab"), 1e-6);
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = mul(add(low, high), 0.5);
    const fits = enough(cast(not(less(x, middle)), "float32"));
    [low, high] = [where(fits, middle, low), where(fits, high, middle)];
  }
  return not(less(x, low));
}

/**
 * The tokens that may be drawn after `position` tokens of an answer: all, except the end token in
 * answers that are too short.
 *
 * @param options.minNewTokens the fewest tokens of an answer before its end token
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { mayBeDrawn } from "ppo/lm/mod.ts";
 * import { evaluate, input, scalar } from "ppo/tensor/mod.ts";
 * const mask = mayBeDrawn(input("logits", { vocab: 3 }), scalar(0), { minNewTokens: 1, endId: 2 });
 * const [{ data }] = evaluate([mask], { logits: { dims: [3], data: new Float64Array(3) } });
 * deepEqual(Array.from(data), [1, 1, 0]);
 * ```
 */
export function mayBeDrawn<S extends Shape & { vocab: number }>(
  logits: Tensor<S>,
  position: Tensor<Scalar>,
  options: { minNewTokens: number; endId: number },
): Mask<S>;
export function mayBeDrawn(
  logits: Tensor,
  position: Tensor<Scalar>,
  { minNewTokens, endId }: { minNewTokens: number; endId: number },
): Mask {
  const isEnd = equal(iota("vocab", logits.shape.vocab), endId);
  const early = and(isEnd, less(position, minNewTokens)); // [vocab]
  return not(cast(expandLike(cast(early, "float32"), logits), "bool"));
}

/** One distribution, or its logits, for each row of a batch. */
export type Distribution = Tensor<{ batch: number; vocab: number }>;

/**
 * Draws one token for each row by inverse CDF: the first token whose cumulative probability
 * exceeds `uniform`, a number in [0, 1).
 *
 * The same uniform number and the same distribution always give the same token.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { drawToken } from "ppo/lm/mod.ts";
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * const logProbs = input("logProbs", { batch: 1, vocab: 2 });
 * const tokens = drawToken(logProbs, input("uniform", { batch: 1 }));
 * const [{ data }] = evaluate([tokens], {
 *   logProbs: { dims: [1, 2], data: new Float64Array([Math.log(0.3), Math.log(0.7)]) },
 *   uniform: { dims: [1], data: new Float64Array([0.4]) },
 * });
 * equal(data[0], 1); // 0.4 is beyond 0.3
 * ```
 */
export function drawToken(
  logProbs: Distribution,
  uniform: Tensor<{ batch: number }>,
): Tensor<{ batch: number }, "int32"> {
  const probabilities = exp(logProbs);
  const cumulative = cumsum(probabilities, "vocab");
  const total = sum(probabilities, "vocab");
  // 1 where cumulative <= u
  const below = cast(not(less(mul(total, uniform), cumulative)), "float32");
  return cast(min(sum(below, "vocab"), lastPossible(probabilities)), "int32");
}

/**
 * The last token with any probability: rounding may keep the cumulative sum below u until the end.
 */
function lastPossible(probabilities: Distribution): Tensor<{ batch: number }> {
  const columns = cast(iota("vocab", probabilities.shape.vocab), "float32");
  const possible = cast(not(less(probabilities, 1e-30)), "float32");
  return largest(mul(possible, columns), "vocab");
}

/**
 * The likeliest token of each row, the first of several.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { likeliestToken } from "ppo/lm/mod.ts";
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * const tokens = likeliestToken(input("logProbs", { batch: 1, vocab: 3 }));
 * const logProbs = { dims: [1, 3], data: new Float64Array([-3, -0.7, -0.7]) };
 * equal(evaluate([tokens], { logProbs })[0].data[0], 1);
 * ```
 */
export function likeliestToken(logProbs: Distribution): Tensor<{ batch: number }, "int32"> {
  const best = not(less(logProbs, expandLike(largest(logProbs, "vocab"), logProbs)));
  const cumulative = cumsum(cast(best, "float32"), "vocab"); // 0 before the first of the best
  return cast(sum(cast(less(cumulative, 0.5), "float32"), "vocab"), "int32");
}
