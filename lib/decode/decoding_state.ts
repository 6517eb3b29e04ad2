/** The bookkeeping of one batch that is being decoded: what goes into the next step, what came out of the last one. */
import { bools, type Feeds, ints } from "../runtime/mod.ts";
import type { TokenRow } from "../lm/mod.ts";

/** One sampled answer. */
export interface Answer {
  /** The new tokens; the last one is the end token when `ended`. */
  readonly tokens: number[];
  /** log pi(token) under the sampling distribution, one a token. */
  readonly logProbs: number[];
  /** Whether the end token was drawn before the length ran out. */
  readonly ended: boolean;
  /** The sampling mask of each token, [vocab], 1 where a token could be drawn; empty without a cut-off. */
  readonly samplingMask: Uint8Array[];
}

/** What one step drew for every row. */
export interface Drawn {
  readonly tokens: Int32Array;
  readonly logProbs: Float32Array;
  /** [batch, vocab], when a cut-off is on. */
  readonly samplingMask: Uint8Array | undefined;
}

/**
 * Every prompt must leave room for the answer.
 *
 * @throws RangeError naming the row and both lengths.
 */
export function checkLengths(
  prompts: readonly TokenRow[],
  maxNewTokens: number,
  positions: number,
): void {
  if (prompts.length === 0) throw new RangeError("Cannot generate: there are no prompts");
  prompts.forEach((prompt, row) => {
    if (prompt.length === 0) throw new RangeError(`Cannot generate: prompt ${row} is empty`);
    if (prompt.length + maxNewTokens > positions) {
      throw new RangeError(
        `Cannot generate: prompt ${row} has ${prompt.length} tokens and ${maxNewTokens} more are asked for, but the model has ${positions} positions`,
      );
    }
  });
}

/** Starts decoding a batch of prompts. */
export function startDecoding(
  prompts: readonly TokenRow[],
  { padId, endId, vocabSize }: { padId: number; endId: number; vocabSize: number },
) {
  const answers: {
    tokens: number[];
    logProbs: number[];
    ended: boolean;
    samplingMask: Uint8Array[];
  }[] = prompts.map(
    () => ({
      tokens: [],
      logProbs: [],
      ended: false,
      samplingMask: [],
    }),
  );
  let steps = 0;
  let live = prompts.map((_, row) => row);
  /** The token that a row goes on from. */
  const last = (row: number): number => {
    const { tokens, ended } = answers[row];
    return ended ? padId : tokens.at(-1) ?? prompts[row][prompts[row].length - 1];
  };
  return {
    answers,
    /** Whether any row still waits for its end token. */
    running: (): boolean => answers.some((answer) => !answer.ended),
    /** Which prompt each row of the batch belongs to. */
    rows: (): readonly number[] => live,
    /** The next step's inputs: the whole prompts first (where the caches hold them, their last tokens), then one token a row. */
    inputs({ seen, held = false }: { seen: boolean; held?: boolean }) {
      const first = steps === 0 && !held;
      const time = first ? Math.max(...prompts.map((prompt) => prompt.length)) : 1;
      const dims = [live.length, time];
      const columns = live.flatMap(() => Array.from({ length: time }, (_, column) => column));
      const lengths = live.map((row) => prompts[row].length + steps - 1);
      const padded = (prompt: TokenRow) => [...prompt, ...Array(time - prompt.length).fill(padId)];
      return {
        inputIds: ints(first ? prompts.flatMap(padded) : live.map(last), dims),
        positionIds: ints(first ? columns : lengths, dims),
        slots: ints(columns, dims),
        lastColumns: ints(first ? lengths : lengths.map(() => 0), [live.length, 1]),
        lengths: ints(lengths),
        total: ints([Math.max(...lengths) + 1], []),
        seen: seen ? seenTokens(live, { prompts, answers, vocabSize }) : bools([], [0, vocabSize]),
      };
    },
    /** Adds what a step drew to the rows that have not ended. */
    accept({ tokens, logProbs, samplingMask }: Drawn): void {
      live.forEach((row, index) => {
        const answer = answers[row];
        if (answer.ended) return;
        answer.tokens.push(tokens[index]);
        answer.logProbs.push(logProbs[index]);
        if (samplingMask !== undefined) {
          answer.samplingMask.push(samplingMask.slice(index * vocabSize, (index + 1) * vocabSize));
        }
        answer.ended = tokens[index] === endId;
      });
      steps++;
    },
    /** Takes rows that have ended out of the batch: rows from its end move into their places. */
    dropEnded(): KeptRows {
      const { remaining, rows } = closedUp(live, (row) => !answers[row].ended);
      live = rows;
      return remaining;
    },
  };
}

/** Which rows of a batch stay: the first `count`, after `moves`. */
export interface KeptRows {
  /** How many there are left. */
  readonly count: number;
  /** Rows that take the place of others. */
  readonly moves: readonly { from: number; to: number }[];
}

/** The rows that stay, with those from the end in the places of those that leave. */
function closedUp(rows: readonly number[], stays: (row: number) => boolean) {
  const count = rows.filter(stays).length;
  const gaps = rows.flatMap((row, index) => index < count && !stays(row) ? [index] : []);
  const movers = rows.flatMap((row, index) => index >= count && stays(row) ? [index] : []);
  const moves = gaps.map((to, index) => ({ from: movers[index], to }));
  const next = rows.slice(0, count);
  for (const { from, to } of moves) next[to] = rows[from];
  return { remaining: { count, moves }, rows: next };
}

/** For each row of the batch, 1 at every token of its prompt and answer so far. */
function seenTokens(
  rows: readonly number[],
  { prompts, answers, vocabSize }: {
    prompts: readonly TokenRow[];
    answers: readonly { tokens: number[] }[];
    vocabSize: number;
  },
): Feeds<{ shape: { batch: -1 }; dtype: "bool" }> {
  const data = new Uint8Array(rows.length * vocabSize);
  rows.forEach((row, index) => {
    for (const token of [...prompts[row], ...answers[row].tokens]) {
      data[index * vocabSize + token] = 1;
    }
  });
  return bools(data, [rows.length, vocabSize]);
}
