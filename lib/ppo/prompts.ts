/** The prompts of each timestep: different ones, drawn from the seed alone. */
import type { TokenRow } from "../lm/mod.ts";
import type { Random } from "../random/mod.ts";

/** Draws the prompts of one timestep after another. */
export interface PromptSampler {
  /** `batchSize` different prompts. */
  next(): TokenRow[];
  /** Random numbers drawn so far; a sampler that skips them goes on from here. */
  drawn(): number;
}

/** Draws prompts with the numbers of `random(skip)`, a stream after its first `skip` numbers. */
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
