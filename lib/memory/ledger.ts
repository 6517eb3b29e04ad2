/**
 * A memory ledger: the bytes that a run holds during each kind of work, by what they are held for.
 */
import type { Gpt2Config } from "../lm/mod.ts";

/** The sizes of a run's models. */
export interface ModelShapes {
  /** Sizes of the actor and the reference model. */
  readonly policy: Gpt2Config;
  /** Sizes of the critic and the reward model. */
  readonly reward: Gpt2Config;
}

/** What is known about a run before it begins. */
export interface KnownRun extends ModelShapes {
  /** Tokens of each prompt (default: prompts fill `max_len`). */
  readonly promptLengths?: readonly number[] | undefined;
  /** Bytes of the process before anything is loaded (default: those of Deno with this library). */
  readonly processBytes?: number | undefined;
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

/** The memory of one kind of work, in bytes. */
export interface LedgerRow extends LedgerBytes {
  /** The kind of work. */
  readonly phase: "generate" | "score" | "measure" | "update";
  /** The sum of all columns. */
  readonly total: number;
}

/**
 * The sum of all columns, in bytes.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const models = { weights: 8, adam: 16, gradients: 4 };
 * equal(totalOf({ ...models, activations: 2, logits: 1, caches: 0, runtime: 5 }), 36);
 * ```
 */
export const totalOf = (bytes: LedgerBytes): number =>
  LEDGER_COLUMNS.reduce((sum, column) => sum + bytes[column], 0);

/**
 * The peak of a run: the largest total of its ledger, in bytes.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(peakBytes([{ total: 3 }, { total: 7 }]), 7);
 * ```
 */
export const peakBytes = (ledger: readonly Pick<LedgerRow, "total">[]): number =>
  Math.max(...ledger.map(({ total }) => total));
