/** Chapter 04: GAE of an answer that lies in a padded batch. */
import { gae } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** Advantages of the `length` real tokens of a row with pads behind them; gamma is 1. */
export type AdvantagesWithoutPads = (
  rewards: number[],
  values: number[],
  length: number,
  lambda: number,
) => number[];

const advantages = (rewards: number[], values: number[], lambda: number): number[] =>
  gae({ rewards, values, gamma: 1, lambda }).advantages;

/** Cut first, then estimate. */
export const advantagesWithoutPads: Exercise<AdvantagesWithoutPads> = defineExercise<
  AdvantagesWithoutPads
>({
  expected: (rewards, values, length, lambda) =>
    advantages(rewards.slice(0, length), values.slice(0, length), lambda),
  cases: [
    [[0, 1, 0, 0], [0.5, 0.75, 2, 2], 2, 0.5],
    [[0, 0, 3], [1, 0.5, 2], 3, 0.9],
    [[2, 0], [1, 4], 1, 0.95],
  ],
  mistakes: [
    {
      answer: (rewards, values, length, lambda) =>
        advantages(rewards, values, lambda).slice(0, length),
      says: {
        en:
          "You cut after the recursion, when the pads had already spoken: cut rewards and values first. This is the tutorial's mistake.",
        zh: "你在递推之后才截断，那时填充已经起了作用：要先截断奖励和价值。这正是教程的错误。",
      },
    },
    {
      answer: (rewards, values, length, lambda) =>
        gae({
          rewards: rewards.slice(0, length),
          values: values.slice(0, length),
          gamma: 1,
          lambda,
          bootstrap: values[length] ?? 0,
        }).advantages,
      says: {
        en:
          "The value after the last real token is still the pad's: the answer has ended, so it is 0.",
        zh: "最后一个真实词元之后用的仍是填充处的价值：回答已经结束，那里应为 0。",
      },
    },
    {
      answer: (rewards, values, length, lambda) => [
        ...advantages(rewards.slice(0, length), values.slice(0, length), lambda),
        ...rewards.slice(length).map(() => 0),
      ],
      says: {
        en:
          "The numbers are right, but the pads got advantages too: give one number for each real token.",
        zh: "数值对了，但填充也得到了优势：每个真实词元只给一个数。",
      },
    },
  ],
  solved: {
    en:
      "Right: cut first, then estimate. How long the neighbours in a batch are then changes nothing.",
    zh: "正确：先截断，再估计。这样，同一批里邻居有多长就不再有任何影响。",
  },
});
