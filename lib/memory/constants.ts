/**
 * The constants of the memory ledger. Those marked as measured come from runs on Linux; `deno task
 * bench memory` checks their sum.
 */

/** Bytes in one MiB and one GiB. */
export const MIB = 2 ** 20, GIB = 2 ** 30;

/** Bytes of a float32. */
export const FLOAT = 4;

/** Models with fewer bytes of weights need no memory policy beyond the C library's default. */
export const SMALL_MODEL = 64 * MIB;

/**
 * How many arrays of each shape are alive in one block: while it is computed, and kept for its
 * gradient (measured).
 */
export const WORKING = { states: 20, scores: 2.6 }, KEPT = { states: 20, scores: 1.2 };

/**
 * Resident memory of a process before it plans a run: Deno and the modules of `lib`. A command
 * measures its own instead, because graphics drivers and other modules add to it (measured).
 */
export const PROCESS = 90 * MIB;

/**
 * Pages of ONNX Runtime and Deno that are first read when programs are compiled and run (measured).
 */
export const LIBRARY = 25 * MIB;

/**
 * Growth of the JavaScript heap. Its young generation grows to the limit that the `train` task
 * sets with `--max-semi-space-size` (measured).
 */
export const HEAP_GROWTH = 14 * MIB;

/** Bytes of a prompt's token in the JavaScript heap, with its character. */
export const PROMPT_TOKEN = 8 + 2;

/** The compiled programs of a run: what does not depend on the model, and each block (measured). */
export const PROGRAMS = 14 * MIB, PROGRAMS_PER_BLOCK = 4 * MIB;

/** Gaps between arrays that are allocated and freed in turn (measured). */
export const GAPS = 14 * MIB;

/**
 * Extra memory of an update that keeps freed memory for its next pass, as a share of all it holds
 * (measured).
 */
export const KEPT_FREED = 0.02;

/** Arrays of logits alive at once without and with a gradient. */
export const LOGITS_READ = 4, LOGITS_LEARNED = 6;

/**
 * Adam's arrays on a GPU, which does not write a buffer that it reads: two moments, and the next
 * weights and moments.
 */
export const GPU_ADAM_ARRAYS = 2 + 3;

/** The share of a memory budget that a plan fills, because the ledger is an estimate. */
export const FILLED = 0.95;

/** A saving must lower the peak by at least this many bytes. */
export const WORTHWHILE = MIB;

/**
 * Answer tokens whose logits are computed at once where memory is short; with fewer the matrix
 * products become slow.
 */
export const FEW_LOGITS = 64;

/**
 * The share of a matrix product's speed that a whole program reaches; layer norms, softmax, GELU
 * and Adam take the rest.
 */
export const PROGRAM_SPEED = 0.6;
