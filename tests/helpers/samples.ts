/** Small inputs for tests: an axis order, an element type and numbers, made into input tensors and the arrays fed to them. */
import {
  type AnyTensor,
  type DType,
  type HostArray,
  input,
  type Shape,
  sizeOf,
  type Tensor,
  UNKNOWN,
} from "../../lib/tensor/mod.ts";

/** What one input is and holds. */
export interface Sample<S extends Shape = Shape, D extends DType = DType> {
  readonly shape: S;
  readonly dtype: D;
  readonly values: readonly number[];
}

/** Samples by input name. */
export type Samples = Readonly<Record<string, Sample>>;

/** The input tensors that belong to samples. */
export type Inputs<I extends Samples> = {
  readonly [N in keyof I]: Tensor<I[N]["shape"], I[N]["dtype"]>;
};

/** The numbers of a float32 sample: given, or spread over [low, high] without two alike. */
export interface FloatOptions {
  readonly values?: readonly number[];
  readonly low?: number;
  readonly high?: number;
  /** Another seed gives other numbers. */
  readonly seed?: number;
}

/** A float32 sample; x_i = low + (high - low) frac(0.37 seed + (i + 1) golden ratio): no two equal, none on a kink. */
export function floats<const S extends Shape>(
  shape: S,
  { values, low = -1.5, high = 1.5, seed = 0 }: FloatOptions = {},
): Sample<S, "float32"> {
  const spread = (_: unknown, index: number) =>
    low + (high - low) * ((0.37 * seed + (index + 1) * 0.618034) % 1);
  return {
    shape,
    dtype: "float32",
    values: values ?? Array.from({ length: sizeOf(shape) }, spread),
  };
}

/** An int32 sample. */
export const integers = <const S extends Shape>(
  shape: S,
  values: readonly number[],
): Sample<S, "int32"> => ({ shape, dtype: "int32", values });

/** A bool sample, written as 0 and 1. */
export const bools = <const S extends Shape>(
  shape: S,
  values: readonly number[],
): Sample<S, "bool"> => ({ shape, dtype: "bool", values });

/** The input tensors of samples; the axes named in `open` have unknown sizes in them. */
export function inputsOf<I extends Samples>(samples: I, open: readonly string[] = []): Inputs<I> {
  const entries = Object.entries(samples).map(([name, { shape, dtype }]): [string, AnyTensor] => {
    const sizes = Object.entries(shape).map((
      [axis, size],
    ) => [axis, open.includes(axis) ? UNKNOWN : size]);
    return [name, input(name, Object.fromEntries(sizes), dtype)];
  });
  return Object.fromEntries(entries) as Inputs<I>; // each name keeps its sample's axes
}

/** The arrays to feed for samples. */
export const feedsOf = (samples: Samples): Record<string, HostArray> =>
  Object.fromEntries(Object.entries(samples).map(([name, sample]) => [name, arrayOf(sample)]));

/** A sample as a host array. */
export function arrayOf({ shape, dtype, values }: Sample): HostArray {
  const dims = Object.values(shape);
  if (dtype === "float32") return { dims, data: Float64Array.from(values) };
  return { dims, data: dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values) };
}
