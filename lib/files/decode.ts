/**
 * Bytes to numbers: every floating format becomes float32, chunk by chunk, so that a tensor is in
 * memory once.
 */
import { BYTES, type ReadableFormat } from "./tensor.ts";

/** Memory of our own, never shared between threads. */
type Values = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/**
 * Decodes `bytes` into `target` from element `at` on; `bytes` starts at a multiple of 8 of its
 * buffer.
 */
type Decode = (bytes: Uint8Array<ArrayBuffer>, target: Values, at: number) => void;

const copy: Decode = (bytes, { buffer, byteOffset }, at) =>
  new Uint8Array(buffer, byteOffset + 4 * at, bytes.length).set(bytes);

const DECODE: Readonly<Record<ReadableFormat, Decode>> = {
  F32: copy,
  I32: copy,
  F16({ buffer, byteOffset, length }, target, at) {
    const values = new Float16Array(buffer, byteOffset, length / 2);
    // three times as fast as `set`
    for (let i = 0; i < values.length; i++) target[at + i] = values[i];
  },
  BF16(bytes, { buffer, byteOffset }, at) { // bfloat16 is the upper half of a float32
    const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    const target = new Uint32Array(buffer, byteOffset + 4 * at, bits.length);
    for (let i = 0; i < bits.length; i++) target[i] = bits[i] << 16;
  },
  F64: ({ buffer, byteOffset, length }, target, at) =>
    target.set(new Float64Array(buffer, byteOffset, length / 8), at),
};

const STAGE_BYTES = 1 << 18; // a multiple of 8

/** Allocates memory for so many floats. */
export type NewFloats = (length: number) => Float32Array<ArrayBuffer>;

/**
 * Takes bytes in chunks of any size (`put`) and decodes them into an array of `length` values
 * (complete after `finish`).
 */
export function collectValues(
  format: ReadableFormat,
  length: number,
  newFloats: NewFloats = (size) => new Float32Array(size),
) {
  const data = format === "I32" ? new Int32Array(length) : newFloats(length);
  const stage = new Uint8Array(Math.min(STAGE_BYTES, length * BYTES[format]));
  let staged = 0, done = 0;
  const flush = () => {
    DECODE[format](stage.subarray(0, staged), data, done);
    done += staged / BYTES[format];
    staged = 0;
  };
  return {
    data,
    put(bytes: Uint8Array): void {
      for (let used = 0; used < bytes.length;) {
        const portion = bytes.subarray(used, used + stage.length - staged);
        stage.set(portion, staged);
        staged += portion.length;
        used += portion.length;
        if (staged === stage.length) flush();
      }
    },
    finish: flush,
  };
}
