/**
 * A train state as plain data (parameters, both moments of Adam, and the step), which can be saved
 * and restored exactly.
 *
 * Arrays have dotted names: `parameters.wte.weight`, `first.wte.weight` (m), `second.wte.weight`
 * (v).
 */
import { type Device, flatten, isFloatArray } from "../runtime/mod.ts";
import type { TrainState } from "./optimizer.ts";
import { type Array32, dimsOf, treeOf } from "./records.ts";
import { packedArrays } from "./array_pool.ts";

/** An array in the host's memory. */
export interface SavedArray {
  /** Sizes of the axes, outermost first. */
  readonly dims: readonly number[];
  /** Values in row-major order. */
  readonly data: Float32Array;
}

/** A train state in the host's memory. */
export interface SavedTrainState {
  /** The number of updates made. */
  readonly step: number;
  /** The arrays by dotted name. */
  readonly arrays: ReadonlyMap<string, SavedArray>;
}

/**
 * Reads a state back from its device. @param options.copies whether to copy the arrays (default
 * true). If false, on the CPU the arrays are the state's own memory, which is valid until the next
 * update.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createOptimizer, saveTrainState } from "ppo/learn/mod.ts";
 * import { adamDefaults } from "ppo/optim/mod.ts";
 * import { type DeviceArray, float, floats, openDevice } from "ppo/runtime/mod.ts";
 * const device = await openDevice("cpu");
 * const spec = { bias: float({ embed: 1 }) };
 * type Arrays = { bias: DeviceArray<"float32"> };
 * const settings = { ...adamDefaults, maxGradNorm: 1 };
 * const optimizer = await createOptimizer<Arrays>(device, spec, settings);
 * const state = await optimizer.start({ bias: await device.upload(floats([3])) });
 * const { arrays } = await saveTrainState(device, state);
 * deepEqual([...arrays.keys()], ["parameters.bias", "first.bias", "second.bias"]);
 * ```
 */
export async function saveTrainState<P>(
  device: Device,
  { step, ...trees }: TrainState<P>,
  { copies = true }: { copies?: boolean } = {},
): Promise<SavedTrainState> {
  const arrays = new Map<string, SavedArray>();
  for (const [name, array] of flatten(trees, isFloatArray)) {
    const data = await device.read(array);
    arrays.set(name, { dims: array.dims, data: copies ? data.slice() : data });
  }
  return { step, arrays };
}

/**
 * Uploads a saved state (copies of its arrays) for parameters of the given specs. @throws
 * RangeError when an array is missing, is unknown or has other dimensions.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createOptimizer, loadTrainState, saveTrainState } from "ppo/learn/mod.ts";
 * import { adamDefaults } from "ppo/optim/mod.ts";
 * import { type DeviceArray, float, floats, openDevice } from "ppo/runtime/mod.ts";
 * const device = await openDevice("cpu");
 * const spec = { bias: float({ embed: 1 }) };
 * type Arrays = { bias: DeviceArray<"float32"> };
 * const settings = { ...adamDefaults, maxGradNorm: 1 };
 * const optimizer = await createOptimizer<Arrays>(device, spec, settings);
 * const state = await optimizer.start({ bias: await device.upload(floats([3])) });
 * const saved = await saveTrainState(device, state);
 * const { parameters } = await loadTrainState<Arrays>(device, spec, saved);
 * deepEqual([...await device.read(parameters.bias)], [3]);
 * ```
 */
export async function loadTrainState<P>(
  device: Device,
  spec: unknown,
  { step, arrays }: SavedTrainState,
): Promise<TrainState<P>> {
  const tree = { parameters: spec, first: spec, second: spec };
  const wanted = dimsOf(tree);
  const extra = [...arrays.keys()].find((name) => !wanted.has(name));
  if (extra !== undefined) {
    throw new RangeError(`Cannot restore the state: it has "${extra}", which is not known`);
  }
  const saved = new Map(
    [...wanted].map(([name, dims]) => [name, checked(arrays.get(name), name, dims)]),
  );
  const uploaded = new Map<string, Array32>();
  for (const kind of Object.keys(tree)) { // each in its own buffer, if it is packed
    const own = new Map([...saved].filter(([name]) => name.startsWith(`${kind}.`)));
    for (const [name, array] of await packedArrays(device, own)) uploaded.set(name, array);
  }
  const trees = treeOf<Omit<TrainState<P>, "step">>(tree, uploaded);
  return { ...trees, step };
}

function checked(array: SavedArray | undefined, name: string, wanted: number[]): SavedArray {
  if (array === undefined) throw new RangeError(`Cannot restore the state: "${name}" is missing`);
  if (array.dims.join() !== wanted.join()) {
    throw new RangeError(
      `Cannot restore "${name}" of the state: it has dimensions [${array.dims}], wanted [${wanted}]`,
    );
  }
  return array;
}

/**
 * Frees the arrays of a state on its device. The state must not be used again.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createOptimizer, freeTrainState } from "ppo/learn/mod.ts";
 * import { adamDefaults } from "ppo/optim/mod.ts";
 * import { type DeviceArray, float, floats, openDevice } from "ppo/runtime/mod.ts";
 * const device = await openDevice("cpu");
 * const spec = { bias: float({ embed: 1 }) };
 * type Arrays = { bias: DeviceArray<"float32"> };
 * const settings = { ...adamDefaults, maxGradNorm: 1 };
 * const optimizer = await createOptimizer<Arrays>(device, spec, settings);
 * const state = await optimizer.start({ bias: await device.upload(floats([3])) });
 * freeTrainState(device, state);
 * deepEqual(state.step, 0); // its arrays must not be used any more
 * ```
 */
export function freeTrainState<P>(device: Device, { step: _, ...trees }: TrainState<P>): void {
  for (const array of flatten(trees, isFloatArray).values()) device.free(array);
}
