/**
 * Memory on Linux with glibc: large pages for large arrays, and how much of the memory that ONNX
 * Runtime frees the C library keeps. On other systems nothing is changed.
 *
 * By default glibc learns to keep ever larger blocks for later, with others in use between them:
 * one pass of GPT-2 base that needs 250 MiB held 850. With these settings, arrays of attention's
 * size come from the system and go back to it at once. Smaller ones are kept: requesting each of
 * them from the system made an optimizer step half as long again, and returning the end of the
 * heap after every pass made it a quarter longer.
 *
 * While gradients are computed again and again with the same sizes, and memory allows it,
 * everything is kept: the system clears the memory that it hands out, and without this a gradient
 * of GPT-2 base for one text of 768 tokens took 20 to 25 % longer.
 */

import type { DType } from "../tensor/mod.ts";
import { elements, type HostArray } from "./array.ts";
import { openedOnce } from "./once.ts";

/** Options of `mallopt`, from malloc.h. */
const TRIM_THRESHOLD = -1, MMAP_THRESHOLD = -3;
/** Advice of `madvise`, from Linux's mman.h: large pages for memory that has not been touched. */
const HUGEPAGE = 14;

const MIB = 2 ** 20;
/**
 * Bytes of a large page. Where large pages are larger still, the advice in this unit does no harm.
 */
const LARGE_PAGE = 2 * MIB;

/** The C library; undefined with another one, or where foreign functions are not allowed. */
const cLibrary = openedOnce(() =>
  Deno.build.os === "linux"
    ? Deno.dlopen("libc.so.6", {
      mallopt: { parameters: ["i32", "i32"], result: "i32" },
      malloc_trim: { parameters: ["usize"], result: "i32" },
      madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
    }).symbols
    : undefined
);

/**
 * Sets the sizes in MiB of blocks, and of the heap's free end, from which on memory goes back to
 * the system at once.
 */
function setThresholds(blocks: number, end: number): void {
  cLibrary()?.mallopt(MMAP_THRESHOLD, blocks * MIB);
  cLibrary()?.mallopt(TRIM_THRESHOLD, end * MIB);
}

/**
 * Makes the C library return all but small blocks to the system at once, which is right where
 * kinds of work change.
 *
 * @example
 * ```ts
 * import { keepLittleMemory, keepMuchMemory, trimMemory } from "ppo/runtime/mod.ts";
 *
 * keepMuchMemory(); // before many steps with the same sizes
 * keepLittleMemory(); // after them
 * trimMemory();
 * ```
 */
export const keepLittleMemory = (): void => setThresholds(16, 64);

/**
 * Makes the C library keep all freed memory for later, until `keepLittleMemory` and `trimMemory`
 * are called.
 */
export const keepMuchMemory = (): void => setThresholds(1024, 1536);

/** Returns to the system what the C library keeps for later: between two kinds of work. */
export function trimMemory(): void {
  cLibrary()?.malloc_trim(0n);
}

/** Zeros in the host's memory. */
export function zeroArray(dims: readonly number[], dtype: DType): HostArray {
  const length = elements(dims);
  if (dtype === "float32") return { dims, data: newFloats(length) };
  if (dtype === "float16") return { dims, data: new Float16Array(length) };
  return { dims, data: dtype === "int32" ? new Int32Array(length) : new Uint8Array(length) };
}

/**
 * Allocates float32 zeros. A large array lies on large pages as far as it fills them, where the
 * system allows it: a step of decoding reads hundreds of megabytes, and looking up the place of
 * each page of 4 KiB took a tenth of its time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { newFloats } from "ppo/runtime/mod.ts";
 *
 * assert.deepEqual(newFloats(3), Float32Array.of(0, 0, 0));
 * ```
 */
export function newFloats(length: number): Float32Array<ArrayBuffer> {
  const array = new Float32Array(length);
  const functions = array.byteLength >= 2 * LARGE_PAGE ? cLibrary() : undefined;
  if (functions === undefined) return array;
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(array));
  const first = -start & BigInt(LARGE_PAGE - 1); // bytes before the first large page
  const whole = BigInt(array.byteLength) - first & ~BigInt(LARGE_PAGE - 1);
  // the result does not matter, because small pages work too
  functions.madvise(Deno.UnsafePointer.create(start + first), whole, HUGEPAGE);
  return array;
}
