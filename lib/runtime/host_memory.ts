/**
 * Memory on Linux with glibc: large pages for large arrays, and how the C library keeps what ONNX Runtime gives back. Elsewhere
 * nothing is changed.
 *
 * Left to itself glibc learns to keep ever larger pieces for later, between which others stay: one pass of GPT-2 base that needs
 * 250 MiB held 850. Arrays of attention's size now come from the system and go back to it at once. Smaller ones are kept: to ask
 * the system for every one made an optimizer step half as long again, and to hand the heap's end back after every pass a quarter.
 *
 * While gradients are computed again and again with the same sizes, and memory allows it, all is kept: the system clears what it hands
 * out, and a gradient of GPT-2 base for one text of 768 tokens took a fifth to a quarter longer where it was asked each time.
 */

import type { DType } from "../tensor/mod.ts";
import type { Storage } from "./array.ts";

/** Options of `mallopt`, from malloc.h. */
const TRIM_THRESHOLD = -1, MMAP_THRESHOLD = -3;
/** Advice of `madvise`, from Linux's mman.h: large pages for memory that is not touched yet. */
const HUGEPAGE = 14;

const MIB = 2 ** 20;
/** A large page; where they are larger still, what is asked for in this unit does no harm. */
const LARGE_PAGE = 2 * MIB;

const symbols = {
  mallopt: { parameters: ["i32", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
} as const;

let library: Deno.DynamicLibrary<typeof symbols> | undefined | "not tried" = "not tried";

function openedLibrary(): Deno.DynamicLibrary<typeof symbols> | undefined {
  if (library !== "not tried") return library;
  try {
    library = Deno.build.os === "linux" ? Deno.dlopen("libc.so.6", symbols) : undefined;
  } catch {
    library = undefined; // another C library, or foreign functions are not allowed
  }
  return library;
}

/** Sets the sizes from which on memory goes back to the system at once: small ones, as is right where kinds of work change. */
export function keepLittleMemory(): void {
  const functions = openedLibrary()?.symbols;
  functions?.mallopt(MMAP_THRESHOLD, 16 * MIB);
  functions?.mallopt(TRIM_THRESHOLD, 64 * MIB);
}

/** Lets the C library keep all that is freed for what comes next; `keepLittleMemory` and `trimMemory` end that. */
export function keepMuchMemory(): void {
  const functions = openedLibrary()?.symbols;
  functions?.mallopt(MMAP_THRESHOLD, 1024 * MIB);
  functions?.mallopt(TRIM_THRESHOLD, 1536 * MIB);
}

/** Gives the system back what the C library keeps for later: between two kinds of work. */
export function trimMemory(): void {
  openedLibrary()?.symbols.malloc_trim(0n);
}

/** Zeros of a type. */
export function newNumbers(dtype: DType, length: number): Storage[DType] {
  if (dtype === "float32") return newFloats(length);
  if (dtype === "float16") return new Float16Array(length);
  return dtype === "int32" ? new Int32Array(length) : new Uint8Array(length);
}

/**
 * Zeros. A large array lies on large pages as far as it fills them, where the system allows it: a step of decoding reads hundreds of
 * megabytes, and looking up where each page of 4 KiB lies took a tenth of its time.
 */
export function newFloats(length: number): Float32Array<ArrayBuffer> {
  const array = new Float32Array(length);
  if (array.byteLength >= 2 * LARGE_PAGE) askForLargePages(array);
  return array;
}

function askForLargePages(array: Float32Array<ArrayBuffer>): void {
  const functions = openedLibrary()?.symbols;
  if (functions === undefined) return;
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(array));
  const first = -start & BigInt(LARGE_PAGE - 1); // bytes before the first large page
  const whole = BigInt(array.byteLength) - first & ~BigInt(LARGE_PAGE - 1);
  functions.madvise(Deno.UnsafePointer.create(start + first), whole, HUGEPAGE); // small pages serve too: no matter what it says
}
