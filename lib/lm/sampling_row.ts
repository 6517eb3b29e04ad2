/**
 * The sampling distribution of one row of plain numbers: the graphs of `sampling.ts` run by `evaluate`, for chapters, exercises and
 * sliders. A page without ONNX Runtime gets the same distribution as the generator.
 */
import { evaluate, input } from "../tensor/mod.ts";
import {
  drawToken,
  plainSampling,
  samplingDistribution,
  type SamplingSettings,
} from "./sampling.ts";

/** A distribution over the vocabulary, one entry a token. */
export interface RowDistribution {
  /** log pi(a), in nats; about -1e9 for a token that was cut off. */
  readonly logProbs: number[];
  /** Whether the token may be drawn at all. */
  readonly samplingMask: boolean[];
}

/** How one row is sampled; what is not given is the model's own. */
export interface RowSampling extends Partial<SamplingSettings> {
  /** Whether each token stands in the text already; needed for a repetition penalty. */
  readonly seen?: readonly boolean[];
}

/**
 * The distribution that one position's logits are sampled from.
 *
 * @throws RangeError when there is no logit, or a repetition penalty is asked for and `seen` is missing.
 * @example
 * ```ts
 * import { distributionOfRow } from "ppo/lm/mod.ts";
 * import assert from "node:assert/strict";
 * const { logProbs, samplingMask } = distributionOfRow([2, 1, 0], { topK: 2 });
 * assert.deepEqual(samplingMask, [true, true, false]);
 * assert.ok(Math.abs(Math.exp(logProbs[0]) - 1 / (1 + Math.exp(-1))) < 1e-9);
 * ```
 */
export function distributionOfRow(
  logits: readonly number[],
  { seen, ...settings }: RowSampling = {},
): RowDistribution {
  if (logits.length === 0) throw new RangeError("Cannot sample: there are 0 logits");
  const axes = { vocab: logits.length };
  const marked = seen === undefined ? undefined : input("seen", axes, "bool");
  const { logProbs, samplingMask } = samplingDistribution(input("logits", axes), {
    ...plainSampling,
    ...settings,
  }, {
    seen: marked,
  });
  const feeds = {
    logits: { dims: [logits.length], data: Float64Array.from(logits) },
    ...(seen === undefined
      ? {}
      : { seen: { dims: [seen.length], data: Uint8Array.from(seen, Number) } }),
  };
  const [numbers, marks] = evaluate(
    samplingMask === undefined ? [logProbs] : [logProbs, samplingMask],
    feeds,
  );
  return {
    logProbs: Array.from(numbers.data),
    samplingMask: logits.map((_, token) => marks === undefined || marks.data[token] !== 0),
  };
}

/**
 * Draws a token by inverse CDF: the first whose cumulative probability exceeds `uniform`, a number in [0, 1).
 *
 * @example
 * ```ts
 * import { drawFromRow } from "ppo/lm/mod.ts";
 * import assert from "node:assert/strict";
 * const logProbs = [0.5, 0.25, 0.25].map(Math.log);
 * assert.deepEqual([0, 0.6, 0.9].map((u) => drawFromRow(logProbs, u)), [0, 1, 2]);
 * ```
 */
export function drawFromRow(logProbs: readonly number[], uniform: number): number {
  const drawn = drawToken(
    input("logProbs", { batch: 1, vocab: logProbs.length }),
    input("uniform", { batch: 1 }),
  );
  const [{ data }] = evaluate([drawn], {
    logProbs: { dims: [1, logProbs.length], data: Float64Array.from(logProbs) },
    uniform: { dims: [1], data: Float64Array.of(uniform) },
  });
  return data[0];
}
