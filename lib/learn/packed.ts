/**
 * Arrays of a small model one behind the other in one memory, so that what goes number by number (Adam, sums) takes them as one.
 *
 * Only on the CPU, where an array can be a view. Large models are not packed: there the numbers cost, not the calls, and memory must
 * be given back array by array.
 */
import { type Device, type DeviceArray, elements } from "../runtime/mod.ts";

/** So many numbers are packed at most: 16 MiB. */
const PACKED = 2 ** 22;

/** Whether arrays of these dimensions are packed. */
export function isPacked({ kind }: Device, dims: readonly (readonly number[])[]): boolean {
  return kind === "cpu" && sizeOf(dims) <= PACKED;
}

/** Numbers in all of them. */
const sizeOf = (dims: readonly (readonly number[])[]): number =>
  dims.reduce((sum, own) => sum + elements(own), 0);

/** An array to be made. */
export interface PackedPart {
  /** Sizes of its axes. */
  readonly dims: readonly number[];
  /** What it holds (copied); default: zeros. */
  readonly data?: Float32Array;
}

/** Makes arrays by name, in one memory where that is good. */
export async function packedArrays(
  device: Device,
  parts: ReadonlyMap<string, PackedPart>,
): Promise<Map<string, DeviceArray<"float32">>> {
  const all = [...parts.values()].map(({ dims }) => dims);
  const memory = isPacked(device, all) ? new Float32Array(sizeOf(all)) : undefined;
  const arrays = new Map<string, DeviceArray<"float32">>();
  let start = 0;
  for (const [name, { dims, data }] of parts) {
    const own = elements(dims);
    const place = memory?.subarray(start, start + own) ?? new Float32Array(own);
    if (data !== undefined) place.set(data);
    else place.fill(0); // a system counts memory only when it is written: now, and not when a long run is under way
    arrays.set(name, await device.upload({ dims, data: place }));
    start += own;
  }
  return arrays;
}

/** The same numbers in one memory where that is good; otherwise the arrays themselves. */
export async function packedCopies(
  device: Device,
  arrays: ReadonlyMap<string, DeviceArray<"float32">>,
): Promise<ReadonlyMap<string, DeviceArray<"float32">>> {
  if (!isPacked(device, [...arrays.values()].map(({ dims }) => dims))) return arrays;
  const parts = new Map<string, PackedPart>();
  for (const [name, array] of arrays) {
    parts.set(name, { dims: array.dims, data: await device.read(array) });
  }
  return await packedArrays(device, parts);
}

/** Neighbours in memory as one: each of the views reaches as far as all of them go on side by side. */
export function joined<K extends string>(
  sets: readonly Readonly<Record<K, Float32Array<ArrayBuffer>>>[],
): Record<K, Float32Array<ArrayBuffer>>[] {
  const runs: Record<K, Float32Array<ArrayBuffer>>[] = [];
  for (const set of sets) {
    const last = runs.at(-1);
    const keys = Object.keys(set) as K[]; // its own keys
    if (last === undefined || !keys.every((key) => follows(last[key], set[key]))) {
      runs.push({ ...set });
    } else for (const key of keys) last[key] = extended(last[key], set[key]);
  }
  return runs;
}

const follows = (before: Float32Array, after: Float32Array): boolean =>
  before.buffer === after.buffer && before.byteOffset + before.byteLength === after.byteOffset;

const extended = (
  before: Float32Array<ArrayBuffer>,
  { length }: Float32Array,
): Float32Array<ArrayBuffer> =>
  new Float32Array(before.buffer, before.byteOffset, before.length + length);
