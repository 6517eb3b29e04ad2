/**
 * The number of rows in one pass on a GPU whose largest buffer is smaller than the largest array.
 */
import type { Device } from "../runtime/mod.ts";
import type { Gpt2Config } from "./config.ts";

const FLOAT_BYTES = 4;

/** The sizes of a pass. */
export interface PassShape {
  /** The number of rows that are wanted. */
  readonly rows: number;
  /** The tokens of a row. */
  readonly time: number;
  /** The tokens of a row at which there are logits. */
  readonly logits: number;
}

/**
 * The largest number of rows, from 1 to `rows`, whose logits, [rows, logits, vocab], and scores of
 * a block's attention, [rows, heads, time, time], fit into one buffer of the device each.
 *
 * @param most the bytes that an array may take even if the device allows more (default: any
 *   number)
 * @example
 * ```ts
 * import { rowsThatFit } from "ppo/lm/mod.ts";
 * import { equal } from "node:assert/strict";
 * const phone = { name: "a phone", isSoftware: false, readsFloat16: true, memoryBytes: undefined };
 * const adapter = { ...phone, maxBufferBytes: 2 ** 28, maxBindingBytes: 2 ** 27 };
 * const config = { vocabSize: 21128, heads: 12 };
 * const shape = { rows: 16, time: 768, logits: 64 };
 * equal(rowsThatFit({ adapter }, config, shape), 9); // scores: 28.3 MB a row
 * equal(rowsThatFit({ adapter }, config, { ...shape, logits: 768 }), 4); // logits: 64.9 MB a row
 * equal(rowsThatFit({ adapter: undefined }, config, shape), 16);
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
