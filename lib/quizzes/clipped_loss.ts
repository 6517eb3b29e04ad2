/** Chapter 05. */
import type { QuizQuestion } from "../widgets/mod.ts";

/** What a reader should know of the clipped loss and of KL. */
export const clippedLoss: readonly QuizQuestion[] = [
  {
    question: {
      en: "At the first step of an update, what is the ratio of every token?",
      zh: "一次更新的第一步，每个词元的比率是多少？",
    },
    choices: [
      {
        text: { en: "1 ± ε", zh: "1 ± ε" },
        why: { en: "That is how far it may move later.", zh: "那是它之后可以移动的范围。" },
      },
      {
        text: { en: "Exactly 1", zh: "正好是 1" },
        why: {
          en:
            "Nothing has moved yet. With dropout on in the update it would not be 1, one of the tutorial's silent mistakes.",
          zh: "什么都还没动。如果更新时开着 dropout，它就不是 1——这是教程中一个不会报错的错误。",
        },
        right: true,
      },
      {
        text: { en: "The advantage", zh: "优势" },
        why: { en: "The ratio knows nothing of rewards.", zh: "比率与奖励无关。" },
      },
    ],
  },
  {
    question: {
      en: "A > 0 and the ratio is far below 1 - ε. Does the token get a gradient?",
      zh: "A > 0，而比率远低于 1 - ε。这个词元有梯度吗？",
    },
    choices: [
      {
        text: {
          en: "Yes: it moved the wrong way and may come back.",
          zh: "有：它走错了方向，可以回来。",
        },
        why: {
          en: "The smaller promise is the unclipped one here.",
          zh: "此时较小的承诺是未裁剪的那个。",
        },
        right: true,
      },
      {
        text: { en: "No: it left the range.", zh: "没有：它出了范围。" },
        why: {
          en: "Only leaving on the profitable side is flat.",
          zh: "只有从有利的一侧离开才是平的。",
        },
      },
      {
        text: { en: "Only with a KL price.", zh: "只有加了 KL 惩罚时才有。" },
        why: { en: "The price is inside A.", zh: "KL 惩罚已经在 A 里面了。" },
      },
    ],
  },
  {
    question: {
      en: "Which estimate of KL can be negative for one token?",
      zh: "对单个词元，哪个 KL 估计可能为负？",
    },
    choices: [
      { text: { en: "k2", zh: "k2" }, why: { en: "It is half a square.", zh: "它是平方的一半。" } },
      {
        text: { en: "k3", zh: "k3" },
        why: {
          en: "e^x - 1 is never less than x, which is log π_ref - log π.",
          zh: "e^x - 1 永远不小于 x，即 log π_ref - log π。",
        },
      },
      {
        text: { en: "k1", zh: "k1" },
        why: {
          en: "Where the reference likes the token more.",
          zh: "当参考模型更偏爱这个词元时。",
        },
        right: true,
      },
    ],
  },
  {
    question: {
      en: "What keeps the actor near the SFT model over a whole run?",
      zh: "在整个训练中，是什么让策略留在 SFT 模型附近？",
    },
    choices: [
      {
        text: { en: "The clip", zh: "裁剪" },
        why: {
          en: "It holds back one update; many updates can walk anywhere.",
          zh: "它约束的是一次更新；许多次更新可以走到任何地方。",
        },
      },
      {
        text: { en: "The KL penalty against the reference model", zh: "对参考模型的 KL 惩罚" },
        why: {
          en: "The penalty applies at every token of every answer.",
          zh: "每个回答的每个词元都要扣除它。",
        },
        right: true,
      },
      {
        text: { en: "The critic", zh: "价值模型" },
        why: { en: "It only lowers the variance.", zh: "它只是降低方差。" },
      },
    ],
  },
];
