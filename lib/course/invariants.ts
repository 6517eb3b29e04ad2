/**
 * Invariants: what must hold before the first update, whatever the settings. Chapter 06 shows them as a table; a defect of the
 * tutorial, switched on, breaks one of them.
 */
import { k1, ratios } from "../rl/mod.ts";
import type { Ppo, Sample } from "../ppo/mod.ts";
import type { TokenRow } from "../lm/mod.ts";

/** One invariant: what was measured and how far from it the measurement may be. */
export interface Invariant {
  /** What must hold, in words or as a formula. */
  readonly name: string;
  /** Largest deviation that was found. */
  readonly deviation: number;
  /** Largest deviation that rounding explains. */
  readonly tolerance: number;
  /** deviation <= tolerance */
  readonly holds: boolean;
}

const invariant = (name: string, deviations: readonly number[], tolerance: number): Invariant => {
  const deviation = deviations.reduce((worst, one) => Math.max(worst, Math.abs(one)), 0);
  return { name, deviation, tolerance, holds: deviation <= tolerance };
};

/** Differences of two rows of numbers. */
const differences = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, index) => value - b[index]);

/** Samples one timestep with the untrained actor and measures the invariants on it. */
export async function checkInvariants(
  ppo: Ppo,
  prompts: readonly TokenRow[],
): Promise<Invariant[]> {
  const together = await ppo.experience(0, prompts);
  const whole = await ppo.actorGradient(together);
  const single = await ppo.actorGradient(together, { microBatchSize: 1 });
  const alone = await scoredAlone(ppo, together);
  return [
    invariant(
      "ratio of the first minibatch is 1",
      firstRatios(together, whole.logProbs).map((ratio) => ratio - 1),
      1e-4,
    ),
    invariant("KL to the reference is 0", together.flatMap((sample) => k1(sample)), 1e-4),
    invariant(
      "padding changes no log-probability",
      together.flatMap((sample, row) => differences(sample.refLogProbs, alone[row].refLogProbs)),
      1e-4,
    ),
    invariant(
      "padding changes no value",
      together.flatMap((sample, row) => differences(sample.values, alone[row].values)),
      1e-4,
    ),
    invariant(
      "padding changes no score",
      together.map((sample, row) => sample.rawScore - alone[row].rawScore),
      1e-4,
    ),
    invariant(
      "padding changes no advantage",
      together.flatMap((sample, row) => differences(sample.advantages, alone[row].advantages)),
      1e-4,
    ),
    invariant("padded batch or single rows: same loss", [whole.loss - single.loss], 1e-5),
    invariant(
      "padded batch or single rows: same gradient",
      relativeDifferences(whole.gradients, single.gradients),
      1e-4,
    ),
  ];
}

const firstRatios = (samples: readonly Sample[], logProbs: readonly number[][]): number[] =>
  samples.flatMap((sample, row) =>
    ratios({ logProbs: logProbs[row], oldLogProbs: sample.logProbs })
  );

/** Each answer scored in a batch of its own. */
async function scoredAlone(ppo: Ppo, samples: readonly Sample[]): Promise<Sample[]> {
  const alone: Sample[] = [];
  for (const sample of samples) alone.push(...await ppo.rescore([sample]));
  return alone;
}

/** Differences of two gradients, each relative to its tensor's largest element. */
function relativeDifferences(
  a: ReadonlyMap<string, { data: Float32Array }>,
  b: ReadonlyMap<string, { data: Float32Array }>,
): number[] {
  return [...a].map(([name, { data }]) => {
    const other = b.get(name)?.data ?? data;
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
    return data.reduce(
      (worst, value, index) => Math.max(worst, Math.abs(value - other[index])),
      0,
    ) / largest;
  });
}
