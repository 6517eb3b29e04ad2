/**
 * Adam (Kingma & Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov & Hutter 2019), as
 * PyTorch computes them.
 *
 *   g = scale gradient
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g^2
 *   p = (1 - lr decay) p - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 */
import { add, div, mul, type Scalar, sqrt, square, sub, type Tensor } from "../tensor/mod.ts";

/** The hyperparameters of Adam besides the learning rate. */
export interface AdamSettings {
  /** The decay of the first moment. */
  readonly beta1: number;
  /** The decay of the second moment. */
  readonly beta2: number;
  /** A constant added to the root of the second moment. */
  readonly epsilon: number;
  /** Decoupled weight decay; 0 is plain Adam. */
  readonly weightDecay: number;
}

/** PyTorch's defaults. */
export const adamDefaults: AdamSettings = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
};

/** The scalars that change from step to step; as inputs, they let one program serve all steps. */
export interface StepScalars<N> {
  /** The factor of every gradient, for gradient clipping. */
  readonly scale: N;
  /** lr / (1 - beta1^t) */
  readonly stepSize: N;
  /** 1 / sqrt(1 - beta2^t) */
  readonly rootCorrection: N;
  /** 1 - lr decay */
  readonly keep: N;
}

/**
 * Computes the scalars of step `step` (1, 2, ...).
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { adamDefaults, stepScalars } from "ppo/optim/mod.ts";
 * const { stepSize } = stepScalars(adamDefaults, { learningRate: 0.01, step: 1, scale: 1 });
 * equal(stepSize, 0.01 / (1 - 0.9));
 * ```
 */
export function stepScalars(
  { beta1, beta2, weightDecay }: AdamSettings,
  { learningRate, step, scale }: { learningRate: number; step: number; scale: number },
): StepScalars<number> {
  return {
    scale,
    stepSize: learningRate / (1 - beta1 ** step),
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    keep: 1 - learningRate * weightDecay,
  };
}

/**
 * Computes one step of one parameter: its new value and its new moments. All tensors have the
 * parameter's axes.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { adam, adamDefaults, stepScalars } from "ppo/optim/mod.ts";
 * import { evaluate, input, scalar } from "ppo/tensor/mod.ts";
 * const numbers = stepScalars(adamDefaults, { learningRate: 0.1, step: 1, scale: 1 });
 * const scalars = {
 *   scale: scalar(numbers.scale),
 *   stepSize: scalar(numbers.stepSize),
 *   rootCorrection: scalar(numbers.rootCorrection),
 *   keep: scalar(numbers.keep),
 * };
 * const one = input("one", { embed: 1 }), zero = input("zero", { embed: 1 });
 * const before = { parameter: one, gradient: one, first: zero, second: zero };
 * const { parameter } = adam(before, scalars, adamDefaults);
 * const row = (value: number) => ({ dims: [1], data: new Float64Array([value]) });
 * const [{ data }] = evaluate([parameter], { one: row(1), zero: row(0) });
 * ok(Math.abs(data[0] - 0.9) < 1e-6); // the first step has the length of the learning rate
 * ```
 */
export function adam(
  { parameter, gradient, first, second }: Record<
    "parameter" | "gradient" | "first" | "second",
    Tensor
  >,
  { scale, stepSize, rootCorrection, keep }: StepScalars<Tensor<Scalar>>,
  { beta1, beta2, epsilon, weightDecay }: AdamSettings,
): { parameter: Tensor; first: Tensor; second: Tensor } {
  const g = mul(gradient, scale);
  const m = add(mul(first, beta1), mul(g, 1 - beta1));
  const v = add(mul(second, beta2), mul(square(g), 1 - beta2));
  const decayed = weightDecay === 0 ? parameter : mul(parameter, keep);
  const step = div(mul(m, stepSize), add(mul(sqrt(v), rootCorrection), epsilon));
  return { parameter: sub(decayed, step), first: m, second: v };
}
