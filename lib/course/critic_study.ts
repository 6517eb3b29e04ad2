/**
 * What chapter 02 measures of a critic: how much of the returns it foresees while it learns from a pool of answers that stays the
 * same, and where in an answer it foresees them.
 *
 *     explained variance = 1 - Var(R - V) / Var(R), over all tokens
 *     stopped            = share of tokens at which the value loss has no gradient left, because of its clip
 *
 * In PPO the pool is new at each update and the actor moves too; here only the critic changes, so that the curves are its own.
 */
import { explainedVariance, meanOf, type Row, valueLoss } from "../rl/mod.ts";
import type { Sample } from "../ppo/mod.ts";
import { evaluate, input } from "../tensor/mod.ts";
import type { Critic } from "./critic.ts";

/** One update of a critic; update 0 is the start. */
export interface CriticRow {
  /** Updates done. */
  readonly update: number;
  /** Explained variance on the answers that it learns from. */
  readonly pool: number;
  /** The same on answers that it does not learn from. */
  readonly others: number;
  /** Share of the pool's tokens whose gradient the clip has removed at the update's end. */
  readonly stopped: number;
}

/** What a critic is trained and measured on. */
export interface CriticTraining {
  /** It learns from these. */
  readonly pool: readonly Sample[];
  /** And not from these. */
  readonly others: readonly Sample[];
  /** How often the pool is learnt. */
  readonly updates: number;
  /** Ends the training between two minibatches. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a critic on a pool that stays the same; gives a row for the start and one after each update, and prints a line.
 *
 * @throws AbortError when the reader presses Stop.
 */
export async function* trainCritic(
  critic: Critic,
  { pool, others, updates, signal }: CriticTraining,
): AsyncGenerator<CriticRow> {
  const start = performance.now();
  let old = await critic.values(pool);
  const rowOf = async (update: number, now: readonly Row[]): Promise<CriticRow> => ({
    update,
    pool: explainedOf(pool, now),
    others: explainedOf(others, await critic.values(others)),
    stopped: stoppedShare(pool, { values: now, oldValues: old, clipRange: critic.clipRange }),
  });
  yield await rowOf(0, old);
  for (let update = 1; update <= updates; update++) {
    await critic.learn(pool, { signal });
    const now = await critic.values(pool);
    const row = await rowOf(update, now);
    old = now;
    const left = Math.round((performance.now() - start) / 1000 / update * (updates - update));
    const said = `explained variance ${row.pool.toFixed(3)} on the pool, ${
      row.others.toFixed(3)
    } on others`;
    console.log(`update ${update} of ${updates}, ${said}, ${left} s left`);
    yield row;
  }
}

/** Explained variance over all tokens of these answers. */
export function explainedOf(
  answers: readonly Pick<Sample, "returns">[],
  values: readonly Row[],
): number {
  const flat = (rows: readonly Row[]) => rows.flatMap((row) => Array.from(row));
  return explainedVariance(flat(values), flat(answers.map(({ returns }) => returns)));
}

/** Values of the same tokens before an update and now. */
export interface MovedValues {
  /** V: one row an answer. */
  readonly values: readonly Row[];
  /** V_old, in the same rows. */
  readonly oldValues: readonly Row[];
  /** The clip's epsilon. */
  readonly clipRange: number;
}

/** The share of tokens at which `valueLoss` says that its clip removes the gradient. */
export function stoppedShare(
  answers: readonly Pick<Sample, "returns">[],
  { values, oldValues, clipRange }: MovedValues,
): number {
  const rowOf = (rows: readonly Row[]) => {
    const data = Float64Array.from(rows.flatMap((row) => Array.from(row)));
    return { dims: [data.length], data };
  };
  const feeds = {
    values: rowOf(values),
    oldValues: rowOf(oldValues),
    returns: rowOf(answers.map(({ returns }) => returns)),
    mask: rowOf(values.map((row) => Array.from(row, () => 1))),
  };
  const axes = { time: feeds.mask.data.length };
  const { clipped } = valueLoss({
    values: input("values", axes),
    oldValues: input("oldValues", axes),
    returns: input("returns", axes),
    mask: input("mask", axes),
  }, { clipRange });
  const [{ data }] = evaluate([clipped], feeds);
  return meanOf(data);
}

/** Explained variance at one place of the answers. */
export interface PlaceRow {
  /** What stands already, in percent of an answer's tokens; 100: only its last token is missing. */
  readonly written: number;
  /** Over the answers' tokens at this place. */
  readonly explained: number;
}

/** Explained variance before the first token, before the last, and at `places - 2` places between. */
export function explainedByPlace(
  answers: readonly Pick<Sample, "returns">[],
  values: readonly Row[],
  { places = 6 }: { places?: number } = {},
): PlaceRow[] {
  return Array.from({ length: places }, (_, place) => {
    const share = place / (places - 1);
    const at = (row: Row) => row[Math.round(share * (row.length - 1))];
    const explained = explainedVariance(values.map(at), answers.map(({ returns }) => at(returns)));
    return { written: 100 * share, explained };
  });
}
