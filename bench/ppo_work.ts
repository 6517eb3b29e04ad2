/** The work of a PPO timestep: prompts of given lengths, and the multiply-adds of an update. */
import { type Gpt2Config, innerWidth } from "../lib/lm/mod.ts";
import { answerLayout } from "../lib/lm/mod.ts";
import { type Settings } from "../lib/settings/mod.ts";
import { uniform } from "../lib/random/mod.ts";

/** Smallest, largest and mean length of a passage in the mode `spread`. */
const SHORTEST = 100, LONGEST = 700, MEAN = 510;

/** How prompts are long: all `longest`, or spread as passages are. */
export type Lengths = "full" | "spread";

/**
 * Lengths of `batch` prompts of at most `longest` tokens.
 *
 * Spread: quantiles (i + 1/2) / batch of the density whose quantile at u is 100 + 600 u^k; its mean is 100 + 600 / (k + 1), so that
 * k = 600 / 410 - 1 gives 510.
 */
export function promptLengths(
  lengths: Lengths,
  { batch, longest }: { batch: number; longest: number },
): number[] {
  const k = (LONGEST - SHORTEST) / (MEAN - SHORTEST) - 1;
  return Array.from({ length: batch }, (_, i) => {
    const quantile = SHORTEST + (LONGEST - SHORTEST) * ((i + 0.5) / batch) ** k;
    return lengths === "full" ? longest : Math.min(longest, Math.round(quantile));
  });
}

/** Random prompts of these lengths, in an order that the seed says; no token is below `first`. */
export function randomPrompts(
  lengths: readonly number[],
  { seed, vocabSize, first = 5 }: { seed: number; vocabSize: number; first?: number },
): number[][] {
  const places = lengths.map((length, row) => ({ length, key: uniform(seed, 2, row, 0) }));
  return places.toSorted((a, b) => a.key - b.key).map(({ length }, row) =>
    Array.from(
      { length },
      (_, column) => first + Math.floor(uniform(seed, 1, row, column) * (vocabSize - first)),
    )
  );
}

/** What an update computes. */
export interface UpdateWork {
  readonly config: Gpt2Config;
  /** Tokens of each prompt. */
  readonly prompts: readonly number[];
  /** Tokens of each answer. */
  readonly new: number;
  readonly epochs: number;
  /** Checked and complete. */
  readonly settings: Settings;
}

/**
 * Floating-point operations in the matrix products of an update of actor and critic, padding and recomputed products included.
 *
 * A product of m x k with k x n is 2 m k n of them; its two gradients are as many each. The last block has queries, network and head
 * at the answers' columns alone; attention counts all pairs of columns, as they are all computed.
 */
export function updateFlops(
  { config, prompts, new: answer, epochs, settings }: UpdateWork,
): number {
  const pairs = prompts.map((length) => ({
    prompt: Array(length).fill(1),
    answer: Array(answer).fill(1),
  }));
  const maxRows = settings.micro_batch_size || settings.batch_size;
  const passes = recomputes(settings, config) ? 4 : 3;
  let actor = 0, critic = 0;
  for (const group of answerLayout({ padId: 0, shape: config, maxRows }).groups(pairs)) {
    const time = Math.max(...group.map((row) => prompts[row] + answer));
    const body = group.length * passes * bodyFlops(config, { time, answer });
    actor += body + group.length * 3 * 2 * answer * config.embed * config.vocabSize;
    critic += body + group.length * 3 * 2 * answer * config.embed;
  }
  return epochs * (actor + critic);
}

/** Whether backward programs compute their blocks again. */
const recomputes = (
  { blocks_per_program, logits_at_once }: Settings,
  { layers }: Gpt2Config,
): boolean => (blocks_per_program > 0 && blocks_per_program < layers) || logits_at_once > 0;

/** Forward through all blocks, one row. */
function bodyFlops(config: Gpt2Config, { time, answer }: { time: number; answer: number }): number {
  const { embed, layers } = config;
  const inner = innerWidth(config);
  const queriesOut = 2 * embed * (2 * embed + 2 * inner); // of a token: query, way back, network
  const keysValues = 2 * embed * 2 * embed;
  const block = (queries: number) => time * keysValues + queries * (queriesOut + 4 * time * embed);
  return (layers - 1) * block(time) + block(answer);
}
