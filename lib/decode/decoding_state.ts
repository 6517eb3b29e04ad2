/**
 * The state of one batch that is being decoded: the answers so far, and the inputs of each step.
 */
import { bools, type HostArray, ints } from "../runtime/mod.ts";
import { type Gpt2Arrays, padRows, type TokenRow } from "../lm/mod.ts";
import type { CacheArrays } from "./cache.ts";
import type { Answer, GenerateOptions, Generator, SpecialTokens } from "./generator.ts";

/** What one step drew, one token for each of its rows. */
export interface DrawnTokens {
  readonly tokens: ArrayLike<number>;
  readonly logProbs: ArrayLike<number>;
  /** [batch, vocab], if the distribution was cut off. */
  readonly samplingMask?: Uint8Array | undefined;
}

/** What a call of a generator works on. */
export interface DecodingBatch extends GenerateOptions {
  readonly parameters: Gpt2Arrays;
  readonly prompts: readonly TokenRow[];
  readonly cache: readonly CacheArrays[];
  readonly state: ReturnType<typeof startDecoding>;
}

/** Draws the tokens of a batch, on one kind of device. */
export interface Decoder extends Pick<Generator, "rest" | "release"> {
  /** Appends tokens to the batch's state until every answer has ended or the length has run out. */
  draw(batch: DecodingBatch): Promise<void>;
}

/**
 * The number of cache slots that a batch needs: its longest prompt and the longest answer.
 *
 * @throws RangeError if a prompt leaves no room for its answer, naming the row and both lengths.
 */
export function slotsFor(prompts: readonly TokenRow[], maxNewTokens: number, positions: number) {
  if (prompts.length === 0) throw new RangeError("Cannot generate: there are no prompts");
  prompts.forEach((prompt, row) => {
    if (prompt.length === 0) throw new RangeError(`Cannot generate: prompt ${row} is empty`);
    if (prompt.length + maxNewTokens > positions) {
      throw new RangeError(
        `Cannot generate: prompt ${row} has ${prompt.length} tokens and its answer up to ` +
          `${maxNewTokens}, but the model has ${positions} positions. ` +
          "Shorten the prompt or lower maxNewTokens.",
      );
    }
  });
  return Math.max(...prompts.map(({ length }) => length)) + maxNewTokens;
}

/**
 * Starts decoding a batch of prompts; rows are numbered as the prompts are.
 *
 * @param options.marksSeen whether steps need to know which tokens each text contains, for a
 *   repetition penalty
 */
export function startDecoding(
  prompts: readonly TokenRow[],
  { special: { padId, endId }, vocabSize, marksSeen }: {
    special: SpecialTokens;
    vocabSize: number;
    marksSeen: boolean;
  },
) {
  const answers: (Answer & { ended: boolean })[] = prompts.map(() => ({
    tokens: [],
    logProbs: [],
    ended: false,
    samplingMask: [],
  }));
  return {
    answers,
    /**
     * The inputs of the next step of some rows; `cached` if the caches hold all of each row but
     * its last token.
     */
    inputs(rows: readonly number[], { cached }: { cached: boolean }) {
      const texts = rows.map((row) => [...prompts[row], ...answers[row].tokens]);
      const seen = marksSeen ? seenTokens(texts, vocabSize) : bools([], [0, vocabSize]);
      return { ...(cached ? lastTokens(texts) : wholeTexts(texts, padId)), seen };
    },
    /** Appends the tokens that a step drew for some rows, except to answers that have ended. */
    append(rows: readonly number[], { tokens, logProbs, samplingMask }: DrawnTokens): void {
      rows.forEach((row, index) => {
        const answer = answers[row];
        if (answer.ended) return;
        answer.tokens.push(tokens[index]);
        answer.logProbs.push(logProbs[index]);
        answer.ended = tokens[index] === endId;
        if (samplingMask === undefined) return;
        answer.samplingMask.push(samplingMask.slice(index * vocabSize, (index + 1) * vocabSize));
      });
    },
  };
}

/** The inputs of a step that reads whole texts, padded at their end. */
function wholeTexts(texts: readonly TokenRow[], padId: number) {
  const { inputIds, positionIds, slots } = padRows(texts, { padId });
  const before = texts.map(({ length }) => length - 1);
  return {
    inputIds,
    positionIds,
    slots,
    lastColumns: ints(before, [before.length, 1]),
    ...cacheLengths(before),
  };
}

/** The inputs of a step that reads the last token of each text. */
const lastTokens = (texts: readonly TokenRow[]) => ({
  inputIds: ints(texts.map((text) => text[text.length - 1]), [texts.length, 1]),
  ...tokenPositions(texts.map(({ length }) => length - 1)),
});

/**
 * The inputs of a step that reads one token of each row, without the token; `before` counts the
 * tokens before it.
 */
export function tokenPositions(before: readonly number[]) {
  const column = [before.length, 1];
  const first = ints(new Int32Array(before.length), column);
  return {
    positionIds: ints(before, column),
    slots: first,
    lastColumns: first,
    ...cacheLengths(before),
  };
}

/** How much of the caches each row uses. */
const cacheLengths = (before: readonly number[]) => ({
  lengths: ints(before),
  total: ints([Math.max(...before) + 1], []),
});

/** For each text, 1 at every token of the vocabulary that it contains: [batch, vocab]. */
function seenTokens(texts: readonly TokenRow[], vocabSize: number): HostArray<"bool"> {
  const seen = new Uint8Array(texts.length * vocabSize);
  texts.forEach((text, row) => text.forEach((token) => seen[row * vocabSize + token] = 1));
  return bools(seen, [texts.length, vocabSize]);
}
