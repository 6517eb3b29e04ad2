/**
 * Reverse-mode gradients against slopes: (f(x + epsilon) - f(x - epsilon)) / (2 epsilon), element by element, in 64 bits.
 *
 * f is sum(result * cotangent) with cotangent numbers that all differ, so that no wrong factor, sign or axis cancels out.
 */
import assert from "node:assert/strict";
import { grad } from "../../lib/autodiff/mod.ts";
import {
  type AnyTensor,
  axesOf,
  evaluate,
  type HostArray,
  input,
  mul,
  sum,
  type Tensor,
} from "../../lib/tensor/mod.ts";
import { feedsOf, floats, type Inputs, inputsOf, type Samples } from "./samples.ts";

/** Numbers, weighted and added up: what is differentiated. */
export interface WeightedLoss {
  readonly loss: Tensor;
  /** The weights, as feeds. */
  readonly feeds: Readonly<Record<string, HostArray>>;
}

/** sum(result * cotangent), with fixed cotangent numbers. */
export function weightedLoss(
  result: AnyTensor,
  feeds: Readonly<Record<string, HostArray>>,
): WeightedLoss {
  const [{ dims }] = evaluate([result], feeds);
  const { values } = floats({ all: dims.reduce((product, size) => product * size, 1) }, {
    seed: 5,
  });
  const cotangent = input("cotangent", result.shape);
  const loss = sum(mul(result as Tensor, cotangent)); // only float32 results have gradients
  return { loss, feeds: { ...feeds, cotangent: { dims, data: Float64Array.from(values) } } };
}

/**
 * Asserts that the gradients of what `build` computes are its slopes, for every element of every float32 input.
 *
 * @param build the result, from input tensors named as in `samples`
 */
export function checkGrads<I extends Samples>(
  build: (inputs: Inputs<I>) => AnyTensor,
  samples: I,
  { epsilon = 1e-5, tolerance = 1e-7, open = [] }: {
    /** Half the distance between the two points. */
    epsilon?: number;
    /** How far gradient and slope may be apart, times 1 + |slope|. */
    tolerance?: number;
    /** Axes whose sizes the graph does not know. */
    open?: readonly string[];
  } = {},
): void {
  const inputs = inputsOf(samples, open);
  const { loss, feeds } = weightedLoss(build(inputs), feedsOf(samples));
  const wrt = Object.values<AnyTensor>(inputs).filter(({ dtype }) => dtype === "float32");
  const names = Object.keys(inputs).filter((name) => inputs[name].dtype === "float32");
  const gradients = grad(loss, wrt);
  evaluate(gradients, feeds).forEach((gradient, at) => {
    assert.deepEqual(
      axesOf(gradients[at].shape),
      axesOf(wrt[at].shape),
      `axes of the gradient of ${names[at]}`,
    );
    assert.deepEqual(gradient.dims, feeds[names[at]].dims, `sizes of the gradient of ${names[at]}`);
    gradient.data.forEach((found, index) => {
      const slope = slopeAt(loss, feeds, { name: names[at], index, epsilon });
      const message = `the gradient of ${names[at]} at ${index} is ${found}, its slope ${slope}`;
      assert.ok(Math.abs(found - slope) <= tolerance * (1 + Math.abs(slope)), message);
    });
  });
}

function slopeAt(
  loss: AnyTensor,
  feeds: Readonly<Record<string, HostArray>>,
  { name, index, epsilon }: { name: string; index: number; epsilon: number },
): number {
  const lossAt = (step: number): number => {
    const data = Float64Array.from(feeds[name].data);
    data[index] += step;
    return evaluate([loss], { ...feeds, [name]: { ...feeds[name], data } })[0].data[0];
  };
  return (lossAt(epsilon) - lossAt(-epsilon)) / (2 * epsilon);
}
