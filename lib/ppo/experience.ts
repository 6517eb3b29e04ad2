/**
 * Experience: answers the actor sampled, with everything the update needs to know of them.
 *
 * One timestep: sample answers, ask the reference for log-probabilities, the critic for values and the reward model for a score;
 * then per-token rewards (the KL's price at each token, the clipped score at the last) and, by GAE, advantages and returns.
 */
import { type Answer } from "../decode/mod.ts";
import {
  type Gpt2Arrays,
  inRowOrder,
  type StoredGpt2,
  type StoredValueModel,
  type TokenRow,
  type ValueModelArrays,
} from "../lm/mod.ts";
import { clipScore, gae, normaliseScores, type ScoreStatistics, shapedRewards } from "../rl/mod.ts";
import { type HostArray, ints } from "../runtime/mod.ts";
import { type AnswerBatch, answerBatch, type PromptAndAnswer } from "../lm/mod.ts";
import { type AnswerGroupOptions, answerGroups } from "../lm/mod.ts";
import type { Frozen } from "../memory/mod.ts";
import type { AnswerContext, PolicyScorer } from "../lm/mod.ts";
import type { Settings } from "../settings/mod.ts";
import type { ValueScorer } from "../lm/mod.ts";

/** One answer of the pool. Arrays have one number an answer token, and more (the pads behind it) under `gae_over_padding`. */
export interface Sample extends AnswerContext {
  /** log pi(token) under the policy that sampled it. */
  readonly logProbs: readonly number[];
  /** log pi_ref(token) under the frozen reference. */
  readonly refLogProbs: readonly number[];
  /** The critic's V before each token. */
  readonly values: readonly number[];
  /** The reward model's score as it stands. */
  readonly rawScore: number;
  /** What the answer is paid: normalised, clipped, less the penalty for not ending. */
  readonly score: number;
  /** Whether it ended by itself, with [SEP]. */
  readonly ended: boolean;
  /** The KL's price at each token, and the score at the last. */
  readonly rewards: readonly number[];
  /** By GAE. */
  readonly advantages: readonly number[];
  /** advantages + values: what the critic learns. */
  readonly returns: readonly number[];
  /** The timestep it was sampled in. */
  readonly timestep: number;
}

/** The compiled programs and frozen or current parameters that scoring needs. */
export interface Scorers {
  /** log pi(token): one row of the batch's width an answer. */
  readonly policy: PolicyScorer;
  /** V at each of the batch's columns: one row an answer. */
  readonly value: ValueScorer;
  /** The policy that sampled. */
  readonly actor: Gpt2Arrays;
  /** The frozen SFT model. */
  readonly reference: Frozen<StoredGpt2>;
  /** The value model as it is now. */
  readonly critic: ValueModelArrays;
  /** The frozen reward model, asked when the reference is no longer used. */
  readonly reward: Frozen<StoredValueModel>;
}

/** What scoring depends on besides the models. */
export interface ExperienceOptions {
  /** Checked and complete. */
  readonly settings: Settings;
  /** Fills rows behind their end. */
  readonly padId: number;
  /** Counted from 1; written into the samples. */
  readonly timestep: number;
  /** Mean and deviation of the SFT model's scores; undefined: scores are not normalised. */
  readonly scoreStatistics: ScoreStatistics | undefined;
  /** Which answers share a call (default: all); under `left_pad_without_positions`, where pads stand before prompts, all do. */
  readonly grouping?: AnswerGroupOptions;
}

/** Scores one timestep's answers. */
export async function scoreAnswers(
  prompts: readonly TokenRow[],
  answers: readonly Answer[],
  scorers: Scorers,
  options: ExperienceOptions,
): Promise<Sample[]> {
  const asked = answers.map((answer, row) => ({
    pair: { prompt: prompts[row], answer: answer.tokens, samplingMask: answer.samplingMask },
    answer,
  }));
  const pairs = asked.map(({ pair }) => pair);
  const width = options.settings.gae_over_padding
    ? Math.max(...pairs.map(({ answer }) => answer.length))
    : undefined;
  const whole = options.grouping === undefined || options.settings.left_pad_without_positions;
  const groups = whole ? [[...pairs.keys()]] : answerGroups(pairs, options.grouping);
  const batches = groups.map((group) =>
    laidOut(group.map((row) => asked[row]), { ...options, width })
  );
  const scored = inRowOrder(groups, await scoreGroups(batches, scorers));
  return pairs.map((pair, row) => finished(pair, scored[row], options));
}

