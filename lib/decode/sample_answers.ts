/**
 * Answers to many prompts, for ranked lists and for measuring a model.
 *
 * Prompts of like length share a batch. The uniform number of a token depends on its prompt's place in the list and not on its
 * batch, so that the answers are the same whatever the batch size.
 */
import type { Answer } from "./decoding_state.ts";
import type { Generator } from "./generator.ts";
import type { Gpt2Arrays, TokenRow } from "../lm/mod.ts";
import { uniform } from "../random/mod.ts";
import { batchesWithin } from "../lm/mod.ts";

/** How to sample. */
export interface SampleOptions {
  /** Answers end here at the latest, in tokens. */
  readonly maxNewTokens: number;
  /** Start of all random numbers. */
  readonly seed: number;
  /** Another round gives other answers under the same seed. */
  readonly round?: number;
  /** Prompts that are answered at once, at most (default 64; fewer where they are long). */
  readonly batchSize?: number;
  /** Told after each batch how many prompts it answered. */
  readonly onAnswered?: (count: number) => void;
}

/** One answer for each prompt, in the prompts' order. */
export async function sampleAnswers(
  generator: Generator,
  { parameters, prompts }: { parameters: Gpt2Arrays; prompts: readonly TokenRow[] },
  { maxNewTokens, seed, round = 0, batchSize = 64, onAnswered }: SampleOptions,
): Promise<Answer[]> {
  const order = prompts.map((_, index) => index).toSorted((a, b) =>
    prompts[a].length - prompts[b].length
  );
  const answers = new Map<number, Answer>();
  const lengthOf = (row: number) => prompts[row].length + maxNewTokens;
  for (const rows of batchesWithin(order, { lengthOf, size: batchSize })) {
    const batch = rows.map((row) => prompts[row]);
    const drawn = await generator.generate(parameters, batch, {
      maxNewTokens,
      uniform: (row, position) => uniform(seed, round, rows[row], position),
    });
    drawn.forEach((answer, index) => answers.set(rows[index], answer));
    onAnswered?.(rows.length);
  }
  return prompts.map((_, index) => answers.get(index) ?? missing(index));
}

function missing(index: number): never {
  throw new RangeError(`Cannot sample: prompt ${index} got no answer`);
}
