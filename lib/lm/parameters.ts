/** Parameters as arrays: from a checkpoint's named weights to the tree a program takes, and back. */
import {
  type Device,
  type DeviceArray,
  type DeviceArrays,
  flatten,
  type HostArray,
  isFloatArray,
  isSpec,
  mapTree,
  newFloats,
} from "../runtime/mod.ts";
import type { WeightType } from "./stored_parameters.ts";
import type { Weight } from "./weights.ts";
import type { gpt2Spec, valueModelSpec } from "./gpt2.ts";

/** The arrays of a language model. */
export type Gpt2Arrays = DeviceArrays<ReturnType<typeof gpt2Spec>>;
/** The arrays of a reward model or critic. */
export type ValueModelArrays = DeviceArrays<ReturnType<typeof valueModelSpec>>;

/**
 * Uploads the weights that `spec` names, as float32 or, where it says so, rounded to float16.
 *
 * @param options.share let the CPU use the weights' own memory: for models that nothing writes to, as frozen ones; otherwise the
 *   arrays are copies
 * @throws RangeError when one is missing, has other dimensions or is too large for float16.
 */
export async function uploadParameters<T>(
  device: Device,
  spec: T,
  weights: ReadonlyMap<string, Weight>,
  { share = false }: { share?: boolean } = {},
): Promise<DeviceArrays<T>> {
  const arrays = new Map<string, DeviceArray>();
  for (const [name, { shape, dtype }] of flatten(spec, isSpec)) {
    const weight = weights.get(name);
    const wanted = Object.values(shape);
    if (weight === undefined) {
      throw new RangeError(`Cannot load the parameters: "${name}" is missing`);
    }
    if (weight.shape.join() !== wanted.join()) {
      throw new RangeError(
        `Cannot load the parameter "${name}": it has dimensions [${weight.shape}], wanted [${wanted}]`,
      );
    }
    const isThere = device.kind !== "cpu"; // then the upload copies
    const data = dtype === "float16"
      ? rounded(name, weight.data)
      : (share || isThere) && isPlain(weight.data)
      ? weight.data
      : copied(weight.data);
    const array: HostArray<WeightType> = { dims: wanted, data };
    arrays.set(name, await device.upload(array));
    if (isThere && data !== weight.data) data.buffer.transfer(0); // a copy that nobody needs any more
  }
  return mapTree(spec, isSpec, (_, name) => arrays.get(name)) as DeviceArrays<T>; // the same tree, leaf by leaf
}

/** The nearest values that float16 has. */
function rounded(name: string, values: Float32Array): Float16Array<ArrayBuffer> {
  for (let index = 0; index < values.length; index++) { // a hundred million of them: no call for each
    if (Math.abs(values[index]) >= BEYOND_FLOAT16) {
      throw new RangeError(
        `Cannot store the parameter "${name}" as float16: it holds ${
          values[index]
        }, and float16 ends at 65504`,
      );
    }
  }
  return new Float16Array(values);
}

/** From here on float16 rounds to infinity. */
const BEYOND_FLOAT16 = 65520;

function copied(values: Float32Array): Float32Array<ArrayBuffer> {
  const copy = newFloats(values.length);
  copy.set(values);
  return copy;
}

/** Whether the values lie in memory that only this process has; an array over shared memory cannot be uploaded. */
const isPlain = (data: Float32Array): data is Float32Array<ArrayBuffer> =>
  data.buffer instanceof ArrayBuffer;

/** Gives the memory of weights back at once; they must not be used again. */
export function dropWeights(weights: ReadonlyMap<string, Weight>): void {
  for (const { data } of weights.values()) {
    if (isPlain(data) && data.byteLength > 0 && data.byteLength === data.buffer.byteLength) {
      data.buffer.transfer(0);
    }
  }
}

/** Reads a tree of parameters back into named weights (copies). */
export async function downloadParameters(
  device: Device,
  parameters: unknown,
): Promise<Map<string, Weight>> {
  const weights = new Map<string, Weight>();
  for (const [name, array] of flatten(parameters, isFloatArray)) {
    weights.set(name, { shape: [...array.dims], data: (await device.read(array)).slice() });
  }
  return weights;
}

/** Starting weights as GPT-2's: normal with deviation 0.02 (residual projections 0.02 / sqrt(2 layers)), norms 1, biases 0. */
export function initialWeights(
  spec: unknown,
  { normal, layers }: { normal: () => number; layers: number },
): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const [name, { shape }] of flatten(spec, isSpec)) {
    const dims = Object.values(shape);
    const size = dims.reduce((product, dim) => product * dim, 1);
    const deviation = name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2 * layers) : 0.02;
    const value = /\.ln_\d\.weight$|^ln_f\.weight$/.test(name)
      ? () => 1
      : name.endsWith(".bias")
      ? () => 0
      : () => normal() * deviation;
    weights.set(name, { shape: dims, data: Float32Array.from({ length: size }, value) });
  }
  return weights;
}
