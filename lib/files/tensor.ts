/**
 * Tensors in files: what a file stores, and where in it each tensor lies. This file knows neither
 * a file format nor a model.
 *
 * A file is a set of *storages* (runs of bytes); a tensor is a *view* of one: a number format, a
 * first element, and for each axis a size and a stride. Several views may share a storage, as
 * PyTorch's do.
 */
import { say } from "../text/mod.ts";
import { cannotRead, wrongBytes } from "./cannot_read.ts";

/** One tensor: its shape and its values in row-major order. */
export interface StoredTensor {
  /** Sizes of the axes, outermost first; empty for one number. */
  shape: number[];
  /** Values in row-major order. */
  data: Float32Array | Int32Array;
}

/** Bytes of one number in each format, by safetensors' names. */
// deno-fmt-ignore -- several short names on a line
export const BYTES = {
  F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1,
} as const;

/** How numbers are stored. */
export type NumberFormat = keyof typeof BYTES;

/** The formats whose values can be read; the floating ones all become float32. */
export const READABLE = ["F32", "I32", "F16", "BF16", "F64"] as const;

/** A format whose values can be read. */
export type ReadableFormat = typeof READABLE[number];

/** Whether values of this format can be read. */
export const isReadable = (format: string): format is ReadableFormat =>
  READABLE.some((name) => name === format);

/** One tensor's place in a file. */
export interface TensorView {
  /** The file that contains its bytes, for errors. */
  readonly path: string;
  /** Which run of bytes of the file; views of one storage may overlap. */
  readonly storage: string;
  /** How many bytes that run has. */
  readonly storageBytes: number;
  /** How the numbers are stored. */
  readonly format: NumberFormat;
  /** The first element, counted in elements from the storage's start. */
  readonly offset: number;
  /** Sizes of the axes, outermost first. */
  readonly shape: readonly number[];
  /** How many elements one step along each axis is. */
  readonly strides: readonly number[];
}

/** An open file, or several that belong together. No tensor is in memory before it is read. */
export interface TensorFile extends Disposable {
  /** Names the file in errors; of several files their index. */
  readonly path: string;
  /** Each tensor's place, by key. */
  readonly views: ReadonlyMap<string, TensorView>;
  /**
   * The beginnings of keys that are names of dictionaries in the file (`model_state_dict.`); absent
   * or empty if the file is one dictionary of tensors.
   */
  readonly groups?: readonly string[];
  /**
   * Passes a storage's bytes to `put` from first to last, chunk after chunk; a chunk is valid only
   * during the call.
   *
   * @throws {Error} if bytes are missing, or do not match their checksum.
   */
  stream(storage: string, put: (chunk: Uint8Array) => void): Promise<void>;
}

/** What the reader of a format finds in an open file. */
export type Tensors = Pick<TensorFile, "views" | "groups" | "stream">;

/** How many values a tensor of this shape has; 1 for the empty shape. */
export const count = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** The strides of row-major order. */
export const rowMajor = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => count(shape.slice(axis + 1)));

type Strided = Pick<TensorView, "shape" | "strides">;

/**
 * Elements from a view's first to its last, both included: more than `count` where there are gaps.
 */
export const span = ({ shape, strides }: Strided): number =>
  count(shape) === 0 ? 0 : shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], 1);

/** Whether the elements lie one after the other in row-major order. */
export function isContiguous({ shape, strides }: Strided): boolean {
  const wanted = rowMajor(shape);
  return count(shape) === 0 ||
    shape.every((size, axis) => size === 1 || strides[axis] === wanted[axis]);
}

/** Bytes of its storage that a view spans: from `begin` up to `end`. */
export function byteRange(view: TensorView): { begin: number; end: number } {
  const size = BYTES[view.format];
  return { begin: view.offset * size, end: (view.offset + span(view)) * size };
}

/**
 * Whether no element of the storage occurs twice: each axis steps over all that the finer axes
 * reach.
 */
function isInjective({ shape, strides }: Strided): boolean {
  const axes = shape.map((size, axis) => ({ size, stride: strides[axis] }))
    .filter(({ size }) => size > 1).sort((a, b) => a.stride - b.stride);
  let reached = 1;
  for (const { size, stride } of axes) {
    if (stride < reached) return false;
    reached += (size - 1) * stride;
  }
  return true;
}

const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/**
 * Checks a view before anything is allocated for it.
 *
 * @throws {Error} if the format cannot be read, a place lies outside the storage, or elements
 *   occur twice. The message names the key and the file.
 */
export function checkView(key: string, view: TensorView): ReadableFormat {
  const { path, format, shape, strides, offset, storageBytes } = view;
  const where = say({ en: `"${key}" of ${path}`, zh: ` ${path} 中的“${key}”` });
  if (!isReadable(format)) {
    throw new TypeError(cannotRead(where, {
      en: `its numbers are ${format}, and only ${READABLE.join(", ")} can be read`,
      zh: `其中的数是 ${format} 格式，只能读取 ${READABLE.join("、")}`,
    }));
  }
  const place = `shape [${shape.join(", ")}], strides [${strides.join(", ")}]`;
  if (strides.length !== shape.length || ![offset, ...shape, ...strides].every(isIndex)) {
    throw new TypeError(
      wrongBytes(where, `${place} and offset ${offset} are no place of a tensor`),
    );
  }
  const { end } = byteRange(view);
  if (!(end <= storageBytes)) {
    const found = `with ${place} it ends at byte ${end}, but its storage has ${storageBytes}`;
    throw new RangeError(wrongBytes(where, found));
  }
  if (count(shape) > 0 && !isInjective(view)) {
    throw new RangeError(wrongBytes(where, `with ${place} it would have some values twice`));
  }
  return format;
}
