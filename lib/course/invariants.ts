/**
 * What must hold before the first update, whatever the settings. Chapter 06 shows these invariants
 * as a table; each of the tutorial's defects that concerns scoring or the update breaks one of
 * them.
 */
import type { TokenRow } from "../lm/mod.ts";
import type { Ppo, Sample } from "../ppo/mod.ts";
import { k1, ratios } from "../rl/mod.ts";

/** One invariant, measured. */
export interface Invariant {
  /** What must hold, in words or as a formula. */
  readonly name: string;
  /** The largest deviation found. */
  readonly deviation: number;
  /** The largest deviation that rounding explains. */
  readonly tolerance: number;
  /** deviation <= tolerance */
  readonly holds: boolean;
}

const largest = (numbers: Iterable<number>): number =>
  Iterator.from(numbers).reduce((most, one) => Math.max(most, Math.abs(one)), 0);

/**
 * Samples answers of one timestep with the untrained actor and measures the invariants on them.
 */
export async function checkInvariants(
  ppo: Ppo,
  prompts: readonly TokenRow[],
): Promise<Invariant[]> {
  const together = await ppo.experience(0, prompts);
  const whole = await ppo.actorGradient(together);
  const single = await ppo.actorGradient(together, { microBatchSize: 1 });
  const alone: Sample[] = [];
  for (const sample of together) alone.push(...await ppo.rescore([sample]));
  const firstRatios = together.flatMap(({ logProbs }, row) =>
    ratios({ logProbs: whole.logProbs[row], oldLogProbs: logProbs })
  );
  const padding = (of: (sample: Sample) => readonly number[]) =>
    together.flatMap((sample, row) => differences(of(sample), of(alone[row])));
  const measured: [name: string, deviations: readonly number[], tolerance?: number][] = [
    ["ratio of the first minibatch is 1", firstRatios.map((ratio) => ratio - 1)],
    ["KL to the reference is 0", together.flatMap((sample) => k1(sample))],
    ["padding changes no log-probability", padding(({ refLogProbs }) => refLogProbs)],
    ["padding changes no value", padding(({ values }) => values)],
    ["padding changes no score", padding(({ rawScore }) => [rawScore])],
    ["padding changes no advantage", padding(({ advantages }) => advantages)],
    ["padded batch or single rows: same loss", [whole.loss - single.loss], 1e-5],
    [
      "padded batch or single rows: same gradient",
      relativeDifferences(whole.gradients, single.gradients),
    ],
  ];
  return measured.map(([name, deviations, tolerance = 1e-4]) => {
    const deviation = largest(deviations);
    return { name, deviation, tolerance, holds: deviation <= tolerance };
  });
}

const differences = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from(a, (value, index) => value - b[index]);

/**
 * The largest difference of two gradients in each tensor, relative to the tensor's largest
 * element.
 */
const relativeDifferences = (
  a: ReadonlyMap<string, { data: Float32Array }>,
  b: typeof a,
): number[] =>
  [...a].map(([name, { data }]) =>
    largest(differences(data, b.get(name)?.data ?? data)) / Math.max(1e-12, largest(data))
  );
