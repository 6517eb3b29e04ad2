/** How many rows one pass may hold where a GPU's buffers are smaller than the logits of all. */
import type { Device } from "../runtime/mod.ts";

/** Bytes of a float32. */
const FLOAT_BYTES = 4;

/**
 * At most `rows`, and so many that their logits, [rows, columns, vocab], fit into one buffer of the device; at least 1.
 *
 * @example
 * ```ts
 * import { rowsThatFit } from "ppo/lm/mod.ts";
 * import assert from "node:assert/strict";
 * const adapter = { name: "a phone", isSoftware: false, maxBufferBytes: 2 ** 28, maxBindingBytes: 2 ** 27, readsFloat16: true, memoryBytes: undefined };
 * const logits = { columns: 768, vocabSize: 21128 }; // 64.9 MB a row
 * assert.equal(rowsThatFit({ adapter }, { rows: 8, ...logits }), 4); // 268.4 MB a buffer
 * assert.equal(rowsThatFit({ adapter: undefined }, { rows: 8, ...logits }), 8);
 * ```
 */
export function rowsThatFit(
  { adapter }: Pick<Device, "adapter">,
  { rows, columns, vocabSize }: { rows: number; columns: number; vocabSize: number },
): number {
  const most = Math.floor((adapter?.maxBufferBytes ?? Infinity) / (FLOAT_BYTES * columns * vocabSize));
  return Math.max(1, Math.min(rows, most));
}
