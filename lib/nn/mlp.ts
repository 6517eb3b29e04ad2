/**
 * A multilayer perceptron with two hidden layers, the network of small control tasks.
 *
 *     features = tanh(tanh(x W1 + b1) W2 + b2)
 *     y        = features W3 + b3
 *
 * Schulman et al. 2017 (PPO), section 6.1, with 64 numbers in each hidden layer. Other libraries
 * use relu in place of tanh.
 */
import { type HostArray, max, type Shape, tanh, type Tensor, type Without } from "../tensor/mod.ts";
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
  options?: MlpOptions,
): Tensor<Without<S, In> & Record<Out, number>>;
export function mlp(x: Tensor, layers: Layers, over: string, options?: MlpOptions): Tensor {
  return linear(hiddenLayers(x, layers, over, options), layers.last, "hidden2");
}

/** The function after each hidden layer. */
export interface MlpOptions {
  /** tanh, or relu = max(x, 0) (default: tanh). */
  readonly activation?: "tanh" | "relu";
}

/**
 * Computes the features, the output of the second hidden layer, on the axis "hidden2".
 *
 * @throws RangeError when axes or sizes do not fit.
 * @example
 * ```ts
 * import { mlpFeatures } from "ppo/nn/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const parameters = {
 *   first: {
 *     weight: constant([2], { observation: 1, hidden1: 1 }),
 *     bias: constant([0], { hidden1: 1 }),
 *   },
 *   second: {
 *     weight: constant([3], { hidden1: 1, hidden2: 1 }),
 *     bias: constant([1], { hidden2: 1 }),
 *   },
 * };
 * const x = constant([0.5], { batch: 1, observation: 1 });
 * const features = mlpFeatures(x, parameters, "observation", { activation: "relu" });
 * assert.deepEqual([...evaluate([features])[0].data], [3 * (2 * 0.5) + 1]);
 * ```
 */
export function mlpFeatures<S extends Shape, In extends keyof S & string>(
  x: Tensor<S>,
  parameters: Pick<MlpParameters<In, string>, "first" | "second">,
  over: In,
  options?: MlpOptions,
): Tensor<Without<S, In> & Record<"hidden2", number>>;
export function mlpFeatures(
  x: Tensor,
  layers: Omit<Layers, "last">,
  over: string,
  options?: MlpOptions,
): Tensor {
  return hiddenLayers(x, layers, over, options);
}

function hiddenLayers(
  x: Tensor,
  { first, second }: Omit<Layers, "last">,
  over: string,
  { activation = "tanh" }: MlpOptions = {},
): Tensor {
  const activate = (y: Tensor): Tensor => activation === "tanh" ? tanh(y) : max(y, 0);
  const hidden1 = activate(linear(x, first, over));
  return activate(linear(hidden1, second, "hidden1"));
}

type Layers = Readonly<Record<"first" | "second" | "last", Layer>>;

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

/** The initial values of the three layers. */
export type InitialMlp = Readonly<Record<"first" | "second" | "last", InitialLayer>>;

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
): InitialMlp {
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

/**
 * Draws a network as PyTorch does by default: weights and biases are uniform between -1 / sqrt n
 * and 1 / sqrt n, where n is the number of inputs of their layer.
 *
 * `random` returns numbers of [0, 1).
 *
 * @example
 * ```ts
 * import { uniformMlp } from "ppo/nn/mod.ts";
 * import assert from "node:assert/strict";
 * const { first } = uniformMlp([4, 2], { random: () => 1 / 4 });
 * const [weight, bias] = [first.weight.data[0], first.bias.data[0]];
 * assert.deepEqual([weight, bias], [-1 / 4, -1 / 4]); // -1 / 2 / sqrt 4
 * ```
 */
export function uniformMlp(
  [inputs, outputs]: readonly [inputs: number, outputs: number],
  { hidden = 64, random }: { readonly hidden?: number; readonly random: () => number },
): InitialMlp {
  const layer = (rows: number, columns: number): InitialLayer => {
    const draw = (length: number) =>
      Float32Array.from({ length }, () => (2 * random() - 1) / Math.sqrt(rows));
    return {
      weight: { dims: [rows, columns], data: draw(rows * columns) },
      bias: { dims: [columns], data: draw(columns) },
    };
  };
  return {
    first: layer(inputs, hidden),
    second: layer(hidden, hidden),
    last: layer(hidden, outputs),
  };
}
