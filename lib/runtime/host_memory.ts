/**
 * How the C library keeps memory that ONNX Runtime gives back, on Linux with glibc; elsewhere nothing is changed.
 *
 * Left to itself glibc learns to keep ever larger pieces for later, between which others stay: one pass of GPT-2 base that needs
 * 250 MiB held 850. Arrays of attention's size now come from the system and go back to it at once. Smaller ones are kept: to ask
 * the system for every one made an optimizer step half as long again, and to hand the heap's end back after every pass a quarter.
 */

/** Options of `mallopt`, from malloc.h. */
const TRIM_THRESHOLD = -1, MMAP_THRESHOLD = -3;

const MIB = 2 ** 20;

const symbols = {
  mallopt: { parameters: ["i32", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
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

/** Sets the sizes from which on memory goes back to the system at once. */
export function keepLittleMemory(): void {
  const functions = openedLibrary()?.symbols;
  functions?.mallopt(MMAP_THRESHOLD, 16 * MIB);
  functions?.mallopt(TRIM_THRESHOLD, 64 * MIB);
}

/** Gives the system back what the C library keeps for later: between two kinds of work. */
export function trimMemory(): void {
  openedLibrary()?.symbols.malloc_trim(0n);
}
