/**
 * The bytes that one GPT-2 needs on the CPU: its weights, its logits, and the arrays of a block.
 */
import { type Gpt2Config, innerWidth, weightShapes } from "../lm/mod.ts";
import { FLOAT, SMALL_MODEL, type WORKING } from "./constants.ts";

/**
 * Bytes of a model's float32 weights.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const sizes = { vocabSize: 5, positions: 3, embed: 2, heads: 1, layers: 0 };
 * // tokens, positions, the last layer norm
 * equal(weightBytes({ ...sizes, layerNormEpsilon: 1e-5 }), 4 * (5 * 2 + 3 * 2 + 2 * 2));
 * ```
 */
export function weightBytes(config: Gpt2Config, { valueHead = false } = {}): number {
  const sizes = weightShapes(config, { valueHead }).values()
    .map((shape) => shape.reduce((product, size) => product * size, 1));
  return FLOAT * sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * The number of weights in one block's matrices: 4 embed^2 for attention, 2 embed inner for the
 * network.
 */
export const blockWeights = (config: Gpt2Config): number =>
  4 * config.embed ** 2 + 2 * config.embed * innerWidth(config);

/** Bytes of one block's matrices. */
export const blockBytes = (config: Gpt2Config): number => FLOAT * blockWeights(config);

/** Bytes of a block's arrays, [rows, time, embed] and [rows, heads, time, time]. */
export function blockArrays(
  config: Gpt2Config,
  { rows, time }: { rows: number; time: number },
  counts: typeof WORKING,
): number {
  const { embed, heads } = config;
  const wide = (6 + innerWidth(config) / embed) / 10; // 1 where inner = 4 embed
  const states = FLOAT * rows * time * embed * wide, scores = FLOAT * rows * heads * time ** 2;
  return counts.states * states + counts.scores * scores;
}

/** Whether a model is so large that its updates need a memory policy of their own. */
export const isLarge = (policy: Gpt2Config): boolean => weightBytes(policy) > SMALL_MODEL;

/** Bytes of one array of logits, [rows, vocab]. */
export const logitBytes = ({ vocabSize }: Gpt2Config, rows: number): number =>
  FLOAT * rows * vocabSize;
