/** Samples made by hand: what a test does not say has a value that shows when it is used by mistake. */
import type { Sample } from "../../lib/ppo/mod.ts";

/** An answer of the given tokens; rows that are not given hold one 0 a token. */
export function sampleOf(answer: readonly number[], given: Partial<Sample> = {}): Sample {
  const zeros = answer.map(() => 0);
  return {
    prompt: [2, 3],
    answer,
    samplingMask: [],
    logProbs: zeros,
    refLogProbs: zeros,
    values: zeros,
    rawScore: 0,
    score: 0,
    ended: true,
    rewards: zeros,
    advantages: zeros,
    returns: zeros,
    timestep: 1,
    ...given,
  };
}
