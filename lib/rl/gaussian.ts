/**
 * The diagonal Gaussian distribution of continuous actions.
 *
 *     log pi(a) = sum_i ( -((a_i - mean_i) / sigma_i)^2 / 2 - log sigma_i - log(2 pi) / 2 )
 *     H         = sum_i ( log sigma_i + (1 + log(2 pi)) / 2 )
 *
 * Williams 1992, section 6. The standard deviations sigma do not depend on the state, as in
 * Schulman et al. 2017 (PPO), section 6.1, and are given by their logarithms. An action is scored
 * as it was drawn. Clipping it to the bounds of a space belongs to the environment, because the
 * density of a clipped action is not Gaussian.
 */
import {
  add,
  type Broadcasts,
  exp,
  mul,
  neg,
  type SameAxes,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
  type Without,
} from "../tensor/mod.ts";

const HALF_LOG_2_PI = Math.log(2 * Math.PI) / 2;

/** The inputs of `gaussianLogProbs`; the axis of the numbers of an action is `axis`. */
export interface GaussianInputs<S extends Shape, D extends Shape, A extends Shape> {
  /** The means, such as [batch, action]. */
  readonly means: Tensor<S>;
  /** log sigma, [action]. */
  readonly logStd: Tensor<D> & Broadcasts<"sub", S, D>;
  /** The actions, on the axes of the means. */
  readonly actions: Tensor<A> & SameAxes<"sub", S, A>;
}

/**
 * The log-density of actions in nats, summed over the numbers of each action; differentiable.
 *
 * @throws RangeError when the axes do not fit.
 * @example
 * ```ts
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import { gaussianLogProbs } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const logProbs = gaussianLogProbs({
 *   means: constant([1], { batch: 1, action: 1 }),
 *   logStd: constant([Math.log(2)], { action: 1 }),
 *   actions: constant([3], { batch: 1, action: 1 }),
 * }, "action");
 * const expected = -1 / 2 - Math.log(2) - Math.log(2 * Math.PI) / 2; // ((3 - 1) / 2)^2 = 1
 * assert.ok(Math.abs(evaluate([logProbs])[0].data[0] - expected) < 1e-6);
 * ```
 */
export function gaussianLogProbs<
  S extends Shape,
  D extends Shape,
  A extends Shape,
  K extends keyof S & string,
>(inputs: GaussianInputs<S, D, A>, axis: K): Tensor<Without<S, K>>;
export function gaussianLogProbs(
  { means, logStd, actions }: { means: Tensor; logStd: Tensor; actions: Tensor },
  axis: string,
): Tensor {
  const standardised = mul(sub(actions, means), exp(neg(logStd))); // (a - mean) / sigma
  return sum(sub(sub(mul(square(standardised), -0.5), logStd), HALF_LOG_2_PI), axis);
}

/**
 * The entropy in nats, summed over one axis or over all of them. It depends on the standard
 * deviations only; differentiable.
 *
 * @throws RangeError when `logStd` has no such axis.
 * @example
 * ```ts
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import { gaussianEntropy } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const entropy = gaussianEntropy(constant([0], { action: 1 })); // sigma = 1
 * assert.ok(Math.abs(evaluate([entropy])[0].data[0] - 1.4189385) < 1e-6); // log sqrt(2 pi e)
 * ```
 */
export function gaussianEntropy<S extends Shape, K extends keyof S & string = keyof S & string>(
  logStd: Tensor<S>,
  axis?: K,
): Tensor<Without<S, K>>;
export function gaussianEntropy(logStd: Tensor, axis?: string): Tensor {
  return sum(add(logStd, 0.5 + HALF_LOG_2_PI), ...axis === undefined ? [] : [axis]);
}
