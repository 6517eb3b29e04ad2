/** Values: typed numbers with dimensions, on the host or on a device. */
import type { DType } from "../tensor/mod.ts";

/** The host's storage for each element type; bool is one byte, 0 or 1. */
export interface Storage {
  /** 32-bit floats. */
  float32: Float32Array<ArrayBuffer>;
  /** 16-bit floats, for storage. */
  float16: Float16Array<ArrayBuffer>;
  /** 32-bit whole numbers. */
  int32: Int32Array<ArrayBuffer>;
  /** One byte each, 0 or 1. */
  bool: Uint8Array<ArrayBuffer>;
}

/** Numbers in the host's memory, in row-major order. */
export interface HostArray<D extends DType = DType> {
  /** Sizes of the axes, outermost first. */
  readonly dims: readonly number[];
  /** Values in row-major order. */
  readonly data: Storage[D];
}

/** Numbers where the device keeps them. Only `lib/runtime` looks inside `handle`. */
export interface DeviceArray<D extends DType = DType> {
  /** Sizes of the axes, outermost first. */
  readonly dims: readonly number[];
  /** Element type. */
  readonly dtype: D;
  /** The device's own object. */
  readonly handle: object;
}

/** Either; a program takes both and uploads host arrays itself. */
export type ArrayLike_<D extends DType = DType> = HostArray<D> | DeviceArray<D>;

/** A float32 host array. */
export const floats = (
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
): HostArray<"float32"> => checked({ dims, data: Float32Array.from(values) });

/** A float16 host array: each value becomes the nearest that 16 bits can say, one beyond 65,504 infinite. */
export const halves = (
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
): HostArray<"float16"> => checked({ dims, data: Float16Array.from(values) });

/** An int32 host array. */
export const ints = (
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
): HostArray<"int32"> => checked({ dims, data: Int32Array.from(values) });

/** A bool host array from 0 and 1. */
export const bools = (
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
): HostArray<"bool"> => checked({ dims, data: Uint8Array.from(values) });

/** One float32 number. */
export const number = (value: number): HostArray<"float32"> => floats([value], []);

/** What an array's numbers are. */
export function typeOf(data: Storage[DType]): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float16Array) return "float16";
  return data instanceof Int32Array ? "int32" : "bool";
}

/** Number of elements. */
export const elements = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);

function checked<D extends DType>(array: HostArray<D>): HostArray<D> {
  const wanted = elements(array.dims);
  if (wanted !== array.data.length) {
    throw new RangeError(
      `Cannot make an array of dimensions [${array.dims}] from ${array.data.length} values: ${wanted} are wanted`,
    );
  }
  return array;
}
