/**
 * Adam (Kingma & Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov & Hutter 2019), as PyTorch computes them.
 *
 *   g = scale gradient
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g^2
 *   p = (1 - lr decay) p - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 */
import { add, div, mul, type Scalar, sqrt, square, sub, type Tensor } from "../tensor/mod.ts";

/** Constants of Adam. */
export interface AdamSettings {
  /** Decay of the first moment. */
  readonly beta1: number;
  /** Decay of the second moment. */
  readonly beta2: number;
  /** Added to the root of the second moment. */
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

/** What changes from step to step: numbers, so that one program serves all steps. */
export interface StepScalars<N> {
  /** Gradient clipping: every gradient is multiplied by it. */
  readonly scale: N;
  /** lr / (1 - beta1^t) */
  readonly stepSize: N;
  /** 1 / sqrt(1 - beta2^t) */
  readonly rootCorrection: N;
  /** 1 - lr decay */
  readonly keep: N;
}

/** The numbers of step `t` (1, 2, ...). */
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

/** One parameter's step. All tensors have the parameter's axes. */
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
