/**
 * Bytes of what one GPT-2 needs on the CPU: its weights, the arrays of a block while it is computed or kept for a gradient, logits.
 * How many arrays are alive at once was measured, as `memory_ledger.ts` says.
 */
import { type Gpt2Config, innerWidth, weightShapes } from "../lm/mod.ts";

/** Bytes of a float32. */
export const FLOAT = 4;

/** Arrays from this size on go back to the system at once; smaller ones leave gaps behind (`lib/runtime/host_memory.ts`). */
const RETURNED = 16 * 2 ** 20;

/** What gaps make of arrays that are made and freed in turn, and of those that stay (measured). */
export const GAPS = 2.2, GAPS_OF_KEPT = 1.6;

/** Models with fewer bytes of weights need no more than the C library keeps in any case. */
const SMALL_MODEL = 64 * 2 ** 20;

/** Arrays alive at once: of one block that is computed, and kept of it for its gradient (measured). */
export const WORKING = { states: 20, scores: 2.6 }, KEPT = { states: 20, scores: 1.2 };

/** Bytes of a model's weights. */
export function weightBytes(config: Gpt2Config, { valueHead = false } = {}): number {
  const shapes = weightShapes(config, { valueHead }).values();
  return FLOAT *
    shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** Bytes of one block's weights. */
export function blockBytes(config: Gpt2Config): number {
  const { embed } = config;
  return FLOAT * (4 * embed ** 2 + 2 * embed * innerWidth(config));
}

/** Arrays of a block's two forms, in bytes, with the gaps that small ones leave. */
export function blockArrays(
  config: Gpt2Config,
  { rows, time }: { rows: number; time: number },
  { counts, gaps }: { counts: typeof WORKING; gaps: number },
): number {
  const { embed, heads } = config;
  const wide = (6 + innerWidth(config) / embed) / 10; // 1 where the network is 4 embed wide
  const states = FLOAT * rows * time * embed * wide, scores = FLOAT * rows * heads * time ** 2;
  const held = (count: number, bytes: number) => count * bytes * (bytes < RETURNED ? gaps : 1);
  return counts.states * states * (scores < RETURNED ? gaps : 1) + held(counts.scores, scores);
}

/** Whether the C library has to be told what to keep for a model of this size. */
export const isLarge = (policy: Gpt2Config): boolean => weightBytes(policy) > SMALL_MODEL;

/** Bytes of one array of logits. */
export const logitBytes = ({ vocabSize }: Gpt2Config, rows: number): number =>
  FLOAT * rows * vocabSize;
