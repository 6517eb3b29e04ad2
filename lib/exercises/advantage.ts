/** Chapter 03: V, A and the n-step estimate. */
import { stepEstimates } from "../course/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** V of a state from pi and Q of its actions. */
export type ValueOfState = (policy: number[], actionValues: number[]) => number;
/** A of each action. */
export type AdvantagesOfState = (policy: number[], actionValues: number[]) => number[];
/** The first token's n-step estimate. */
export type NStepEstimate = (
  rewards: number[],
  values: number[],
  gamma: number,
  n: number,
) => number;

const expectedValue = (policy: readonly number[], actionValues: readonly number[]) =>
  policy.reduce((sum, probability, a) => sum + probability * actionValues[a], 0);
const mean = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0) / row.length;
const states: [number[], number[]][] = [[[0.5, 0.5], [1, 3]], [[0.9, 0.1], [1, 3]], [[
  0.2,
  0.3,
  0.5,
], [
  4,
  0,
  -2,
]]];

/** V(s) = sum_a pi(a) Q(s, a). */
export const valueOfState: Exercise<ValueOfState> = defineExercise<ValueOfState>({
  expected: expectedValue,
  cases: states,
  mistakes: [
    {
      answer: (_policy, actionValues) => mean(actionValues),
      says: {
        en:
          "That is the plain mean: weigh each action with the probability that the policy gives it.",
        zh: "这是普通平均：每个动作要按策略给它的概率加权。",
      },
    },
    {
      answer: (_policy, actionValues) => Math.max(...actionValues),
      says: {
        en:
          "That is the best action's value. V says what this policy earns, and it does not always take the best.",
        zh: "这是最好动作的价值。V 是这个策略能得到多少，而它并不总选最好的。",
      },
    },
  ],
  solved: {
    en: "Right: V is what the policy earns on average from here.",
    zh: "正确：V 是策略从这里起平均能得到的。",
  },
});

/** A(s, a) = Q(s, a) - V(s). */
export const advantagesOfState: Exercise<AdvantagesOfState> = defineExercise<AdvantagesOfState>({
  expected: (policy, actionValues) =>
    actionValues.map((value) => value - expectedValue(policy, actionValues)),
  cases: states,
  mistakes: [
    {
      answer: (policy, actionValues) =>
        actionValues.map((value) => expectedValue(policy, actionValues) - value),
      says: {
        en: "The sign is turned: better than average is positive.",
        zh: "符号反了：比平均好应为正。",
      },
    },
    {
      answer: (_policy, actionValues) => actionValues.map((value) => value - mean(actionValues)),
      says: {
        en: "You subtracted the plain mean, not V: the policy's own probabilities must weigh it.",
        zh: "你减去的是普通平均，不是 V：要用策略自己的概率加权。",
      },
    },
  ],
  solved: {
    en: "Right. Weighted with the policy's probabilities, the advantages of a state add up to 0.",
    zh: "正确。按策略的概率加权，一个状态的各个优势之和为 0。",
  },
});

/** r_0 + ... + gamma^(n-1) r_n-1 + gamma^n V(s_n) - V(s_0). */
export const nStepEstimate: Exercise<NStepEstimate> = defineExercise<NStepEstimate>({
  expected: (rewards, values, gamma, n) => stepEstimates({ rewards, values, gamma })[n - 1],
  cases: [[[1, 2, 4], [3, 5, 6], 0.5, 1], [[1, 2, 4], [3, 5, 6], 0.5, 2], [
    [1, 2, 4],
    [3, 5, 6],
    0.5,
    3,
  ]],
  mistakes: [
    {
      answer: (rewards, values, gamma, n) =>
        stepEstimates({ rewards, values, gamma })[n - 1] + values[0],
      says: {
        en: "This estimates the return. Subtract V(s_0), what was expected, to get the advantage.",
        zh: "这估计的是回报。减去预期值 V(s_0)，才是优势。",
      },
    },
    {
      answer: (rewards, values, gamma, n) =>
        rewards.slice(0, n).reduce((sum, reward, t) => sum + gamma ** t * reward, 0) +
        (values[n] ?? 0) -
        values[0],
      says: {
        en: "V(s_n) lies n steps ahead, so it counts gamma to the power n.",
        zh: "V(s_n) 在 n 步之后，要乘以 gamma 的 n 次方。",
      },
    },
    {
      answer: (rewards, values, gamma, n) =>
        n < values.length ? stepEstimates({ rewards, values, gamma })[n - 1] : NaN,
      says: {
        en: "values[n] does not exist once n reaches the end: V is 0 there.",
        zh: "n 到达末尾时 values[n] 不存在：那里的 V 是 0。",
      },
    },
  ],
  solved: {
    en: "Right: n real rewards, then the critic's word.",
    zh: "正确：n 个真实奖励，之后用价值模型的估计。",
  },
});
