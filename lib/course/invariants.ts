/**
 * What must hold before the first update, whatever the settings. Chapter 06 shows these invariants
 * as a table; each of the tutorial's defects that concerns scoring or the update breaks one of
 * them.
 */
import type { TokenRow } from "../lm/mod.ts";
import type { Ppo, Sample } from "../ppo/mod.ts";
import { k1, ratios } from "../rl/mod.ts";
import { say, type Text } from "../text/mod.ts";

/** One invariant, measured. */
export interface Invariant {
  /** What must hold, in words or as a formula. */
  readonly name: string;
  /** The largest difference found. */
  readonly difference: number;
  /** The largest difference that rounding explains. */
  readonly tolerance: number;
  /** difference <= tolerance */
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
  const measured: [name: Text, differences: readonly number[], tolerance?: number][] = [
    [NAMES.ratio, firstRatios.map((ratio) => ratio - 1)],
    [NAMES.kl, together.flatMap((sample) => k1(sample))],
    [NAMES.logProbs, padding(({ refLogProbs }) => refLogProbs)],
    [NAMES.values, padding(({ values }) => values)],
    [NAMES.scores, padding(({ rawScore }) => [rawScore])],
    [NAMES.advantages, padding(({ advantages }) => advantages)],
    [NAMES.loss, [whole.loss - single.loss], 1e-5],
    [NAMES.gradient, relativeDifferences(whole.gradients, single.gradients)],
  ];
  return measured.map(([name, differences, tolerance = 1e-4]) => {
    const difference = largest(differences);
    return { name: say(name), difference, tolerance, holds: difference <= tolerance };
  });
}

const NAMES = {
  ratio: { en: "ratio of the first minibatch is 1", zh: "第一个小批次的比率为 1" },
  kl: { en: "KL to the reference is 0", zh: "与参考模型的 KL 为 0" },
  logProbs: { en: "padding changes no log-probability", zh: "填充不改变对数概率" },
  values: { en: "padding changes no value", zh: "填充不改变价值" },
  scores: { en: "padding changes no score", zh: "填充不改变分数" },
  advantages: { en: "padding changes no advantage", zh: "填充不改变优势" },
  loss: { en: "padded batch or single rows: same loss", zh: "整批带填充与逐行计算：损失相同" },
  gradient: {
    en: "padded batch or single rows: same gradient",
    zh: "整批带填充与逐行计算：梯度相同",
  },
};

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
