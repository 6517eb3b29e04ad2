/**
 * The ranking loss of a reward model: the better answer should get the higher value.
 *
 *     pair = -log sigmoid(better - worse) = log(1 + e^(worse - better)) = softplus(worse - better)
 *     loss = sum over pairs and positions of weight pair / count
 *
 * Bradley & Terry 1952; Ouyang et al. 2022 (InstructGPT), equation 1: the mean over all pairs of
 * one ranked list. `rankingPlan` chooses the pairs and positions. The loss is a graph,
 * differentiable in the values.
 */
import {
  add,
  cast,
  div,
  dot,
  less,
  log,
  mul,
  neg,
  scalar,
  type Shape,
  sigmoid,
  softplus,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";

/** How -log(sigmoid) is computed. */
export interface LogSigmoidOptions {
  /**
   * Whether to use softplus (default). `false` takes the logarithm of a rounded sigmoid, as the
   * tutorial does. In float32, this is infinite once the worse answer's value exceeds the better
   * one's by 89.
   */
  readonly stable?: boolean;
}

/**
 * -log sigmoid(better - worse) of each pair, in nats: log 2 for equal values, and near 0 if the
 * better value is much higher.
 *
 * @throws RangeError when the axes do not fit.
 * @example
 * ```ts
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * import { pairwiseLogSigmoid } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const loss = pairwiseLogSigmoid(input("better", { pair: 2 }), input("worse", { pair: 2 }));
 * const [{ data }] = evaluate([loss], {
 *   better: { dims: [2], data: new Float64Array([1, 0]) },
 *   worse: { dims: [2], data: new Float64Array([1, 500]) },
 * });
 * assert.ok(Math.abs(data[0] - Math.log(2)) < 1e-6);
 * assert.equal(data[1], 500);
 * ```
 */
export function pairwiseLogSigmoid<S extends Shape>(
  better: Tensor<S>,
  worse: Tensor<S>,
  options?: LogSigmoidOptions,
): Tensor<S>;
export function pairwiseLogSigmoid(
  better: Tensor,
  worse: Tensor,
  { stable = true }: LogSigmoidOptions = {},
): Tensor {
  return stable ? softplus(sub(worse, better)) : neg(log(sigmoid(sub(better, worse))));
}

/** The inputs of `rankingLoss` besides the values: the arrays of `rankingPlan` as tensors. */
export interface RankingLossInputs {
  /** 1 at the row of each pair's better text. */
  readonly better: Tensor<{ pair: number; batch: number }>;
  /** 1 at the row of each pair's worse text. */
  readonly worse: Tensor<{ pair: number; batch: number }>;
  /** The weight of each position of a pair; 0 in pairs that are padding. */
  readonly weight: Tensor<{ pair: number; time: number }>;
  /** 1 where a row's own value is used, 0 where its last real value is used instead. */
  readonly mask: Tensor<{ batch: number; time: number }>;
  /** 1 at the last real token of each row. */
  readonly last: Tensor<{ batch: number; time: number }>;
  /**
   * The number of lists whose losses are averaged (default 1). If it is the number in a whole
   * minibatch, the losses of the micro-batches add up to that of the minibatch.
   */
  readonly count?: Tensor<Record<never, never>>;
}

/**
 * Computes the ranking loss of lists of texts, in nats, from one value for each token, in units of
 * reward.
 *
 * @throws RangeError when the axes do not fit.
 * @example
 * ```ts
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * import { rankingLoss, rankingPlan } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // one list of two texts; the second token differs
 * const plan = rankingPlan([[[7, 8], [7, 9]]], { time: 2 });
 * const loss = rankingLoss(input("values", { batch: 2, time: 2 }), {
 *   better: input("better", { pair: 1, batch: 2 }),
 *   worse: input("worse", { pair: 1, batch: 2 }),
 *   weight: input("weight", { pair: 1, time: 2 }),
 *   mask: input("mask", { batch: 2, time: 2 }),
 *   last: input("last", { batch: 2, time: 2 }),
 * });
 * const values = { dims: [2, 2], data: new Float32Array([0, 2, 0, 1]) };
 * const [{ data }] = evaluate([loss], { values, ...plan });
 * assert.ok(Math.abs(data[0] - Math.log(1 + Math.exp(-1))) < 1e-6); // 2 against 1
 * ```
 */
export function rankingLoss(
  values: Tensor<{ batch: number; time: number }>,
  { better, worse, weight, mask, last, count = scalar(1) }: RankingLossInputs,
  options: LogSigmoidOptions = {},
): Tensor<Record<never, never>> {
  const lastValue = sum(mul(values, last), "time"); // [batch]
  const extended = add(mul(values, mask), mul(lastValue, sub(1, mask))); // [batch, time]
  // [pair, time]; other positions become 0, so that nothing overflows there
  const scored = cast(less(scalar(0), weight), "float32");
  const betterValues = mul(scored, dot(better, extended, "batch")); // [pair, time]
  const worseValues = mul(scored, dot(worse, extended, "batch"));
  return div(sum(mul(weight, pairwiseLogSigmoid(betterValues, worseValues, options))), count);
}
