/**
 * Generalised state-dependent exploration (gSDE): Gaussian noise that is a function of the state
 * for several steps, so that an agent explores in a smooth way.
 *
 *     action     = mean(s) + features(s) E          E_ij ~ normal(0, sigma_ij)
 *     variance_j = sum_i features_i(s)^2 sigma_ij^2
 *
 * Raffin, Kober & Stulp 2022, "Smooth exploration for robotic reinforcement learning", equations 5
 * and 6. The matrix E is drawn again after some steps. The features are those of the policy's last
 * hidden layer, through which the noise sends no gradient.
 */
import { normal, type Random } from "../random/mod.ts";
import type { Row } from "../rl/mod.ts";
import { add, dot, exp, log, mul, square, stopGradient, type Tensor } from "../tensor/mod.ts";

/** Added to the variance, as in Stable-Baselines3. */
const EPSILON = 1e-6;

/**
 * The log standard deviation of each action at each state, [batch, action].
 *
 * @throws RangeError when the axes do not fit.
 * @example
 * ```ts
 * import { noiseLogStd } from "ppo/control/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const features = constant([3, 4], { batch: 1, hidden2: 2 });
 * const logStd = constant([0, 0], { hidden2: 2, action: 1 });
 * const [sum] = evaluate([noiseLogStd(features, logStd)])[0].data;
 * assert.ok(Math.abs(sum - Math.log(5)) < 1e-6); // sqrt(3^2 + 4^2)
 * ```
 */
export function noiseLogStd(
  features: Tensor<{ batch: number; hidden2: number }>,
  logStd: Tensor<{ hidden2: number; action: number }>,
): Tensor<{ batch: number; action: number }> {
  const variance = dot(square(stopGradient(features)), exp(mul(logStd, 2)), "hidden2");
  return mul(log(add(variance, EPSILON)), 0.5);
}

/**
 * Draws a matrix E, row by row, from the log standard deviations of its numbers.
 *
 * @example
 * ```ts
 * import { drawNoiseMatrix } from "ppo/control/mod.ts";
 * import { randomStream } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const matrix = drawNoiseMatrix([-30, -30], randomStream(0));
 * assert.ok(matrix.every((number) => Math.abs(number) < 1e-9));
 * ```
 */
export const drawNoiseMatrix = (logStd: Row, random: Random): Float64Array =>
  Float64Array.from(logStd, (value) => Math.exp(value) * normal(random));

/**
 * The noise at one state: features E.
 *
 * @throws RangeError when the matrix does not have a row for each feature.
 * @example
 * ```ts
 * import { noiseAt } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...noiseAt([1, 2], [10, 20])], [1 * 10 + 2 * 20]); // one action
 * ```
 */
export function noiseAt(features: Row, matrix: Row): Float64Array {
  const actions = matrix.length / features.length;
  if (!Number.isInteger(actions)) {
    const found = `${features.length} features and a matrix of ${matrix.length} numbers`;
    throw new RangeError(`Cannot compute exploration noise from ${found}: they do not fit`);
  }
  const noise = new Float64Array(actions);
  for (let at = 0; at < matrix.length; at++) {
    noise[at % actions] += features[Math.floor(at / actions)] * matrix[at];
  }
  return noise;
}
