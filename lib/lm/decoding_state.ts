/** The bookkeeping of one batch that is being decoded: what goes into the next step, what came out of the last one. */
import { bools, type Feeds, ints } from "../runtime/mod.ts";
import type { TokenRow } from "./rows.ts";

/** One sampled answer. */
export interface Answer {
  /** The new tokens; the last one is the end token when `ended`. */
  readonly tokens: number[];
  /** log pi(token) under the sampling distribution, one a token. */
  readonly logProbs: number[];
  /** Whether the end token was drawn before the length ran out. */
  readonly ended: boolean;
  /** For each token the set it was drawn from (1: kept), when a cut-off is on. */
  readonly kept: Uint8Array[];
}

/** What one step drew for every row. */
export interface Drawn {
  readonly tokens: Int32Array;
  readonly logProbs: Float32Array;
  /** [batch, vocab], when a cut-off is on. */
  readonly kept: Uint8Array | undefined;
}

/**
 * Every prompt must leave room for the answer.
 *
 * @throws RangeError naming the row and both lengths.
 */
export function checkLengths(prompts: readonly TokenRow[], maxNewTokens: number, positions: number): void {
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
  const answers: { tokens: number[]; logProbs: number[]; ended: boolean; kept: Uint8Array[] }[] = prompts.map(
    () => ({
      tokens: [],
      logProbs: [],
      ended: false,
      kept: [],
    }),
  );
  let steps = 0;
  let last = prompts.map((prompt) => prompt[prompt.length - 1]);
  return {
    answers,
    /** Whether any row still waits for its end token. */
    running: (): boolean => answers.some((answer) => !answer.ended),
    /** The next step's inputs: the whole prompts first, then one token a row. */
    inputs({ seen }: { seen: boolean }) {
      const first = steps === 0;
      const time = first ? Math.max(...prompts.map((prompt) => prompt.length)) : 1;
      const dims = [prompts.length, time];
      const columns = prompts.flatMap(() => Array.from({ length: time }, (_, column) => column));
      const lengths = prompts.map((prompt) => prompt.length + steps - 1);
      return {
        inputIds: ints(
          first ? prompts.flatMap((prompt) => [...prompt, ...Array(time - prompt.length).fill(padId)]) : last,
          dims,
        ),
        positionIds: ints(first ? columns : lengths, dims),
        slots: ints(columns, dims),
        lastColumns: ints(first ? lengths : lengths.map(() => 0), [prompts.length, 1]),
        lengths: ints(lengths),
        total: ints([Math.max(...lengths) + 1], []),
        seen: seen ? seenTokens(prompts, answers, vocabSize) : bools([], [0, vocabSize]),
      };
    },
    /** Adds what a step drew to the rows that have not ended. */
    accept({ tokens, logProbs, kept }: Drawn): void {
      answers.forEach((answer, row) => {
        if (answer.ended) return;
        answer.tokens.push(tokens[row]);
        answer.logProbs.push(logProbs[row]);
        if (kept !== undefined) answer.kept.push(kept.slice(row * vocabSize, (row + 1) * vocabSize));
        answer.ended = tokens[row] === endId;
      });
      last = answers.map((answer) => answer.ended ? padId : answer.tokens[answer.tokens.length - 1]);
      steps++;
    },
  };
}

/** For each row, 1 at every token of its prompt and answer so far. */
function seenTokens(
  prompts: readonly TokenRow[],
  answers: readonly { tokens: number[] }[],
  vocabSize: number,
): Feeds<{ shape: { batch: -1 }; dtype: "bool" }> {
  const data = new Uint8Array(prompts.length * vocabSize);
  prompts.forEach((prompt, row) => {
    for (const token of [...prompt, ...answers[row].tokens]) data[row * vocabSize + token] = 1;
  });
  return bools(data, [prompts.length, vocabSize]);
}
