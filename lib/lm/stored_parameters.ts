/**
 * Parameters of a model that nothing changes, stored as float32 or, in half the bytes, as float16.
 *
 * Arithmetic is float32 in either case: the first thing that a program does with a float16 weight is to cast it. A float32 copy of
 * a weight lives only while it is used.
 */
import {
  type DeviceArrays,
  isSpec,
  isTensor,
  mapTree,
  type Spec,
  type Tensors,
} from "../runtime/mod.ts";
import { type AnyTensor, cast } from "../tensor/mod.ts";
import type { gpt2Spec, valueModelSpec } from "./gpt2.ts";

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
 * The specs of parameters that are stored as `type`.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { float } from "ppo/runtime/mod.ts";
 * equal(storedSpec({ weight: float({ embed: 4 }) }, "float16").weight.dtype, "float16");
 * ```
 */
export const storedSpec = <T>(spec: T, type: WeightType): StoredSpec<T> =>
  mapTree(spec, isSpec, ({ shape }) => ({ shape, dtype: type })) as StoredSpec<T>; // the same tree, leaf by leaf

/** Stored parameters, inside a program, as the float32 tensors that `spec` describes. */
export const widened = <T>(_spec: T, stored: Tensors<StoredSpec<T>>): Tensors<T> =>
  mapTree(stored, isTensor, inFloat32) as Tensors<T>; // the same tree, leaf by leaf

const inFloat32 = (weight: AnyTensor): AnyTensor =>
  weight.dtype === "float32" ? weight : cast(weight, "float32");

/** What tells how parameters are stored. */
export interface Stored {
  /** The token embedding, stored as all others are. */
  readonly wte: { readonly weight: { readonly dtype: WeightType } };
}

/** How a model's parameters are stored. */
export const weightType = ({ wte }: Stored): WeightType => wte.weight.dtype;

/**
 * A program for each way in which parameters may be stored; which one runs, the parameters say.
 *
 * @throws RangeError, when asked, for parameters that are stored in another way.
 */
export async function programsFor<P>(
  types: readonly WeightType[],
  compile: (type: WeightType) => Promise<P>,
): Promise<(parameters: Stored) => P> {
  const programs = new Map<WeightType, P>();
  for (const type of types) programs.set(type, await compile(type));
  return (parameters) => {
    const found = programs.get(weightType(parameters));
    if (found !== undefined) return found;
    throw new RangeError(
      `Cannot run the program: it was compiled for parameters in ${
        types.join(" and ")
      }, and these are in ${weightType(parameters)}`,
    );
  };
}
