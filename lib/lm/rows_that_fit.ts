/** How many rows one pass may hold where a GPU's buffers are smaller than the largest array of all. */
import type { Device } from "../runtime/mod.ts";
import type { Gpt2Config } from "./config.ts";

/** Bytes of a float32. */
const FLOAT_BYTES = 4;

/** The sizes of a pass. */
export interface PassShape {
  /** Rows that are wanted. */
  readonly rows: number;
  /** Tokens of a row. */
  readonly time: number;
  /** Tokens of a row at which there are logits. */
  readonly logits: number;
}

/**
 * At most `rows`, and so many that their logits, [rows, logits, vocab], and the scores of a block's attention, [rows, heads, time, time],
 * fit into one buffer of the device each; at least 1.
 *
 * @param most bytes that an array may take even where the device allows more; default: any number
 * @example
 * ```ts
 * import { rowsThatFit } from "ppo/lm/mod.ts";
 * import assert from "node:assert/strict";
 * const adapter = { name: "a phone", isSoftware: false, maxBufferBytes: 2 ** 28, maxBindingBytes: 2 ** 27, readsFloat16: true, memoryBytes: undefined };
 * const config = { vocabSize: 21128, heads: 12 };
 * assert.equal(rowsThatFit({ adapter }, config, { rows: 8, time: 768, logits: 768 }), 4); // logits: 64.9 MB a row
 * assert.equal(rowsThatFit({ adapter }, config, { rows: 16, time: 768, logits: 64 }), 9); // scores: 28.3 MB a row
 * assert.equal(rowsThatFit({ adapter: undefined }, config, { rows: 16, time: 768, logits: 768 }), 16);
 * ```
 */
export function rowsThatFit(
  { adapter }: Pick<Device, "adapter">,
  { vocabSize, heads }: Pick<Gpt2Config, "vocabSize" | "heads">,
  { rows, time, logits }: PassShape,
  most = Infinity,
): number {
  const bytes = FLOAT_BYTES * Math.max(logits * vocabSize, heads * time ** 2);
  const fitting = Math.floor(Math.min(most, adapter?.maxBufferBytes ?? Infinity) / bytes);
  return Math.max(1, Math.min(rows, fitting));
}
