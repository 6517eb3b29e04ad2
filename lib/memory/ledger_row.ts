/** A row of a memory ledger: what a run's models and settings hold during one kind of work, in bytes. */
import type { Gpt2Config } from "../lm/mod.ts";
import type { Settings } from "../settings/mod.ts";

/** The sizes of a run's models. */
export interface ModelShapes {
  /** Of actor and reference. */
  readonly policy: Gpt2Config;
  /** Of critic and reward model. */
  readonly reward: Gpt2Config;
}

/** What memory is held for. */
export const LEDGER_COLUMNS = [
  "weights",
  "adam",
  "gradients",
  "activations",
  "logits",
  "caches",
  "runtime",
] as const;

/** Bytes by what they are held for. */
export type LedgerBytes = Readonly<Record<typeof LEDGER_COLUMNS[number], number>>;

/** One kind of work. */
export interface LedgerRow extends LedgerBytes {
  /** Which. */
  readonly phase: "generate" | "score" | "measure" | "update";
  /** All columns together. */
  readonly total: number;
}

/** The settings that a ledger depends on. */
export type LedgerSettings = Pick<
  Settings,
  | "batch_size"
  | "num_return_sequences"
  | "mini_batch_size"
  | "micro_batch_size"
  | "blocks_per_program"
  | "logits_at_once"
  | "score_batch_size"
  | "generate_batch_size"
  | "spare_memory"
  | "frozen_dtype"
  | "max_len"
  | "query_len"
  | "update_timesteps"
  | "top_k"
  | "top_p"
  | "repetition_penalty"
  | "left_pad_without_positions"
>;

/** All columns together. */
export const totalOf = (bytes: LedgerBytes): number =>
  LEDGER_COLUMNS.reduce((sum, column) => sum + bytes[column], 0);

/** The most that is held at any time. */
export const peakBytes = (ledger: readonly LedgerRow[]): number =>
  Math.max(...ledger.map(({ total }) => total));