/** Answers that share a call. */
interface Group {
  readonly answers: readonly Answer[];
  readonly pairs: readonly AnswerContext[];
  readonly batch: AnswerBatch;
  /** Whether the actor is asked again what generation has said already. */
  readonly rescore: boolean;
  /** A row as long as its answer, or as the answer axis under `gae_over_padding`. */
  readonly trimmed: (rows: readonly number[][]) => number[][];
}

/** Lays answers out; `width` is the size of the answer axis under `gae_over_padding`. */
function laidOut(
  asked: readonly { pair: AnswerContext; answer: Answer }[],
  { settings, padId, width }: ExperienceOptions & { width: number | undefined },
): Group {
  const pairs = asked.map(({ pair }) => pair);
  const layout = { padId, leftPadded: settings.left_pad_without_positions };
  return {
    answers: asked.map(({ answer }) => answer),
    pairs,
    batch: answerBatch(pairs, width === undefined ? layout : { ...layout, width }),
    rescore: width !== undefined || settings.left_pad_without_positions ||
      settings.log_probs_of_raw_distribution,
    trimmed: (rows) => rows.map((row, index) => row.slice(0, width ?? pairs[index].answer.length)),
  };
}

/** What the models say of each group: one model after the other, so that no two frozen ones need be there at once. */
async function scoreGroups(groups: readonly Group[], scorers: Scorers): Promise<Scored[][]> {
  const each = async <T>(say: (group: Group) => Promise<T>): Promise<T[]> => {
    const said: T[] = [];
    for (const group of groups) said.push(await say(group));
    return said;
  };
  const logProbs = await each(async ({ rescore, answers, batch, pairs, trimmed }) =>
    rescore
      ? trimmed(await scorers.policy(scorers.actor, batch, pairs))
      : answers.map(({ logProbs }) => [...logProbs])
  );
  const values = await each(async ({ batch, trimmed }) =>
    trimmed(await scorers.value(scorers.critic, batch))
  );
  const refLogProbs = await scorers.reference.use((reference) =>
    each(async ({ batch, pairs, trimmed }) =>
      trimmed(await scorers.policy(reference, batch, pairs))
    )
  );
  const scores = await scorers.reward.use((reward) =>
    each(async ({ batch, pairs }) => {
      const last = { rows: batch.rows, columns: lastColumns(batch, pairs) };
      return (await scorers.value(reward, last)).flat();
    })
  );
  return groups.map(({ answers }, group) =>
    answers.map(({ ended }, row) => ({
      logProbs: logProbs[group][row],
      refLogProbs: refLogProbs[group][row],
      values: values[group][row],
      rawScore: scores[group][row],
      ended,
    }))
  );
}

/** The column of each answer's last token: where the reward model's value is the score. */
export function lastColumns(
  { columns }: Pick<AnswerBatch, "columns">,
  pairs: readonly PromptAndAnswer[],
): HostArray<"int32"> {
  const width = columns.dims[1];
  return ints(pairs.map(({ answer }, row) => columns.data[row * width] + answer.length), [
    pairs.length,
    1,
  ]);
}

type Scored = Pick<Sample, "logProbs" | "refLogProbs" | "values" | "rawScore" | "ended">;

/** Rewards, advantages and returns of one answer. */
function finished(pair: AnswerContext, scored: Scored, options: ExperienceOptions): Sample {
  const { settings } = options;
  const score = paidScore(scored, options);
  const rewards = rewardsOf(scored, {
    score,
    klCoef: settings.kl_coef,
    length: pair.answer.length,
  });
  const { advantages, returns } = gae({
    rewards,
    values: scored.values,
    gamma: settings.gamma,
    lambda: settings.lam,
  });
  return { ...pair, ...scored, score, rewards, advantages, returns, timestep: options.timestep };
}

/** The KL's price at every token and the score at the answer's last one, behind which pads may follow. */
function rewardsOf(
  { logProbs, refLogProbs }: Scored,
  { score, klCoef, length }: { score: number; klCoef: number; length: number },
): number[] {
  const answer = shapedRewards({
    logProbs: logProbs.slice(0, length),
    refLogProbs: refLogProbs.slice(0, length),
    score,
    klCoef,
  });
  const pads = logProbs.slice(length).map((logProb, index) =>
    -klCoef * (logProb - refLogProbs[length + index])
  );
  return [...answer, ...pads];
}

/** What an answer is paid for its score. */
export function paidScore(
  { rawScore, ended }: Pick<Sample, "rawScore" | "ended">,
  { settings, scoreStatistics }: Pick<ExperienceOptions, "settings" | "scoreStatistics">,
): number {
  const [normalised] = scoreStatistics === undefined
    ? [rawScore]
    : normaliseScores([rawScore], scoreStatistics);
  return clipScore(normalised, settings.reward_clip_eps) -
    (ended ? 0 : settings.missing_eos_penalty);
}
