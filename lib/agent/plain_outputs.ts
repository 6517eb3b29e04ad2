/**
 * The actor's outputs for a few observations in plain TypeScript.
 *
 * Starting a compiled program takes about as long as evaluating a network of two hidden layers of
 * 64 numbers eight times, so that a rollout of one environment is several times as fast without it.
 * The arithmetic is float32, as in the program, with which the results agree to rounding.
 */
import type { AgentDesign } from "./design.ts";
import type { ActorOutputs } from "./explorer.ts";
import { networkParts } from "./network.ts";

/** One linear layer in the vector of parameters: [inputs, outputs], then the biases. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: number;
  readonly bias: number;
}

/** x W + b, in float32. */
function linear(
  parameters: Float32Array,
  { inputs, outputs, weight, bias }: Layer,
  x: Float32Array,
): Float32Array {
  const y = parameters.slice(bias, bias + outputs);
  for (let i = 0; i < inputs; i++) {
    const xi = x[i], row = weight + i * outputs;
    for (let j = 0; j < outputs; j++) y[j] += xi * parameters[row + j];
  }
  return y;
}

/**
 * Returns a function that computes the actor's outputs, and its features for gSDE, from the vector
 * of parameters and observations side by side.
 */
export function plainOutputs(
  design: AgentDesign,
): (parameters: Float32Array, observations: Float32Array) => ActorOutputs {
  const { observationSize, outputSize, hidden, activation, kind } = design;
  const starts = new Map(networkParts(design).map(({ name, start }) => [name, start]));
  const layer = (name: string, inputs: number, outputs: number): Layer => ({
    inputs,
    outputs,
    weight: starts.get(`actor.${name}.weight`) ?? 0,
    bias: starts.get(`actor.${name}.bias`) ?? 0,
  });
  const first = layer("first", observationSize, hidden);
  const second = layer("second", hidden, hidden), last = layer("last", hidden, outputSize);
  const activate = activation === "tanh" ? Math.tanh : (x: number) => Math.max(x, 0);
  return (parameters, observations) => {
    const count = observations.length / observationSize;
    const outputs = new Float32Array(count * outputSize);
    const features = new Float32Array(count * hidden);
    for (let row = 0; row < count; row++) {
      const x = observations.subarray(row * observationSize, (row + 1) * observationSize);
      const own = linear(parameters, second, linear(parameters, first, x).map(activate))
        .map(activate);
      features.set(own, row * hidden);
      outputs.set(linear(parameters, last, own), row * outputSize);
    }
    return { outputs, features: kind === "state-dependent" ? features : undefined };
  };
}
