/**
 * What a critic has to learn, measured: V and Q of a real policy by letting it go on from a state many times.
 *
 *     V(s)    = mean over sampled continuations of what they are paid
 *     Q(s, a) = the same over those that begin with a            V(s) = sum_a share(a) Q(s, a)
 *
 * Sutton & Barto 2018, section 5.1 (Monte Carlo prediction). Only the score is counted, not the price on KL, which is 0 as long as
 * the policy is its own reference.
 */
import type { Tokenizer, TokenRow } from "../lm/mod.ts";
import { meanOf, varianceOf } from "../rl/mod.ts";
import { uniform } from "../random/mod.ts";
import { type PromptAndAnswer } from "../lm/mod.ts";
import type { RewardReader } from "./reward_study.ts";
import type { CourseRun } from "./run.ts";

/** What continuing needs: the policy that goes on, and what its answers are paid by. */
export interface Continuing {
  /** Its actor goes on. */
  readonly run: Pick<CourseRun, "ppo" | "settings">;
  /** Scores the whole answers. */
  readonly reader: RewardReader;
}

/** A state: the prompt, and what stands already of its answer. */
export interface AnswerState {
  /** [CLS], passage, [SEP]. */
  readonly prompt: TokenRow;
  /** Tokens of the answer so far; default none. */
  readonly written?: TokenRow;
}

/** One way in which an answer went on. */
export interface Continuation {
  /** The tokens after the state. */
  readonly tokens: readonly number[];
  /** What the whole answer is paid. */
  readonly paid: number;
}

/** Rollout numbers that no training timestep and no judgement uses. */
const CONTINUATIONS = 2 ** 29;

/** Lets the actor go on from a state `count` times; the whole answer is at most `query_len` tokens long. */
export async function continuations(
  { run, reader }: Continuing,
  { prompt, written = [] }: AnswerState,
  { count }: { count: number },
): Promise<Continuation[]> {
  const { ppo, settings } = run;
  const row = [...prompt, ...written];
  const answers = await ppo.generator.generate(ppo.actor(), Array<TokenRow>(count).fill(row), {
    maxNewTokens: settings.query_len - written.length,
    uniform: (index, position) =>
      uniform(settings.seed, CONTINUATIONS + written.length, index, position),
  });
  const scores = await reader.scoreRows(answers.map(({ tokens }) => [...row, ...tokens]));
  return answers.map(({ tokens, ended }, index) => ({
    tokens,
    paid: ppo.config.toReward(scores[index], { ended }),
  }));
}

/** A mean with its standard error. */
export interface SampledValue {
  /** Mean over the continuations, in units of score. */
  readonly value: number;
  /** Its standard error: deviation / sqrt(count). */
  readonly error: number;
}

/** V before each token of an answer, by `count` continuations from each place. */
export async function sampledValues(
  continuing: Continuing,
  { prompt, answer }: PromptAndAnswer,
  { count }: { count: number },
): Promise<SampledValue[]> {
  const values: SampledValue[] = [];
  for (let t = 0; t < answer.length; t++) {
    const paid =
      (await continuations(continuing, { prompt, written: answer.slice(0, t) }, { count }))
        .map(({ paid }) => paid);
    values.push({ value: meanOf(paid), error: Math.sqrt(varianceOf(paid) / count) });
  }
  return values;
}

/** A next token, how often it was drawn, and what came of it. */
export interface SampledAction {
  /** The token's text. */
  readonly token: string;
  /** Share of the continuations that begin with it: an estimate of pi(a | s). */
  readonly share: number;
  /** Mean of what they are paid: an estimate of Q(s, a). */
  readonly Q: number;
}

/** Share and Q of each first token of the continuations, the commonest first. */
export function actionValues(
  found: readonly Continuation[],
  tokenizer: Pick<Tokenizer, "decode" | "sepId">,
): SampledAction[] {
  return [...Map.groupBy(found, ({ tokens }) => tokens[0])].sort(([, a], [, b]) =>
    b.length - a.length
  )
    .map(([token, group]) => ({
      token: token === tokenizer.sepId ? "[SEP]" : tokenizer.decode([token]),
      share: group.length / found.length,
      Q: meanOf(group.map(({ paid }) => paid)),
    }));
}
