/**
 * An optimizer for a tree of parameters that stay on their device. The gradient norm, clipping and
 * Adam are separate programs.
 *
 * A step takes a state and returns a new one. The arrays of the old state are overwritten two steps
 * later, because a GPU pass must not read and write the same buffer, or immediately if the
 * optimizer works in place. An old state must not be used after an update.
 */
import { adam, type AdamSettings, clipScale, stepScalars } from "../optim/mod.ts";
import { type Device, flatten, isFloatArray, jit, number } from "../runtime/mod.ts";
import { add, scalar, sqrt, square, sum, type Tensor } from "../tensor/mod.ts";
import { type Words } from "../text/mod.ts";
import { createArrayPool, packedArrays, packedCopies } from "./array_pool.ts";
import { divergedStep, gradientNormOf } from "./divergence.ts";
import {
  type AdamArrays,
  createAdamInPlace,
  scalarsSpec,
  type Stepped,
  type Stepper,
} from "./in_place.ts";
import { type Array32, type FloatSpec, isFloatSpec, mapRecord, treeOf } from "./records.ts";

/** Parameters with Adam's state. */
export interface TrainState<P> {
  /** The current parameters. */
  readonly parameters: P;
  /** Adam's m: running means of the gradients, in the parameters' shapes. */
  readonly first: P;
  /** Adam's v: running means of the squared gradients, in the parameters' shapes. */
  readonly second: P;
  /** The number of updates made. */
  readonly step: number;
}

/** Options of an update. */
export interface OptimizerSettings extends AdamSettings {
  /** Gradients are scaled down to this global norm when they exceed it. */
  readonly maxGradNorm: number;
  /** The model that is trained, for errors (default: the model). */
  readonly name?: Words;
  /** Which parameters decay, by dotted name (default: all). */
  readonly decays?: (name: string) => boolean;
  /**
   * Whether to update parameters and moments in place, without spare memory. This is only possible
   * on the CPU (default: false).
   */
  readonly inPlace?: boolean;
}

/** Updates parameters. */
export interface Optimizer<P> {
  /** A state with zero moments, which takes over the parameters. */
  start(parameters: P): Promise<TrainState<P>>;
  /**
   * Makes one step. The old state must not be used any more, because its arrays are overwritten.
   *
   * @throws DivergenceError if the gradient is not finite. The old state is then unchanged.
   */
  update(
    state: TrainState<P>,
    gradients: P,
    learningRate: number,
  ): Promise<{ state: TrainState<P>; gradNorm: number }>;
}

type Arrays = ReadonlyMap<string, Array32>;

/**
 * Compiles the optimizer's programs for parameters of the given specs.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createOptimizer } from "ppo/learn/mod.ts";
 * import { adamDefaults } from "ppo/optim/mod.ts";
 * import { type DeviceArray, float, floats, openDevice } from "ppo/runtime/mod.ts";
 * const device = await openDevice("cpu");
 * const spec = { bias: float({ embed: 1 }) };
 * type Arrays = { bias: DeviceArray<"float32"> };
 * const settings = { ...adamDefaults, maxGradNorm: 1 };
 * const optimizer = await createOptimizer<Arrays>(device, spec, settings);
 * const start = await optimizer.start({ bias: await device.upload(floats([1])) });
 * const gradients = { bias: await device.upload(floats([4])) };
 * const { state, gradNorm } = await optimizer.update(start, gradients, 0.1);
 * deepEqual([gradNorm, state.step], [4, 1]);
 * ```
 */
