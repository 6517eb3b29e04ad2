/** Chapter 03. */
import type { QuizQuestion } from "../widgets/mod.ts";

/** What a reader should know of the advantage. */
export const advantage: readonly QuizQuestion[] = [
  {
    question: {
      en: "A token has Q = 2 in a state with V = 3. What should the update do?",
      zh: "某状态 V = 3，一个词元的 Q = 2。更新应当怎么做？",
    },
    choices: [
      {
        text: { en: "Make it likelier: 2 is positive.", zh: "让它更可能：2 是正数。" },
        why: { en: "What counts is the comparison with V.", zh: "要看的是与 V 的比较。" },
      },
      {
        text: { en: "Make it less likely.", zh: "让它更不可能。" },
        why: {
          en: "Its advantage is -1: worse than usual here.",
          zh: "它的优势是 -1：比这里通常的差。",
        },
        right: true,
      },
      {
        text: { en: "Nothing.", zh: "什么也不做。" },
        why: { en: "Only an advantage of 0 asks for nothing.", zh: "只有优势为 0 时才不用动。" },
      },
    ],
  },
  {
    question: { en: "Why subtract a baseline?", zh: "为什么要减去基线？" },
    choices: [
      {
        text: {
          en: "A good one lowers the variance, and each leaves the mean.",
          zh: "好的基线降低方差，而任何基线都不改变均值。",
        },
        why: {
          en:
            "The expected gradient of log π is 0, so a number that does not depend on the action adds nothing.",
          zh: "log π 的期望梯度是 0，乘上与动作无关的数也不增加什么。",
        },
        right: true,
      },
      {
        text: { en: "It removes the bias of the critic.", zh: "它消除价值模型的偏差。" },
        why: {
          en: "It does not change the critic; one that is wrong stays wrong.",
          zh: "它不会改变价值模型；错的仍然是错的。",
        },
      },
      {
        text: { en: "It makes all rewards positive.", zh: "它让所有奖励为正。" },
        why: {
          en: "Afterwards an answer that is worse than usual counts as negative.",
          zh: "减去之后，比通常差的回答计为负。",
        },
      },
    ],
  },
  {
    question: {
      en:
        "The critic knows nothing (V = 0 everywhere). Which estimate still ranks tokens rightly on average?",
      zh: "价值模型一无所知（V 处处为 0）。哪种估计平均来看仍能正确给词元排序？",
    },
    choices: [
      {
        text: { en: "One step", zh: "一步" },
        why: {
          en: "It sees r_0 + 0 - 0 = 0 for every first token.",
          zh: "对每个第一词元，它看到的都是 r_0 + 0 - 0 = 0。",
        },
      },
      {
        text: { en: "None", zh: "都不能" },
        why: { en: "The score itself was really earned.", zh: "分数本身是真实得到的。" },
      },
      {
        text: { en: "Monte Carlo", zh: "蒙特卡洛" },
        why: {
          en: "It is off by V(s_0), the same for all tokens of that state.",
          zh: "它差一个 V(s_0)，对该状态的所有词元都相同。",
        },
        right: true,
      },
    ],
  },
  {
    question: { en: "What can whitening turn over?", zh: "白化可能颠倒什么？" },
    choices: [
      {
        text: { en: "The order of the advantages.", zh: "优势的大小顺序。" },
        why: {
          en: "Shifting and dividing by a positive number keep it.",
          zh: "平移、除以正数都保持顺序。",
        },
      },
      {
        text: { en: "The sign of a small one.", zh: "较小优势的符号。" },
        why: {
          en: "The mean is subtracted; what lay between 0 and it changes sign.",
          zh: "减去了均值；原来在 0 与均值之间的会变号。",
        },
        right: true,
      },
      {
        text: { en: "Nothing.", zh: "什么也不会。" },
        why: {
          en: "The mean of a pool is seldom 0, so something shifts.",
          zh: "一个经验池的均值很少正好是 0，所以总有变动。",
        },
      },
    ],
  },
];
