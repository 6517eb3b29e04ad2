/**
 * Bytes to numbers: every floating format becomes float32, chunk by chunk, so that a tensor is in memory once.
 */
import { BYTES, type ReadableFormat } from "./tensor.ts";

/** float16: 1 sign bit, 5 of exponent (bias 15), 10 of mantissa. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

let float16Values: Float32Array | undefined;

/** All 65,536 float16 values, made when the first is wanted: a look-up is ten times as fast as the arithmetic. */
function float16Table(): Float32Array {
  return float16Values ??= Float32Array.from({ length: 0x10000 }, (_, bits) => float16Value(bits));
}

/** Memory of our own, never shared between threads. */
type Values = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** Decodes `bytes` into `target` from element `at` on; `bytes` starts at a multiple of 8 of its buffer. */
type Decode = (bytes: Uint8Array<ArrayBuffer>, target: Values, at: number) => void;

const halves = ({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Uint16Array =>
  new Uint16Array(buffer, byteOffset, byteLength / 2);

const asIs: Decode = (bytes, { buffer, byteOffset }, at) => {
  new Uint8Array(buffer, byteOffset + 4 * at, bytes.length).set(bytes);
};

const DECODE: Readonly<Record<ReadableFormat, Decode>> = {
  F32: asIs,
  I32: asIs,
  F16(bytes, target, at) {
    const table = float16Table();
    const bits = halves(bytes);
    for (let i = 0; i < bits.length; i++) target[at + i] = table[bits[i] ?? 0] ?? 0;
  },
  BF16(bytes, { buffer, byteOffset }, at) { // bfloat16 is the upper half of a float32
    const bits = halves(bytes);
    const target = new Uint32Array(buffer, byteOffset + 4 * at, bits.length);
    for (let i = 0; i < bits.length; i++) target[i] = (bits[i] ?? 0) << 16;
  },
  F64(bytes, target, at) {
    target.set(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8), at);
  },
};

const STAGE_BYTES = 1 << 18; // a multiple of 8

/** Takes bytes in any portions and fills an array with their values. */
export interface Collector {
  /** The values so far; complete once all bytes were put. */
  readonly data: Values;
  /** The next bytes. */
  put(bytes: Uint8Array): void;
  /** Decodes what is still waiting; call it after the last bytes. */
  finish(): void;
}

/** Makes room for so many floats. */
export type NewFloats = (length: number) => Float32Array<ArrayBuffer>;

/** Collects `length` values. */
export function collectValues(
  format: ReadableFormat,
  length: number,
  newFloats: NewFloats = (size) => new Float32Array(size),
): Collector {
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
    put(bytes) {
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
