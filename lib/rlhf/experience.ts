/**
 * Experience: answers the actor sampled, with everything the update needs to know of them.
 *
 * One timestep: sample answers, ask the reference for log-probabilities, the critic for values and the reward model for a score;
 * then per-token rewards (the KL's price at each token, the clipped score at the last) and, by GAE, advantages and returns.
 */
import type { Answer, Gpt2Arrays, TokenRow, ValueModelArrays } from "../lm/mod.ts";
import { clipScore, gae, normaliseScores, type ScoreStatistics, shapedRewards } from "../rl/mod.ts";
import { ints } from "../runtime/mod.ts";
import { type AnswerBatch, answerBatch } from "./answer_batch.ts";
import type { AnswerContext, PolicyScorer } from "./sampled_policy.ts";
import type { Settings } from "./settings.ts";
import type { ValueScorer } from "./values.ts";

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
  readonly reference: Gpt2Arrays;
  /** The value model as it is now. */
  readonly critic: ValueModelArrays;
  /** The frozen reward model. */
  readonly reward: ValueModelArrays;
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
}

/** Scores one timestep's answers. */
export async function scoreAnswers(
  prompts: readonly TokenRow[],
  answers: readonly Answer[],
  scorers: Scorers,
  options: ExperienceOptions,
): Promise<Sample[]> {
  const { settings, padId } = options;
  const pairs = answers.map((answer, row) => ({
    prompt: prompts[row],
    answer: answer.tokens,
    kept: answer.kept,
  }));
  const overPadding = settings.gae_over_padding;
  const layout = { padId, leftPadded: settings.left_pad_without_positions };
  const widest = Math.max(...pairs.map(({ answer }) => answer.length));
  const batch = answerBatch(pairs, overPadding ? { ...layout, width: widest } : layout);
  const length = (row: number) => overPadding ? widest : pairs[row].answer.length;
  const trimmed = (rows: readonly number[][]) => rows.map((row, index) => row.slice(0, length(index)));
  const rescore = overPadding || settings.left_pad_without_positions ||
    settings.log_probs_of_raw_distribution;
  const logProbs = rescore
    ? trimmed(await scorers.policy(scorers.actor, batch, pairs))
    : answers.map((answer) => answer.logProbs);
  const refLogProbs = trimmed(await scorers.policy(scorers.reference, batch, pairs));
  const values = trimmed(await scorers.value(scorers.critic, batch));
  const scores =
    (await scorers.value(scorers.reward, { rows: batch.rows, columns: lastColumns(batch, pairs) })).flat();
  return pairs.map((pair, row) => {
    const own = { logProbs: logProbs[row], refLogProbs: refLogProbs[row], values: values[row] };
    return finished(pair, { ...own, rawScore: scores[row], ended: answers[row].ended }, options);
  });
}

/** The column of each answer's last token: where the reward model's value is the score. */
function lastColumns({ columns }: AnswerBatch, pairs: readonly AnswerContext[]) {
  const width = columns.dims[1];
  return ints(pairs.map(({ answer }, row) => columns.data[row * width] + answer.length), [pairs.length, 1]);
}

type Scored = Pick<Sample, "logProbs" | "refLogProbs" | "values" | "rawScore" | "ended">;

/** Rewards, advantages and returns of one answer. */
function finished(pair: AnswerContext, scored: Scored, options: ExperienceOptions): Sample {
  const { settings } = options;
  const score = paidScore(scored, options);
  const rewards = rewardsOf(scored, { score, klCoef: settings.kl_coef, length: pair.answer.length });
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
  return clipScore(normalised, settings.reward_clip_eps) - (ended ? 0 : settings.missing_eos_penalty);
}
