/**
 * The networks of an agent as one vector of parameters: an actor, a critic and, for continuous
 * actions, log standard deviations.
 *
 * One vector lets Adam and the gradient norm be a few operations on one array, so that a step of
 * these small networks is not dominated by the cost of starting operations.
 */
import { type InitialMlp, initialMlp, type MlpParameters, uniformMlp } from "../nn/mod.ts";
import { normal, type Random } from "../random/mod.ts";
import { type Shape, slice, splitAxis, type Tensor } from "../tensor/mod.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentDesign } from "./design.ts";

/** The parameters of an agent as tensors. */
export interface Network {
  /** From an observation to logits or means. */
  readonly actor: MlpParameters<"observation", "output">;
  /** From an observation to its value. */
  readonly critic: MlpParameters<"observation", "value">;
  /** Log standard deviations: [action], for gSDE [hidden2, action]; absent for choices. */
  readonly logStd?: Tensor;
}

/** One array of the parameters. */
export interface NetworkPart {
  /** Its dotted name, such as actor.first.weight. */
  readonly name: string;
  /** Its axes. */
  readonly shape: Shape;
  /** Its first element in the vector. */
  readonly start: number;
  /** The element after its last one. */
  readonly stop: number;
}

const layerShapes = (network: string, inputs: number, { hidden }: AgentDesign, output: Shape) =>
  [
    [`${network}.first.weight`, { observation: inputs, hidden1: hidden }],
    [`${network}.first.bias`, { hidden1: hidden }],
    [`${network}.second.weight`, { hidden1: hidden, hidden2: hidden }],
    [`${network}.second.bias`, { hidden2: hidden }],
    [`${network}.last.weight`, { hidden2: hidden, ...output }],
    [`${network}.last.bias`, output],
  ] as const satisfies readonly (readonly [string, Shape])[];

/** The axes of the log standard deviations, if they are parameters. */
function logStdShapes({ kind, actionSize, hidden, fixedStd }: AgentDesign) {
  if (kind === "categorical" || fixedStd) return [];
  const action = { action: actionSize };
  return [["logStd", kind === "gaussian" ? action : { hidden2: hidden, ...action }]] as const;
}

/**
 * The arrays of a design's parameters, in the order of the vector.
 *
 * @example
 * ```ts
 * import { agentConfig, designOf, networkParts } from "ppo/agent/mod.ts";
 * import { makeEnv } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const parts = networkParts(designOf(makeEnv("CartPole-v1"), agentConfig()));
 * assert.equal(parts[0].name, "actor.first.weight");
 * const layers = (outputs: number) => 5 * 64 + 65 * 64 + 65 * outputs;
 * assert.equal(parts.at(-1)?.stop, layers(2) + layers(1));
 * ```
 */
export function networkParts(design: AgentDesign): NetworkPart[] {
  const { observationSize, outputSize } = design;
  const shapes: readonly (readonly [string, Shape])[] = [
    ...layerShapes("actor", observationSize, design, { output: outputSize }),
    ...layerShapes("critic", observationSize, design, { value: 1 }),
    ...logStdShapes(design),
  ];
  let stop = 0;
  return shapes.map(([name, shape]) => {
    const start = stop;
    stop += Object.values(shape).reduce((product, size) => product * size, 1);
    return { name, shape, start, stop };
  });
}

/** The number of parameters of a design. */
export const parameterCount = (design: AgentDesign): number =>
  networkParts(design).at(-1)?.stop ?? 0;

/** A tensor, or a tree of tensors by name. */
type Tree = Tensor | { [name: string]: Tree };

/** The networks as slices of the vector of parameters. */
export function networkOf(vector: Tensor<{ parameter: number }>, design: AgentDesign): Network {
  const tensors = networkParts(design).map(({ name, shape, start, stop }) => {
    const part: Tensor = slice(vector, "parameter", { start, stop });
    return { path: name.split("."), tensor: splitAxis(part, "parameter", shape) };
  });
  return treeOf(tensors) as unknown as Network; // the tree that the names of the parts describe
}

/** Tensors as a tree of records by their paths. */
function treeOf(parts: readonly { readonly path: readonly string[]; readonly tensor: Tensor }[]) {
  const children = Map.groupBy(parts, ({ path }) => path[0]);
  const subtree = (own: typeof parts): Tree =>
    own[0].path.length === 1
      ? own[0].tensor
      : treeOf(own.map(({ path, tensor }) => ({ path: path.slice(1), tensor })));
  return Object.fromEntries(
    [...children].map(([name, own]): [string, Tree] => [name, subtree(own)]),
  );
}

/** Draws the initial parameters. */
export function initialParameters(
  design: AgentDesign,
  { orthogonal, random }: Pick<AgentConfig, "orthogonal"> & { readonly random: Random },
): Float32Array<ArrayBuffer> {
  const { observationSize, outputSize, hidden, initialLogStd } = design;
  const draw = (outputs: number, gain: number): InitialMlp =>
    orthogonal
      ? initialMlp([observationSize, outputs], { hidden, gain, normal: () => normal(random) })
      : uniformMlp([observationSize, outputs], { hidden, random });
  const layers = { actor: draw(outputSize, 0.01), critic: draw(1, 1) };
  const vector = new Float32Array(parameterCount(design)).fill(initialLogStd);
  const arrays = Object.values(layers).flatMap(({ first, second, last }) =>
    [first, second, last].flatMap(({ weight, bias }) => [weight.data, bias.data])
  );
  let start = 0;
  for (const data of arrays) {
    vector.set(data, start);
    start += data.length;
  }
  return vector;
}
