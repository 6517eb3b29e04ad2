/** Chapter 06: which update's policy to keep. */
import { defineExercise, type Exercise } from "./exercise.ts";

/**
 * The number (from 0) of the update to keep, given the proxy's and the gold judge's mean after each
 * update.
 */
export type BestUpdate = (proxy: number[], gold: number[]) => number;

const placeOfLargest = (row: readonly number[]) => row.indexOf(Math.max(...row));

/** The one with the best gold: the proxy may be fooled. */
export const bestUpdate: Exercise<BestUpdate> = defineExercise<BestUpdate>({
  expected: (_proxy, gold) => placeOfLargest(gold),
  cases: [
    [[1, 2, 3, 4], [50, 62, 58, 20]],
    [[1, 3, 2], [40, 45, 70]],
    [[0.5, 0.7], [61, 60]],
  ],
  mistakes: [
    {
      answer: (proxy) => placeOfLargest(proxy),
      says: {
        en:
          "That is the update the reward model likes best. It is the judge that training pleases; ask the other one.",
        zh: "那是奖励模型最满意的一次更新。训练讨好的正是它；请看另一位裁判。",
      },
    },
    {
      answer: (proxy) => proxy.length - 1,
      says: {
        en:
          "The last update is not always the best one: over-optimisation makes gold fall while the proxy still rises.",
        zh: "最后一次更新不一定最好：过度优化会让标准裁判的分数下降，而奖励模型的分数还在上升。",
      },
    },
    {
      answer: (_proxy, gold) => Math.max(...gold),
      says: {
        en:
          "That is the best gold value itself; wanted is the number of the update that has it, counted from 0.",
        zh: "这是最好的标准裁判分数本身；要的是取得它的那次更新的序号，从 0 数起。",
      },
    },
  ],
  solved: {
    en: "Right: keep the policy that a judge outside training likes best. This is early stopping.",
    zh: "正确：留下训练之外的裁判最满意的策略。这就是提前停止（early stopping）。",
  },
});
