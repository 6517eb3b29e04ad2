/** PyTorch's numbers (`scripts/fixtures`) and the way they are compared. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readSafetensors, type StoredTensor } from "../../lib/files/mod.ts";
import { type ModelFolder, readModelFolder } from "../../lib/lm/mod.ts";
import type { ArrayLike_, Device } from "../../lib/runtime/mod.ts";

/** The path of a file or folder of the fixtures. */
export const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A model folder of the fixtures. */
export const fixtureModel = (name: "gpt2_tiny" | "reward_tiny"): Promise<ModelFolder> =>
  readModelFolder(pathOf(name));

/** The tensors of one fixture file. */
export async function fixtureTensors(
  topic: "control" | "forward" | "ops" | "ppo_update" | "stages",
) {
  const stored = await readSafetensors(pathOf(`${topic}.safetensors`));
  const find = (name: string): StoredTensor => {
    const tensor = stored.get(name);
    if (tensor === undefined) throw new RangeError(`Cannot find "${name}" in the fixture ${topic}`);
    return tensor;
  };
  return {
    find,
    /** All numbers of a tensor. */
    numbers: (name: string): number[] => Array.from(find(name).data),
    /** The rows of a matrix. */
    rows: (name: string): number[][] => rowsOf(find(name)),
    /** A float32 tensor as an array for a program. */
    array: (name: string): ArrayLike_<"float32"> => float32(find(name)),
  };
}

function rowsOf({ shape: [height, width], data }: StoredTensor): number[][] {
  return Array.from(
    { length: height },
    (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)),
  );
}

const float32 = ({ shape, data }: StoredTensor): ArrayLike_<"float32"> => ({
  dims: shape,
  data: Float32Array.from(data),
});

/** The largest difference between two rows of numbers, in units of the largest absolute value of `expected`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length, "as many numbers");
  let difference = 0, largest = 0;
  for (let index = 0; index < expected.length; index++) {
    if (!Number.isFinite(actual[index])) return Infinity;
    difference = Math.max(difference, Math.abs(actual[index] - expected[index]));
    largest = Math.max(largest, Math.abs(expected[index]));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** Fails where `relativeError` is above `tolerance`. */
export function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { name, tolerance = 1e-5 }: { name: string; tolerance?: number },
): void {
  const error = relativeError(actual, expected);
  assert.ok(
    error <= tolerance,
    `${name} is off by ${error} of its largest value, allowed is ${tolerance}`,
  );
}

/** A copy of an array's numbers, wherever it lies. */
export async function numbersOn(
  device: Device,
  array: ArrayLike_<"float32">,
): Promise<Float32Array> {
  return (await device.read(await device.upload(array))).slice();
}