export async function createOptimizer<P>(
  device: Device,
  spec: unknown,
  settings: OptimizerSettings,
): Promise<Optimizer<P>> {
  const specs = flatten(spec, isFloatSpec);
  const norm = await normProgram(device, specs);
  const replace = settings.inPlace
    ? await createAdamInPlace(device, settings)
    : await rotatingStepper(device, specs, settings);
  const arraysOf = (tree: P): Arrays => flatten(tree, isFloatArray);
  const asTree = (arrays: Arrays): P => treeOf<P>(spec, arrays);
  const zerosLike = async (parameters: P) =>
    asTree(await packedArrays(device, arraysOf(parameters)));
  return {
    start: async (parameters) => ({
      parameters: settings.inPlace
        ? asTree(await packedCopies(device, arraysOf(parameters)))
        : parameters,
      first: await zerosLike(parameters),
      second: await zerosLike(parameters),
      step: 0,
    }),
    async update({ parameters, first, second, step }, gradients, learningRate) {
      const given = arraysOf(gradients);
      const [gradNorm] = await device.read((await norm(Object.fromEntries(given))).norm);
      if (!Number.isFinite(gradNorm)) {
        throw divergedStep(gradNorm, { name: gradientNormOf(settings.name), step: step + 1 });
      }
      const scale = clipScale(gradNorm, settings.maxGradNorm);
      const scalars = stepScalars(settings, { learningRate, step: step + 1, scale });
      const old = byParameter({ parameter: parameters, gradient: gradients, first, second });
      const next = await replace(old, scalars);
      const pick = (key: keyof Stepped): P =>
        asTree(new Map([...next].map(([name, arrays]) => [name, arrays[key]])));
      return {
        state: {
          parameters: pick("parameter"),
          first: pick("first"),
          second: pick("second"),
          step: step + 1,
        },
        gradNorm,
      };
    },
  };
}

/** Converts four trees of the same form to one record per parameter, by dotted name. */
function byParameter(trees: Readonly<Record<keyof AdamArrays, unknown>>): Map<string, AdamArrays> {
  const flat = mapRecord(trees, (tree) => flatten(tree, isFloatArray));
  const at = (arrays: Arrays, name: string) => {
    const array = arrays.get(name);
    if (array !== undefined) return array;
    throw new RangeError(`Cannot update: the tree has no array "${name}"`);
  };
  const names = [...flat.parameter.keys()];
  return new Map(names.map((name) => [name, mapRecord(flat, (arrays) => at(arrays, name))]));
}

/** Writes into spare arrays. The old arrays become the next spare ones. */
async function rotatingStepper(
  device: Device,
  specs: ReadonlyMap<string, FloatSpec>,
  settings: OptimizerSettings,
): Promise<Stepper> {
  const run = await adamProgram(device, specs, settings);
  const spares = createArrayPool(device);
  const spareFor = async ({ parameter: { dims } }: AdamArrays): Promise<Stepped> => ({
    parameter: await spares.take(dims),
    first: await spares.take(dims),
    second: await spares.take(dims),
  });
  return async (old, scalars) => {
    const next = new Map<string, Stepped>();
    for (const [name, own] of old) next.set(name, await spareFor(own));
    const numbers = mapRecord({ ...scalars }, (value) => number(value));
    const given = { arrays: Object.fromEntries(old), scalars: numbers };
    await run(given, Object.fromEntries(next));
    for (const { parameter, first, second } of old.values()) {
      [parameter, first, second].forEach(spares.give);
    }
    return next;
  };
}

/** Compiles Adam for all parameters. */
function adamProgram(
  device: Device,
  specs: ReadonlyMap<string, FloatSpec>,
  { decays = () => true, ...settings }: OptimizerSettings,
) {
  const arrays = Object.fromEntries([...specs].map(([name, spec]) => [
    name,
    { parameter: spec, gradient: spec, first: spec, second: spec },
  ]));
  return jit(
    device,
    { arrays, scalars: scalarsSpec },
    ({ arrays, scalars }) =>
      mapRecord(arrays, (own, name) => {
        const weightDecay = decays(name) ? settings.weightDecay : 0;
        return adam(own, scalars, { ...settings, weightDecay });
      }),
  );
}

/** Compiles the global norm of gradients. */
function normProgram(device: Device, specs: ReadonlyMap<string, FloatSpec>) {
  return jit(device, Object.fromEntries(specs), (gradients) => {
    const squares = Object.values(gradients).map((gradient) => sum(square(gradient)));
    return { norm: sqrt(squares.reduce<Tensor>((total, part) => add(total, part), scalar(0))) };
  }, { toHost: ["norm"] });
}
