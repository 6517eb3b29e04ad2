/**
 * A critic alone, for chapter 02: PPO's critic update without the actor's, and how much of the
 * variance of the returns it explains while it learns a fixed pool of answers.
 *
 *     before each update    V_old = V
 *     then                  ppo_epoch passes over the pool with the clipped value loss
 *
 *     explained variance = 1 - Var(R - V) / Var(R), over all tokens
 *     stopped            = share of tokens whose gradient the clip of the value loss removed
 *
 * In PPO the pool is new at each update and the actor moves too. Here only the critic changes.
 */
import type { PromptAndAnswer } from "../lm/mod.ts";
import type { Sample } from "../ppo/mod.ts";
import { explainedVariance, meanOf, type Row, valueLoss } from "../rl/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { constant, evaluate } from "../tensor/mod.ts";
import { say } from "../text/mod.ts";
import type { RunInputs } from "./embedded.ts";
import { progressLine } from "./progress_line.ts";
import { openRun } from "./run.ts";

/** A critic that learns. */
export interface Critic {
  /** "value_clip_eps 0.2, learning_rate 0.00005": what distinguishes it from others. */
  readonly name: string;
  /** How far a value may move in one update. */
  readonly clipRange: number;
  /** V before each token of each answer. */
  values(answers: readonly PromptAndAnswer[]): Promise<number[][]>;
  /** `ppo_epoch` passes over the pool, from its values as they are now. */
  learn(pool: readonly Sample[], options?: { signal?: AbortSignal | undefined }): Promise<void>;
}

/**
 * Opens the critic of a PPO run: the reward model's body with a head of zeros, or
 * (`fresh_value_head: false`) all of it.
 */
export async function openCritic(inputs: RunInputs, settings: Settings): Promise<Critic> {
  const { ppo: { config, models: { critic } } } = await openRun(inputs, settings);
  const { valueClipRange: clipRange, learningRate } = config;
  let epoch = 0;
  return {
    name: `value_clip_eps ${clipRange}, learning_rate ${learningRate}`,
    clipRange,
    values: critic.values,
    async learn(pool, { signal } = {}) {
      const old = await critic.values(pool); // V_old
      const ready = pool.map((sample, index) => ({ ...sample, values: old[index] }));
      for (let pass = 0; pass < config.epochs; pass++) {
        for (const samples of config.minibatches(ready, { ...config, epoch: epoch++ })) {
          signal?.throwIfAborted();
          await critic.step(samples, learningRate);
        }
      }
    },
  };
}

/** One update of a critic; update 0 is the start. */
export interface CriticRow {
  /** Updates done. */
  readonly update: number;
  /** Explained variance on the pool, from which the critic learns. */
  readonly pool: number;
  /** The same on other answers. */
  readonly others: number;
  /** Share of the pool's tokens whose gradient the clip has removed at the update's end. */
  readonly stopped: number;
}

/**
 * Trains a critic on a pool that stays the same; gives a row for the start and one after each
 * update, and prints a line.
 *
 * @throws AbortError when the reader presses Stop; the training ends between two minibatches.
 */
export async function* trainCritic(
  critic: Critic,
  { pool, others, updates, signal }: {
    readonly pool: readonly Sample[];
    readonly others: readonly Sample[];
    readonly updates: number;
    readonly signal?: AbortSignal;
  },
): AsyncGenerator<CriticRow> {
  const start = performance.now();
  let oldValues: number[][] | undefined;
  for (let update = 0; update <= updates; update++) {
    if (update > 0) await critic.learn(pool, { signal });
    const values = await critic.values(pool);
    const row = {
      update,
      pool: explainedOf(pool, values),
      others: explainedOf(others, await critic.values(others)),
      stopped: stoppedShare(pool, { values, oldValues, clipRange: critic.clipRange }),
    };
    oldValues = values;
    if (update > 0) {
      const seconds = (performance.now() - start) / 1000 / update * (updates - update);
      const [pool, others] = [row.pool, row.others].map((share) => share.toFixed(3));
      const explained = say({
        en: `explained variance ${pool} on the pool, ${others} on others`,
        zh: `解释方差：经验池 ${pool}，其他回答 ${others}`,
      });
      console.log(progressLine({ update, updates, numbers: explained, seconds }));
    }
    yield row;
  }
}

const flat = (rows: readonly Row[]): number[] => rows.flatMap((row) => Array.from(row));

/** Explained variance over all tokens of these answers. */
export const explainedOf = (
  answers: readonly Pick<Sample, "returns">[],
  values: readonly Row[],
): number => explainedVariance(flat(values), flat(answers.map(({ returns }) => returns)));

/**
 * The share of tokens at which the clip of `valueLoss` removes the gradient; one row of values per
 * answer.
 */
function stoppedShare(
  answers: readonly Pick<Sample, "returns">[],
  { values, oldValues = values, clipRange }: {
    values: Row[];
    oldValues: Row[] | undefined;
    clipRange: number;
  },
): number {
  const time = flat(values).length;
  const tensorOf = (rows: readonly Row[]) => constant(flat(rows), { time });
  const { clipped } = valueLoss({
    values: tensorOf(values),
    oldValues: tensorOf(oldValues),
    returns: tensorOf(answers.map(({ returns }) => returns)),
    mask: constant(Array<number>(time).fill(1), { time }),
  }, { clipRange });
  return meanOf(evaluate([clipped], {})[0].data);
}

/**
 * Explained variance before the first token, before the last, and at `places - 2` places between.
 * `written` is the percentage of an answer's tokens that are already written; at 100 only its last
 * token is missing.
 */
export function explainedByPlace(
  answers: readonly Pick<Sample, "returns">[],
  values: readonly Row[],
  { places = 6 }: { places?: number } = {},
): { written: number; explained: number }[] {
  return Array.from({ length: places }, (_, place) => {
    const share = place / (places - 1);
    const at = (row: Row) => row[Math.round(share * (row.length - 1))];
    const explained = explainedVariance(values.map(at), answers.map(({ returns }) => at(returns)));
    return { written: 100 * share, explained };
  });
}
