/**
 * A multilayer perceptron with two hidden layers, the network of small control tasks.
 *
 *     y = tanh(tanh(x W1 + b1) W2 + b2) W3 + b3
 *
 * Schulman et al. 2017 (PPO), section 6.1, with 64 numbers in each hidden layer.
 */
import { type HostArray, type Shape, tanh, type Tensor, type Without } from "../tensor/mod.ts";
import { linear, type LinearParameters } from "./layers.ts";
import { orthogonal } from "./orthogonal.ts";

/** The three linear layers. */
export interface MlpParameters<In extends string, Out extends string> {
  /** From the input to the first hidden layer. */
  readonly first: LinearParameters<In, "hidden1">;
  /** Between the hidden layers. */
  readonly second: LinearParameters<"hidden1", "hidden2">;
  /** From the second hidden layer to the output, whose axis is that of the bias. */
  readonly last: LinearParameters<"hidden2", NoInfer<Out>> & {
    readonly bias: Tensor<Record<Out, number>>;
  };
}

/**
 * Computes the output of the network, which has the axis `Out` in place of the axis `over`.
 *
 * @throws RangeError when axes or sizes do not fit.
 * @example
 * ```ts
 * import { mlp } from "ppo/nn/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const parameters = {
 *   first: {
 *     weight: constant([2], { observation: 1, hidden1: 1 }),
 *     bias: constant([0], { hidden1: 1 }),
 *   },
 *   second: {
 *     weight: constant([1], { hidden1: 1, hidden2: 1 }),
 *     bias: constant([0.1], { hidden2: 1 }),
 *   },
 *   last: {
 *     weight: constant([3, 4], { hidden2: 1, choice: 2 }),
 *     bias: constant([0, 1], { choice: 2 }),
 *   },
 * };
 * const y = mlp(constant([0.5], { batch: 1, observation: 1 }), parameters, "observation");
 * const hidden = Math.tanh(Math.tanh(2 * 0.5) + 0.1);
 * const [a, b] = evaluate([y])[0].data; // [batch 1, choice 2]
 * assert.ok(Math.abs(a - 3 * hidden) < 1e-6 && Math.abs(b - (4 * hidden + 1)) < 1e-6);
 * ```
 */
export function mlp<S extends Shape, In extends keyof S & string, Out extends string>(
  x: Tensor<S>,
  parameters: MlpParameters<In, Out>,
  over: In,
): Tensor<Without<S, In> & Record<Out, number>>;
export function mlp(
  x: Tensor,
  { first, second, last }: Readonly<Record<"first" | "second" | "last", Layer>>,
  over: string,
): Tensor {
  const hidden1: Tensor = tanh(linear(x, first, over));
  const hidden2: Tensor = tanh(linear(hidden1, second, "hidden1"));
  return linear(hidden2, last, "hidden2");
}

/** A linear layer whose axes are not known by name. */
interface Layer {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** The initial values of one linear layer. */
export interface InitialLayer {
  /** W, [inputs, outputs]. */
  readonly weight: HostArray;
  /** b, [outputs]. */
  readonly bias: HostArray;
}

/** How to draw a network. */
export interface InitialMlpOptions {
  /** The numbers in each hidden layer (default: 64). */
  readonly hidden?: number;
  /** The gain of the last layer: 0.01 for a policy, 1 for a critic. */
  readonly gain: number;
  /** Returns numbers of the normal distribution with mean 0 and standard deviation 1. */
  readonly normal: () => number;
}

/**
 * Draws a network: orthogonal weights with gain sqrt 2 in the hidden layers, and biases of 0.
 *
 * A small gain in the last layer of a policy makes all its actions about equally likely at first.
 *
 * @throws RangeError unless all sizes are positive whole numbers.
 * @example
 * ```ts
 * import { initialMlp } from "ppo/nn/mod.ts";
 * import { normal, randomStream } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const random = randomStream(0);
 * const { last } = initialMlp([4, 2], { hidden: 8, gain: 0.01, normal: () => normal(random) });
 * assert.deepEqual(last.weight.dims, [8, 2]);
 * assert.deepEqual([...last.bias.data], [0, 0]);
 * ```
 */
export function initialMlp(
  [inputs, outputs]: readonly [inputs: number, outputs: number],
  { hidden = 64, gain, normal }: InitialMlpOptions,
): Readonly<Record<"first" | "second" | "last", InitialLayer>> {
  const layer = (rows: number, columns: number, scale: number): InitialLayer => ({
    weight: {
      dims: [rows, columns],
      data: orthogonal(rows, columns, { gain: scale, normal }),
    },
    bias: { dims: [columns], data: new Float32Array(columns) },
  });
  return {
    first: layer(inputs, hidden, Math.SQRT2),
    second: layer(hidden, hidden, Math.SQRT2),
    last: layer(hidden, outputs, gain),
  };
}
