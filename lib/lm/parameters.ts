/**
 * Parameters as arrays: from a checkpoint's named weights to the tree that a program takes, and
 * back.
 *
 * A model that no longer changes may be stored as float16, in half the bytes. Arithmetic is still
 * float32: a program first casts each float16 weight, and the float32 copy exists only while it is
 * used.
 */
import {
  type Device,
  type DeviceArray,
  type DeviceArrays,
  flatten,
  type HostArray,
  isFloatArray,
  isSpec,
  isTensor,
  mapTree,
  newFloats,
  type Spec,
  type Tensors,
} from "../runtime/mod.ts";
import { type AnyTensor, cast } from "../tensor/mod.ts";
import { say } from "../text/mod.ts";
import type { gpt2Spec, valueModelSpec } from "./gpt2_parameters.ts";
import type { Weight } from "./weights.ts";

/** The arrays of a language model. */
export type Gpt2Arrays = DeviceArrays<ReturnType<typeof gpt2Spec>>;
/** The arrays of a reward model or critic. */
export type ValueModelArrays = DeviceArrays<ReturnType<typeof valueModelSpec>>;

/** How a weight is stored. */
export type WeightType = "float32" | "float16";

/** A tree of float32 specs, each of which may be stored in either way. */
export type StoredSpec<T> = T extends Spec<infer S, "float32"> ? Spec<S, WeightType>
  : { readonly [K in keyof T]: StoredSpec<T[K]> };

/** The arrays of a language model, stored in either way. */
export type StoredGpt2 = DeviceArrays<StoredSpec<ReturnType<typeof gpt2Spec>>>;
/** The arrays of a reward model, stored in either way. */
export type StoredValueModel = DeviceArrays<StoredSpec<ReturnType<typeof valueModelSpec>>>;

/**
 * Uploads the weights that `spec` names, as float32 or, if the spec requires it, rounded to
 * float16.
 *
 * @param options.share whether the CPU may use the weights' own memory, for models to which
 *   nothing writes; otherwise the arrays are copies
 * @throws RangeError if a weight is missing, has other dimensions or is too large for float16.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { uploadParameters } from "ppo/lm/mod.ts";
 * import { float, openDevice } from "ppo/runtime/mod.ts";
 * const device = await openDevice("cpu");
 * const weights = new Map([["ln.bias", { shape: [2], data: Float32Array.of(3, 4) }]]);
 * const { ln } = await uploadParameters(device, { ln: { bias: float({ embed: 2 }) } }, weights);
 * deepEqual([...await device.read(ln.bias)], [3, 4]);
 * ```
 */
export async function uploadParameters<T>(
  device: Device,
  spec: T,
  weights: ReadonlyMap<string, Weight>,
  { share = false }: { share?: boolean } = {},
): Promise<DeviceArrays<T>> {
  const arrays = new Map<string, DeviceArray>();
  for (const [name, { shape, dtype }] of flatten(spec, isSpec)) {
    const weight = weights.get(name), dims = Object.values(shape);
    if (weight === undefined) {
      throw new RangeError(`Cannot load the parameters: "${name}" is missing`);
    }
    if (weight.shape.join() !== dims.join()) {
      throw new RangeError(
        `Cannot load the parameter "${name}": it has dimensions [${weight.shape}], ` +
          `but the model needs [${dims}]`,
      );
    }
    const copies = device.kind !== "cpu"; // the upload itself copies
    const data = dtype === "float16"
      ? rounded(name, weight.data)
      : (share || copies) && isPlain(weight.data)
      ? weight.data
      : copied(weight.data);
    const array: HostArray<WeightType> = { dims, data };
    arrays.set(name, await device.upload(array));
    if (copies && data !== weight.data) data.buffer.transfer(0); // frees a temporary copy
  }
  // the same tree, leaf by leaf
  return mapTree(spec, isSpec, (_, name) => arrays.get(name));
}

/** The nearest float16 values. */
function rounded(name: string, values: Float32Array): Float16Array<ArrayBuffer> {
  // a loop without calls, for a hundred million values
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index]) >= BEYOND_FLOAT16) {
      throw new RangeError(
        say({
          en: `Cannot store the parameter "${name}" as float16: it has the value ` +
            `${values[index]}, and the largest float16 is 65504`,
          zh: `不能用 float16 存放参数“${name}”：其中有值 ${values[index]}，` +
            "而 float16 的最大值是 65504",
        }),
      );
    }
  }
  return new Float16Array(values);
}

/** From here on, float16 rounds to infinity. */
const BEYOND_FLOAT16 = 65520;

function copied(values: Float32Array): Float32Array<ArrayBuffer> {
  const copy = newFloats(values.length);
  copy.set(values);
  return copy;
}

/**
 * Whether the values are in memory that only this process has; an array over shared memory cannot
 * be uploaded.
 */
