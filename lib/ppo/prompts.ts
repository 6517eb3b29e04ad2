/**
 * The prompts of each timestep, which are distinct and depend only on the seed (except under the
 * defect `prompts_through_set`).
 */
import type { TokenRow } from "../lm/mod.ts";
import type { Random } from "../random/mod.ts";

/** Draws the prompts for one timestep after another. */
export interface PromptSampler {
  /** Draws `batchSize` distinct prompts. */
  next(): TokenRow[];
  /**
   * How many random numbers have been drawn. A sampler that skips this many continues from here.
   */
  drawn(): number;
}

/**
 * Draws prompts with the numbers of `random(skip)`, which is a stream without its first `skip`
 * numbers.
 */
export function createPromptSampler(
  prompts: readonly TokenRow[],
  { batchSize, random, drawn = 0 }: {
    batchSize: number;
    random: (skip: number) => Random;
    drawn?: number | undefined;
  },
): PromptSampler {
  if (batchSize > prompts.length) {
    throw new RangeError(
      `Cannot draw ${batchSize} different prompts: there are only ${prompts.length}`,
    );
  }
  const numbers = random(drawn);
  let count = drawn;
  return {
    next() {
      const chosen = new Set<number>();
      for (; chosen.size < batchSize; count++) chosen.add(Math.floor(numbers() * prompts.length));
      return [...chosen].map((index) => prompts[index]);
    },
    drawn: () => count,
  };
}
