/**
 * Records and trees of float32 arrays by name: the parameters of a model, its moments and
 * gradients.
 */
import {
  type Device,
  type DeviceArray,
  flatten,
  isSpec,
  jit,
  mapTree,
  type Spec,
} from "../runtime/mod.ts";
import type { Shape } from "../tensor/mod.ts";

/** A float32 array on its device. */
export type Array32 = DeviceArray<"float32">;

/** The spec of a float32 input. */
export type FloatSpec = Spec<Shape, "float32">;

/** Whether a value is the spec of a float32 input. */
export const isFloatSpec = (value: unknown): value is FloatSpec =>
  isSpec(value) && value.dtype === "float32";

/** Converts leaves by dotted name to a tree of the form of `spec`. `P` is the type of that tree. */
export const treeOf = <P>(spec: unknown, leaves: ReadonlyMap<string, unknown>): P =>
  mapTree(spec, isSpec, (_, name) => leaves.get(name)); // leaf by leaf

/** The same record with each value replaced. */
export function mapRecord<K extends string, A, B>(
  record: Readonly<Record<K, A>>,
  replace: (value: A, name: K) => B,
): Record<K, B> {
  const replaced: Partial<Record<K, B>> = {};
  for (const name in record) replaced[name] = replace(record[name], name);
  return replaced as Record<K, B>; // the same names
}

/** The same, with the values computed one after the other. */
export async function mapRecordAsync<K extends string, A, B>(
  record: Readonly<Record<K, A>>,
  replace: (value: A, name: K) => Promise<B>,
): Promise<Record<K, B>> {
  const replaced: Partial<Record<K, B>> = {};
  for (const name in record) replaced[name] = await replace(record[name], name);
  return replaced as Record<K, B>; // the same names
}

/** Reads float32 arrays by name, as copies. */
export const readFloats = (device: Device, arrays: Readonly<Record<string, Array32>>) =>
  mapRecordAsync(arrays, async (array) => (await device.read(array)).slice());

/** The dimensions of each spec of a tree, by dotted name. */
export const dimsOf = (spec: unknown): Map<string, number[]> =>
  new Map([...flatten(spec, isSpec)].map(([name, { shape }]) => [name, Object.values(shape)]));

/**
 * A program whose input trees are known to the function that created it but not to the compiler.
 * `R` are its results.
 */
export type TreeProgram<R> = (feeds: unknown, into?: unknown) => Promise<R>;

/** `jit` for trees that are assembled from parts. One cast here replaces a cast at each use. */
export const compileTree = jit as <I, R>(
  device: Device,
  spec: unknown,
  fn: (inputs: I) => unknown,
  options?: { toHost?: readonly string[] },
) => Promise<TreeProgram<R>>;

/** The results of a loss on the device. */
export type DeviceResults = Readonly<Record<string, Array32>>;
