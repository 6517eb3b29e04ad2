/**
 * The constants of the memory ledger. Those marked as measured come from runs on Linux; `deno task
 * bench memory` checks their sum.
 */

/** Bytes in one MiB and one GiB. */
export const MIB = 2 ** 20, GIB = 2 ** 30;

/** Bytes of a float32. */
export const FLOAT = 4;

/**
 * Arrays from this size on are returned to the system when freed; smaller ones leave gaps
 * (`lib/runtime/host_memory.ts`).
 */
export const RETURNED = 16 * MIB;

/**
 * Factors for the gaps left by arrays that are allocated and freed in turn, and by arrays that
 * stay (measured).
 */
export const GAPS = 2.2, GAPS_OF_KEPT = 1.6;

/** Models with fewer bytes of weights need no memory policy beyond the C library's default. */
export const SMALL_MODEL = 64 * MIB;

/**
 * How many arrays of each shape are alive in one block: while it is computed, and kept for its
 * gradient (measured).
 */
export const WORKING = { states: 20, scores: 2.6 }, KEPT = { states: 20, scores: 1.2 };

/** Deno, the run's own code and ONNX Runtime's library before anything is compiled (measured). */
export const PROCESS = 90 * MIB;

/** The compiled programs of a run, for each block of the model (measured). */
export const PROGRAMS_PER_BLOCK = 20 * MIB;

/**
 * Extra memory of an update that keeps freed memory for its next pass, as a share of all it holds
 * (measured: 2 to 15 %).
 */
export const KEPT_FREED = 0.08;

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
