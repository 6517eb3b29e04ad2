/**
 * The targets of a critic, measured: V and Q of a real policy, by continuing from a state many
 * times.
 *
 *     V(s)    = mean reward over sampled continuations
 *     Q(s, a) = the same over those that begin with a            V(s) = sum_a share(a) Q(s, a)
 *
 * Sutton & Barto 2018, section 5.1 (Monte Carlo prediction). The reward is the score alone,
 * without the KL penalty, which is 0 as long as the policy is its own reference.
 */
import { sampleAnswers } from "../decode/mod.ts";
import type { PromptAndAnswer, Tokenizer, TokenRow } from "../lm/mod.ts";
import { meanOf, varianceOf } from "../rl/mod.ts";
import { rawScores } from "./reward_study.ts";
import type { CourseRun } from "./run.ts";

/** One way in which an answer continued. */
export interface Continuation {
  /** The tokens after the state. */
  readonly tokens: readonly number[];
  /** The reward of the whole answer. */
  readonly reward: number;
}

/** Rollout numbers from here on, which no training timestep and no judgement uses. */
const CONTINUATIONS = 2 ** 29;

/**
 * Lets the actor continue `count` times from a state: a prompt, and the tokens of its answer that
 * are already written (default: none). The whole answer has at most `query_len` tokens.
 */
export async function continuations(
  run: Pick<CourseRun, "ppo" | "settings">,
  { prompt, written = [] }: { readonly prompt: TokenRow; readonly written?: TokenRow },
  { count }: { count: number },
): Promise<Continuation[]> {
  const { ppo, settings } = run;
  const row = [...prompt, ...written];
  const given = { parameters: ppo.actor(), prompts: Array<TokenRow>(count).fill(row) };
  const answers = await sampleAnswers(ppo.generator, given, {
    maxNewTokens: settings.query_len - written.length,
    seed: settings.seed,
    round: CONTINUATIONS + written.length,
  });
  const scored = answers.map(({ tokens }) => ({ prompt: row, answer: tokens }));
  const scores = await rawScores(run, scored);
  return answers.map(({ tokens, ended }, index) => {
    return { tokens, reward: ppo.config.toReward(scores[index], { ended }) };
  });
}

/**
 * V before each token of an answer in units of score, by `count` continuations from each place;
 * `error` is the standard error.
 */
export async function sampledValues(
  run: Pick<CourseRun, "ppo" | "settings">,
  { prompt, answer }: PromptAndAnswer,
  { count }: { count: number },
): Promise<{ value: number; error: number }[]> {
  const values = [];
  for (let t = 0; t < answer.length; t++) {
    const found = await continuations(run, { prompt, written: answer.slice(0, t) }, { count });
    const rewards = found.map(({ reward }) => reward);
    values.push({ value: meanOf(rewards), error: Math.sqrt(varianceOf(rewards) / count) });
  }
  return values;
}

/**
 * The first tokens of the continuations, the commonest first. `share` is an estimate of pi(a | s),
 * and `Q`, the mean reward, one of Q(s, a).
 */
export function actionValues(
  found: readonly Continuation[],
  { decode, endId, tokenOf }: Pick<Tokenizer, "decode" | "endId" | "tokenOf">,
): { token: string; share: number; Q: number }[] {
  return [...Map.groupBy(found, ({ tokens }) => tokens[0])]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([token, group]) => ({
      token: token === endId ? tokenOf(token) : decode([token]),
      share: group.length / found.length,
      Q: meanOf(group.map(({ reward }) => reward)),
    }));
}
