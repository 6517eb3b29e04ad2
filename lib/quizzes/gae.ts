/** Chapter 04. */
import type { QuizQuestion } from "../widgets/mod.ts";

/** What a reader should know of GAE. */
export const gae: readonly QuizQuestion[] = [
  {
    question: {
      en: "With `lam = 0`, what is the advantage of a token?",
      zh: "`lam = 0` 时，一个词元的优势是什么？",
    },
    choices: [
      {
        text: { en: "The whole return minus the value.", zh: "整个回报减去价值。" },
        why: { en: "That is `lam = 1`.", zh: "那是 `lam = 1`。" },
      },
      {
        text: { en: "Its one-step error delta.", zh: "它的一步误差 delta。" },
        why: { en: "All later errors are multiplied by 0.", zh: "后面的误差都乘以 0。" },
        right: true,
      },
      {
        text: { en: "0.", zh: "0。" },
        why: {
          en: "Only the later errors vanish, not the token's own.",
          zh: "消失的只是后面的误差，不是它自己的。",
        },
      },
    ],
  },
  {
    question: {
      en: "The critic is wrong. Which λ still compares the tokens of a state without bias?",
      zh: "价值模型是错的。哪个 λ 比较同一状态的各个词元时仍没有偏差？",
    },
    choices: [
      {
        text: { en: "λ = 1", zh: "λ = 1" },
        why: {
          en:
            "λ = 1 does not ask the critic about later states. V(s_t) itself remains, and it is the same for all tokens of the state.",
          zh:
            "λ = 1 不向价值模型询问后面的状态。剩下的只有 V(s_t) 本身，它对该状态的所有词元都相同。",
        },
        right: true,
      },
      {
        text: { en: "λ = 0", zh: "λ = 0" },
        why: {
          en: "It believes the critic after one step: the most bias of all.",
          zh: "它走一步就采用价值模型的估计：偏差最大。",
        },
      },
      {
        text: { en: "None", zh: "没有这样的 λ" },
        why: {
          en: "One does not ask the critic about later states at all.",
          zh: "有一个 λ 根本不问价值模型后面状态的价值。",
        },
      },
    ],
  },
  {
    question: {
      en: "An answer ended with [SEP]. What is V after it?",
      zh: "回答以 [SEP] 结束。它之后的 V 是多少？",
    },
    choices: [
      {
        text: {
          en: "What the critic says at the pad behind it.",
          zh: "价值模型在其后的填充处给出的值。",
        },
        why: {
          en: "A pad is no state of the text; what a critic says there means nothing.",
          zh: "填充不是文本的状态，价值模型在那里的输出没有意义。",
        },
      },
      {
        text: { en: "The last value before it.", zh: "它之前的最后一个价值。" },
        why: {
          en: "That one was asked before [SEP] was written.",
          zh: "那是写下 [SEP] 之前问的。",
        },
      },
      {
        text: { en: "0: nothing can be earned any more.", zh: "0：再也得不到奖励了。" },
        why: { en: "The value is what is still to come.", zh: "价值就是将来还能得到的。" },
        right: true,
      },
    ],
  },
  {
    question: {
      en: "What does a positive delta at a token say?",
      zh: "一个词元的 delta 为正，说明什么？",
    },
    choices: [
      {
        text: {
          en: "This step went better than the critic expected.",
          zh: "这一步比价值模型预期的好。",
        },
        why: {
          en: "Reward plus next value exceeded the value before.",
          zh: "奖励加下一个价值超过了之前的价值。",
        },
        right: true,
      },
      {
        text: { en: "The token was paid.", zh: "这个词元得到了奖励。" },
        why: {
          en: "Without any reward the next value may have risen.",
          zh: "没有奖励时，下一个价值也可能升高。",
        },
      },
      {
        text: { en: "The answer is right.", zh: "回答是对的。" },
        why: { en: "One step can go well in a bad answer.", zh: "坏回答里也会有好的一步。" },
      },
    ],
  },
  {
    question: {
      en: "Why is γ = 1 usual for answers of a language model?",
      zh: "语言模型的回答为什么通常用 γ = 1？",
    },
    choices: [
      {
        text: { en: "It makes training faster.", zh: "训练更快。" },
        why: { en: "The cost of GAE is the same for any γ.", zh: "任何 γ 的计算量都一样。" },
      },
      {
        text: { en: "The critic cannot learn otherwise.", zh: "否则价值模型学不会。" },
        why: { en: "It learns discounted returns as well.", zh: "它也能学会带折扣的回报。" },
      },
      {
        text: {
          en:
            "Answers end soon, and a good score is worth the same after a long question as after a short one.",
          zh: "回答很快结束，而且好分数在长问题之后和短问题之后一样值钱。",
        },
        why: {
          en: "A discount would pay short answers more, for no reason of the task's.",
          zh: "折扣会给短回答更多奖励，而任务并没有这个要求。",
        },
        right: true,
      },
    ],
  },
];
