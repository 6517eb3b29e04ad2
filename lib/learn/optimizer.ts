/**
 * An optimizer for a tree of parameters that stay on their device: norm, clipping and Adam as programs of their own.
 *
 * State goes in and comes out as a value. The arrays of the old state are written again two steps later (a GPU forbids reading and
 * writing one buffer in one pass) or, in place, at once; so an old state must not be used after an update.
 */
import {
  type Device,
  type DeviceArray,
  flatten,
  float,
  isFloatArray,
  isSpec,
  jit,
  mapTree,
  number,
  type Program,
  type Spec,
} from "../runtime/mod.ts";
import { add, type AnyTensor, scalar, sqrt, square, sum, type Tensor } from "../tensor/mod.ts";
import { adam, type AdamSettings, type StepScalars, stepScalars } from "../optim/mod.ts";
import { createAdamInPlace } from "./in_place.ts";
import { type ArrayPool, createArrayPool, packedArrays, packedCopies } from "./array_pool.ts";

/** Parameters with everything Adam remembers of them. */
export interface TrainState<P> {
  /** The parameters as they are now. */
  readonly parameters: P;
  /** Adam's m: running means of gradients, of the parameters' shapes. */
  readonly first: P;
  /** Adam's v: running means of squared gradients, of the parameters' shapes. */
  readonly second: P;
  /** Updates done. */
  readonly step: number;
}

/** How to update. */
export interface OptimizerSettings extends AdamSettings {
  /** Gradients are scaled down to this global norm when they exceed it (Pascanu et al. 2013). */
  readonly maxGradNorm: number;
  /** Which parameters decay, by dotted name; default: all. */
  readonly decays?: (name: string) => boolean;
  /** How many parameters one program updates; default: all. Fewer means less spare memory and more calls. */
  readonly parametersPerProgram?: number;
  /** Write parameters and moments where they lie: no spare memory at all, but only on the CPU (default false). */
  readonly inPlace?: boolean;
}

/** Updates parameters. */
export interface Optimizer<P> {
  /** A state with zero moments; takes over `parameters`. */
  start(parameters: P): Promise<TrainState<P>>;
  /** One step; the old state's arrays are reused, so it must not be used again. */
  update(
    state: TrainState<P>,
    gradients: P,
    learningRate: number,
  ): Promise<{ state: TrainState<P>; gradNorm: number }>;
  /** Frees the compiled programs; the optimizer must not be used again. */
  release(): Promise<void>;
}

type Arrays = Map<string, DeviceArray<"float32">>;
type Slots = Record<string, DeviceArray<"float32">>;
const scalarSpec = float({});

/** Compiles the optimizer's programs for parameters of the given specs. */
export async function createOptimizer<P>(
  device: Device,
  spec: unknown,
  settings: OptimizerSettings,
): Promise<Optimizer<P>> {
  const norm = await normProgram(device, Object.fromEntries(flatten(spec, isSpec)));
  const stepper = settings.inPlace
    ? await inPlaceStepper(device, settings)
    : await rotatingStepper(device, spec, settings);
  const asTree = (arrays: ReadonlyMap<string, DeviceArray<"float32">>) =>
    mapTree(spec, isSpec, (_, name) => arrays.get(name)) as P; // the tree of `spec`, leaf by leaf
  const asArrays = (tree: P): Arrays => flatten(tree, isFloatArray);
  const zerosLike = async (parameters: P): Promise<P> =>
    asTree(await packedArrays(device, asArrays(parameters)));
  return {
    start: async (parameters) => ({
      parameters: settings.inPlace
        ? asTree(await packedCopies(device, asArrays(parameters)))
        : parameters,
      first: await zerosLike(parameters),
      second: await zerosLike(parameters),
      step: 0,
    }),
    async update(state, gradients, learningRate) {
      const given = asArrays(gradients);
      const [gradNorm] = await device.read((await norm(Object.fromEntries(given))).norm);
      const scale = clipScale(gradNorm, settings.maxGradNorm);
      const scalars = stepScalars(settings, { learningRate, step: state.step + 1, scale });
      const old = {
        parameters: asArrays(state.parameters),
        first: asArrays(state.first),
        second: asArrays(state.second),
      };
      const next = await stepper.step({ old, given, scalars });
      const trees = {
        parameters: asTree(next.parameters),
        first: asTree(next.first),
        second: asTree(next.second),
      };
      return { state: { ...trees, step: state.step + 1 }, gradNorm };
    },
    async release() {
      await norm.release();
      await stepper.release();
    },
  };
}

/** Parameters, m and v by dotted name. */
type StateArrays = Record<"parameters" | "first" | "second", Arrays>;

/** What a step of all parameters reads. */
interface StepInputs {
  readonly old: StateArrays;
  readonly given: Arrays;
  readonly scalars: StepScalars<number>;
}

/** Steps all parameters; gives the arrays that hold the new state. */
interface Stepper {
  step(inputs: StepInputs): Promise<StateArrays>;
  release(): Promise<void>;
}

