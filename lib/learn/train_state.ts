/**
 * A train state as plain data, to be saved and taken up again exactly: parameters, both moments of Adam, the step.
 *
 * Arrays go by dotted name: `parameters.wte.weight`, `first.wte.weight` (m), `second.wte.weight` (v).
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
  /** Updates done. */
  readonly step: number;
  /** By dotted name. */
  readonly arrays: ReadonlyMap<string, SavedArray>;
}

/**
 * Reads a state back from its device.
 *
 * @param options.copies false: on the CPU the arrays are the state's own memory, right until the next update (default true)
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
 * Uploads a saved state (copies of its arrays) for parameters of the given specs.
 *
 * @throws RangeError when an array is missing, unknown or of other dimensions.
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
  for (const kind of Object.keys(tree)) { // each in a memory of its own, where it is packed
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

/** Frees the arrays of a state on its device; the state must not be used again. */
export function freeTrainState<P>(device: Device, { step: _, ...trees }: TrainState<P>): void {
  for (const array of flatten(trees, isFloatArray).values()) device.free(array);
}
