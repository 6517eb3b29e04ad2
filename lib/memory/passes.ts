/**
 * The passes that a batch takes: answers of like length go through a program together
 * (`lib/lm/row_groups.ts`), so how many there are and how long they are depends on the prompts.
 *
 * Where the lengths of the prompts are known, some batches are drawn and grouped as the run groups
 * them, with answers of 1 to `query_len` tokens, all lengths equally often. Where they are unknown,
 * all texts are assumed to fill `max_len`.
 */
import { rowGroups } from "../lm/mod.ts";
import { randomStream } from "../random/mod.ts";
import type { Settings } from "../settings/mod.ts";
import type { KnownRun } from "./ledger.ts";
import { blockArrays, logitBytes } from "./model_bytes.ts";
import { WORKING } from "./constants.ts";

/** One pass. */
export interface Pass {
  /** Its rows. */
  readonly rows: number;
  /** Tokens of its longest row. */
  readonly time: number;
}

/** What passes through a model. */
export interface Batch {
  /** The rows of the batch. */
  readonly rows: number;
  /** The most rows of a pass. */
  readonly most: number;
  /** Whether each row has an answer (default: yes). */
  readonly answers?: boolean;
}

/** Batches that are drawn. */
const DRAWN = 8;

/** Tokens of the longest text: a prompt with its answer. */
export function textLength({ promptLengths }: KnownRun, { max_len, query_len }: Settings): number {
  const longest = promptLengths?.reduce((most, length) => Math.max(most, length), 0);
  return Math.min(max_len, (longest ?? max_len) + query_len);
}

/** The passes of some batches. */
function passesOf(run: KnownRun, settings: Settings, { rows, most, answers = true }: Batch) {
  const { policy: shape, promptLengths = [] } = run;
  const answer = answers ? settings.query_len : 0;
  const inOrder = settings.left_pad_without_positions || settings.dropout_in_update;
  if (promptLengths.length === 0 || inOrder) {
    const time = textLength(run, settings) - settings.query_len + answer;
    return [Array.from({ length: Math.ceil(rows / most) }, () => ({ rows: most, time }))];
  }
  const random = randomStream(1);
  const draw = () =>
    promptLengths[Math.floor(random() * promptLengths.length)] + Math.ceil(random() * answer);
  return Array.from({ length: DRAWN }, (): Pass[] => {
    const lengths = Array.from({ length: rows }, draw);
    return rowGroups(lengths, { shape, maxRows: most }).map((group) => ({
      rows: group.length,
      time: Math.max(...group.map((row) => lengths[row])),
    }));
  });
}

/** The pass that needs the most memory. */
export function largestPass(run: KnownRun, settings: Settings, batch: Batch): Pass {
  const bytes = (pass: Pass) =>
    blockArrays(run.policy, pass, WORKING) + logitBytes(run.policy, pass.rows * settings.query_len);
  const passes = passesOf(run, settings, batch).flat();
  return passes.reduce((most, pass) => bytes(pass) > bytes(most) ? pass : most);
}

/** Whether some batch takes more than one pass. */
export const takesSeveral = (run: KnownRun, settings: Settings, batch: Batch): boolean =>
  passesOf(run, settings, batch).some(({ length }) => length > 1);
