/**
 * A world of text that is small enough to compute every value exactly: answers of three tokens
 * from a vocabulary of four.
 *
 *     V(s)    = sum_a pi(a | s) Q(s, a)
 *     Q(s, a) = V(s followed by a), or the score when the answer is complete
 *     A(s, a) = Q(s, a) - V(s)
 *
 * Sutton & Barto 2018, section 3.5, with gamma 1 and the only reward at the end. A state is the
 * answer so far.
 */

/** The text of each token id. */
export const VOCABULARY: readonly string[] = ["哪", "里", "谁", "？"];
/** The number of tokens in an answer. */
export const LENGTH = 3;

/** pi(first token). */
const START = [0.4, 0.1, 0.3, 0.2];
/** pi(next token | token), one row for each token. */
const NEXT = [
  [0.1, 0.6, 0.1, 0.2],
  [0.1, 0.1, 0.2, 0.6],
  [0.2, 0.2, 0.1, 0.5],
  [0.3, 0.2, 0.3, 0.2],
];

/** pi(a | s) for every token a. */
export function probabilities(state: readonly number[]): readonly number[] {
  return state.length === 0 ? START : NEXT[state[state.length - 1]];
}

/**
 * Scores an answer: 1 for a question mark at the end, 1 for 哪里, and minus 1 for a repeated token.
 */
export function scoreOf(answer: readonly number[]): number {
  const text = answer.map((token) => VOCABULARY[token]).join("");
  return (text.endsWith("？") ? 1 : 0) + (text.includes("哪里") ? 1 : 0) -
    (new Set(answer).size < LENGTH ? 1 : 0);
}

/** V(s): the expected score of the completed answer. */
export const stateValue = (state: readonly number[]): number =>
  probabilities(state).reduce((sum, pi, token) => sum + pi * actionValue(state, token), 0);

/** Q(s, a). */
export function actionValue(state: readonly number[], token: number): number {
  const next = [...state, token];
  return next.length === LENGTH ? scoreOf(next) : stateValue(next);
}

/** A(s, a). */
export const advantageOf = (state: readonly number[], token: number): number =>
  actionValue(state, token) - stateValue(state);

/** Samples an answer; `random` returns numbers in [0, 1). */
export function sampleAnswer(random: () => number): number[] {
  const answer: number[] = [];
  while (answer.length < LENGTH) {
    const u = random();
    let sum = 0;
    const token = probabilities(answer).findIndex((probability) => (sum += probability) > u);
    answer.push(token < 0 ? VOCABULARY.length - 1 : token);
  }
  return answer;
}

/**
 * Mean and variance of the policy gradient with respect to the first token's logits,
 * (G - baseline) d log pi(a_0), with d log pi(a) / d logit_j = [a = j] - pi(j), by enumeration of
 * all answers. `mean` has a number for each token and is the same for every baseline; `variance` is
 * the sum of the variances of all logits' gradients.
 *
 * Williams 1992 (REINFORCE), section 2 and its remark on baselines.
 */
export function gradientMoments(baseline: number): { mean: number[]; variance: number } {
  const parts = completeAnswers().map(({ answer, probability }) => ({
    probability,
    gradient: START.map((pi, j) => (scoreOf(answer) - baseline) * ((answer[0] === j ? 1 : 0) - pi)),
  }));
  const expected = (of: (gradient: number) => number) =>
    START.map((_, j) =>
      parts.reduce((sum, { probability, gradient }) => sum + probability * of(gradient[j]), 0)
    );
  const mean = expected((one) => one);
  const squares = expected((one) => one ** 2);
  return { mean, variance: squares.reduce((sum, square, j) => sum + square - mean[j] ** 2, 0) };
}

/** Every answer with its probability. */
function completeAnswers(
  state: readonly number[] = [],
  probability = 1,
): { answer: readonly number[]; probability: number }[] {
  if (state.length === LENGTH) return [{ answer: state, probability }];
  return probabilities(state).flatMap((pi, token) =>
    completeAnswers([...state, token], probability * pi)
  );
}