/** Writes into spare arrays; the old ones are the next spares. */
async function rotatingStepper(
  device: Device,
  spec: unknown,
  settings: OptimizerSettings,
): Promise<Stepper> {
  const specs = [...flatten(spec, isSpec)];
  const size = settings.parametersPerProgram ?? specs.length;
  const groups = await Promise.all(
    chunks(specs, size).map((group) => adamProgram(device, Object.fromEntries(group), settings)),
  );
  const spares = createArrayPool(device);
  return {
    async step(inputs) {
      const next: StateArrays = { parameters: new Map(), first: new Map(), second: new Map() };
      for (const group of groups) await updateGroup({ ...group, ...inputs, next, spares });
      return next;
    },
    async release() {
      await Promise.all(groups.map(({ run }) => run.release()));
      spares.release();
    },
  };
}

/** Writes over the old state. */
async function inPlaceStepper(device: Device, settings: OptimizerSettings): Promise<Stepper> {
  const adamInPlace = await createAdamInPlace(device, settings);
  return {
    async step({ old, given, scalars }) {
      for (const decaying of [true, false]) {
        const names = [...old.parameters.keys()].filter((name) =>
          (settings.decays?.(name) ?? true) === decaying
        );
        const arrays = names.map((name) => ({
          parameter: old.parameters.get(name) ?? missing(name),
          gradient: given.get(name) ?? missing(name),
          first: old.first.get(name) ?? missing(name),
          second: old.second.get(name) ?? missing(name),
        }));
        await adamInPlace.step(arrays, scalars, decaying);
      }
      return old;
    },
    release: () => adamInPlace.release(),
  };
}

/** min(1, maxNorm / (norm + 1e-6)), as PyTorch's clip_grad_norm_. */
export const clipScale = (norm: number, maxNorm: number): number =>
  Math.min(1, maxNorm / (norm + 1e-6));

function normProgram(device: Device, spec: Record<string, Spec>) {
  return jit(device, spec, (gradients) => {
    const squares = Object.values(gradients).map((gradient) => sum(square(gradient as Tensor))); // specs of parameters are float32
    return { norm: sqrt(squares.reduce<Tensor>((total, part) => add(total, part), scalar(0))) };
  }, { toHost: ["norm"] });
}

interface AdamGroup {
  readonly names: readonly string[];
  readonly run: Program<unknown, unknown>;
}

async function adamProgram(
  device: Device,
  group: Record<string, Spec>,
  settings: OptimizerSettings,
): Promise<AdamGroup> {
  const scalars = {
    scale: scalarSpec,
    stepSize: scalarSpec,
    rootCorrection: scalarSpec,
    keep: scalarSpec,
  };
  const spec = { parameters: group, gradients: group, first: group, second: group, scalars };
  const run = await jit(device, spec, (inputs) => {
    const results = Object.keys(group).map((name) => {
      const at = (tree: Record<string, AnyTensor>) => tree[name] as Tensor; // specs of parameters are float32
      const own = {
        parameter: at(inputs.parameters),
        gradient: at(inputs.gradients),
        first: at(inputs.first),
        second: at(inputs.second),
      };
      const weightDecay = settings.decays?.(name) ?? true ? settings.weightDecay : 0;
      return [name, adam(own, inputs.scalars, { ...settings, weightDecay })] as const;
    });
    const pick = (key: "parameter" | "first" | "second") =>
      Object.fromEntries(results.map(([name, result]) => [name, result[key]]));
    return { parameters: pick("parameter"), first: pick("first"), second: pick("second") };
  });
  return { names: Object.keys(group), run: run as Program<unknown, unknown> }; // its trees are records by name, used only here
}

interface GroupUpdate extends AdamGroup, StepInputs {
  readonly next: StateArrays;
  readonly spares: ArrayPool;
}

const kinds = ["parameters", "first", "second"] as const;

/** Updates one group into spare arrays; the old ones become the next spares. */
async function updateGroup(
  { names, run, old, next, given, scalars, spares }: GroupUpdate,
): Promise<void> {
  const pickFrom = (arrays: Arrays): Slots =>
    Object.fromEntries(names.map((name) => [name, arrays.get(name) ?? missing(name)]));
  const into: Record<string, Slots> = {};
  for (const kind of kinds) {
    const pairs = names.map(async (name) =>
      [name, await spares.take((old[kind].get(name) ?? missing(name)).dims)] as const
    );
    into[kind] = Object.fromEntries(await Promise.all(pairs));
  }
  const numbers = Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [name, number(value)]),
  );
  const feeds = {
    ...Object.fromEntries(kinds.map((kind) => [kind, pickFrom(old[kind])])),
    gradients: pickFrom(given),
    scalars: numbers,
  };
  await run(feeds, into);
  for (const kind of kinds) {
    for (const name of names) {
      next[kind].set(name, into[kind][name]);
      spares.give(old[kind].get(name) ?? missing(name));
    }
  }
}

function missing(name: string): never {
  throw new RangeError(`Cannot update: the tree has no array "${name}"`);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, index) => items.slice(index * size, (index + 1) * size),
  );
}