const isPlain = (data: Float32Array): data is Float32Array<ArrayBuffer> =>
  data.buffer instanceof ArrayBuffer;

/**
 * Frees the memory of weights at once; they must not be used again.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { dropWeights } from "ppo/lm/mod.ts";
 * const bias = { shape: [2], data: Float32Array.of(3, 4) };
 * dropWeights(new Map([["bias", bias]]));
 * equal(bias.data.length, 0);
 * ```
 */
export function dropWeights(weights: ReadonlyMap<string, Weight>): void {
  for (const { data } of weights.values()) {
    if (isPlain(data) && data.byteLength > 0 && data.byteLength === data.buffer.byteLength) {
      data.buffer.transfer(0);
    }
  }
}

/**
 * Reads a tree of parameters back into named weights, which are copies.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { downloadParameters } from "ppo/lm/mod.ts";
 * import { floats, openDevice } from "ppo/runtime/mod.ts";
 * const device = await openDevice("cpu");
 * const bias = await device.upload(floats([3, 4]));
 * const weights = await downloadParameters(device, { ln: { bias } });
 * deepEqual(weights.get("ln.bias"), { shape: [2], data: Float32Array.of(3, 4) });
 * ```
 */
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

/**
 * GPT-2's initial weights: normal with standard deviation 0.02 (0.02 / sqrt(2 layers) for residual
 * projections), norms 1, biases 0.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gpt2Spec, initialWeights } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * deepEqual(weights.get("ln_f.weight"), { shape: [4], data: Float32Array.of(1, 1, 1, 1) });
 * ```
 */
export function initialWeights(
  spec: unknown,
  { normal, layers }: { normal: () => number; layers: number },
): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const [name, { shape }] of flatten(spec, isSpec)) {
    const dims = Object.values(shape);
    const length = dims.reduce((product, dim) => product * dim, 1);
    const deviation = name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2 * layers) : 0.02;
    const value = /(^|\.)ln_\w\.weight$/.test(name)
      ? () => 1
      : name.endsWith(".bias")
      ? () => 0
      : () => normal() * deviation;
    weights.set(name, { shape: dims, data: Float32Array.from({ length }, value) });
  }
  return weights;
}

/**
 * The specs of parameters that are stored as `type`.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { storedSpec } from "ppo/lm/mod.ts";
 * import { float } from "ppo/runtime/mod.ts";
 * equal(storedSpec({ weight: float({ embed: 4 }) }, "float16").weight.dtype, "float16");
 * ```
 */
export const storedSpec = <T>(spec: T, type: WeightType): StoredSpec<T> =>
  // the same tree, leaf by leaf
  mapTree(spec, isSpec, ({ shape }) => ({ shape, dtype: type }));

/**
 * Stored parameters, inside a program, as the float32 tensors that `spec` describes.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { widened } from "ppo/lm/mod.ts";
 * import { float } from "ppo/runtime/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const stored = { weight: input("weight", { embed: 4 }, "float16") };
 * equal(widened({ weight: float({ embed: 4 }) }, stored).weight.dtype, "float32");
 * ```
 */
export const widened = <T>(_spec: T, stored: Tensors<StoredSpec<T>>): Tensors<T> =>
  mapTree(stored, isTensor, inFloat32); // the same tree, leaf by leaf

const inFloat32 = (weight: AnyTensor): AnyTensor =>
  weight.dtype === "float32" ? weight : cast(weight, "float32");

/** Parameters whose storage is known from the token embedding; all are stored in the same way. */
export interface Stored {
  /** The token embedding. */
  readonly wte: { readonly weight: { readonly dtype: WeightType } };
}

/**
 * How a model's parameters are stored.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { weightType } from "ppo/lm/mod.ts";
 * equal(weightType({ wte: { weight: { dtype: "float16" } } }), "float16");
 * ```
 */
export const weightType = ({ wte }: Stored): WeightType => wte.weight.dtype;

/**
 * Compiles a program for each way in which parameters may be stored, and returns a function that
 * chooses by the parameters.
 *
 * The chosen function throws a RangeError for parameters that are stored in another way.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { programsFor } from "ppo/lm/mod.ts";
 * const compile = (type: string) => Promise.resolve(`for ${type}`); // stands for `jit`
 * const programOf = await programsFor(["float32", "float16"], compile);
 * equal(programOf({ wte: { weight: { dtype: "float16" } } }), "for float16");
 * ```
 */
export async function programsFor<P>(
  types: readonly WeightType[],
  compile: (type: WeightType) => Promise<P>,
): Promise<(parameters: Stored) => P> {
  const programs = new Map<WeightType, P>();
  for (const type of types) programs.set(type, await compile(type));
  return (parameters) => {
    const type = weightType(parameters), program = programs.get(type);
    if (program !== undefined) return program;
    throw new RangeError(
      `Cannot run the program: it was compiled for parameters in ${
        types.join(" and ")
      }, but these are in ${type}`,
    );
  };
}
