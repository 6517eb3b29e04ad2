/**
 * The sampling distribution of one row of plain numbers, for chapters, exercises and sliders:
 * `evaluate` runs the graphs of `sampling.ts`, so a page without ONNX Runtime gets the same
 * distribution as the generator.
 */
import { evaluate, input } from "../tensor/mod.ts";
import {
  drawToken,
  plainSampling,
  samplingDistribution,
  type SamplingSettings,
} from "./sampling.ts";

/** A distribution over the vocabulary, one entry for each token. */
export interface RowDistribution {
  /** log pi(a), in nats; about -1e9 for a token that was cut off. */
  readonly logProbs: number[];
  /** Whether each token can be drawn. */
  readonly samplingMask: boolean[];
}

/** How one row is sampled; the defaults are `plainSampling`. */
export interface RowSampling extends Partial<SamplingSettings> {
  /** Whether each token is already in the text; needed for a repetition penalty. */
  readonly seen?: readonly boolean[];
}

/**
 * Computes the sampling distribution of one position from its logits.
 *
 * @throws RangeError if there are no logits, or if there is a repetition penalty and `seen` is
 *   missing.
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
  { seen, ...given }: RowSampling = {},
): RowDistribution {
  if (logits.length === 0) throw new RangeError("Cannot sample: there are 0 logits");
  const axes = { vocab: logits.length }, dims = [logits.length];
  const settings = { ...plainSampling, ...given };
  const { logProbs, samplingMask } = samplingDistribution(input("logits", axes), settings, {
    seen: seen && input("seen", axes, "bool"),
  });
  const feeds = {
    logits: { dims, data: Float64Array.from(logits) },
    ...(seen && { seen: { dims, data: Uint8Array.from(seen, Number) } }),
  };
  const [numbers, mask] = evaluate([logProbs, ...(samplingMask ? [samplingMask] : [])], feeds);
  return {
    logProbs: Array.from(numbers.data),
    samplingMask: logits.map((_, token) => mask === undefined || mask.data[token] !== 0),
  };
}

/**
 * Draws a token by inverse CDF: the first token whose cumulative probability exceeds `uniform`, a
 * number in [0, 1).
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
  const axes = { batch: 1, vocab: logProbs.length };
  const drawn = drawToken(input("logProbs", axes), input("uniform", { batch: 1 }));
  const [{ data }] = evaluate([drawn], {
    logProbs: { dims: [1, logProbs.length], data: Float64Array.from(logProbs) },
    uniform: { dims: [1], data: Float64Array.of(uniform) },
  });
  return data[0];
}
