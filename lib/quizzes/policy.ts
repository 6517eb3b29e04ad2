/** Chapter 01. */
import type { QuizQuestion } from "../widgets/mod.ts";

/** What a reader should know of policies, sampling and REINFORCE. */
export const policy: readonly QuizQuestion[] = [
  {
    question: {
      en: "A model has written half a question. What is the state, what is the action?",
      zh: "模型已经写了半个问题。状态是什么，动作是什么？",
    },
    choices: [
      {
        text: {
          en: "State: the passage. Action: the whole question.",
          zh: "状态：短文。动作：整个问题。",
        },
        why: {
          en: "The model decides token by token, and reads what it has written so far each time.",
          zh: "模型逐个词元地做决定，每次都会读自己已经写下的内容。",
        },
      },
      {
        text: {
          en: "State: passage and question so far. Action: the next token.",
          zh: "状态：短文加上已写的部分。动作：下一个词元。",
        },
        why: {
          en: "The action appended to the state is the next state.",
          zh: "把动作接在状态后面，就是下一个状态。",
        },
        right: true,
      },
      {
        text: {
          en: "State: the parameters. Action: a step of Adam.",
          zh: "状态：参数。动作：Adam 的一步。",
        },
        why: {
          en:
            "That is learning: it changes the policy; a state is something the policy is asked about.",
          zh: "那是学习：它改变策略；状态是拿来问策略的东西。",
        },
      },
    ],
  },
  {
    question: {
      en: "10 is added to every logit of a state. What happens?",
      zh: "给某状态的每个 logit 都加 10，会怎样？",
    },
    choices: [
      {
        text: { en: "Nothing.", zh: "什么都不变。" },
        why: {
          en:
            "e^10 stands above and below the fraction of softmax and cancels: only differences count.",
          zh: "softmax 的分子分母同乘 e^10，约掉了：只有差值起作用。",
        },
        right: true,
      },
      {
        text: { en: "All tokens become likelier.", zh: "所有词元都更可能。" },
        why: { en: "They cannot: the probabilities add up to 1.", zh: "不可能：概率之和是 1。" },
      },
      {
        text: { en: "The likeliest token gains most.", zh: "最可能的词元增加最多。" },
        why: {
          en:
            "That is what multiplying all logits by a number above 1 would do: a low temperature.",
          zh: "那是把所有 logit 乘以大于 1 的数的效果，也就是低温度。",
        },
      },
    ],
  },
  {
    question: {
      en: "The temperature goes towards 0. What becomes of the stochastic policy?",
      zh: "温度趋近 0，随机性策略会变成什么？",
    },
    choices: [
      {
        text: { en: "All tokens become equally likely.", zh: "所有词元变得同样可能。" },
        why: { en: "That happens at a very high temperature.", zh: "那是温度很高时的情形。" },
      },
      {
        text: { en: "It becomes the greedy, deterministic one.", zh: "变成贪心的确定性策略。" },
        why: {
          en:
            "The differences of the logits grow without bound, so the largest takes everything; the entropy goes to 0.",
          zh: "logit 的差值无限放大，最大的拿走一切；熵趋于 0。",
        },
        right: true,
      },
      {
        text: { en: "It draws from the top-k tokens.", zh: "从 top-k 个词元里抽取。" },
        why: {
          en: "A temperature cuts nothing off; it only changes how much each token gets.",
          zh: "温度不截去任何词元，只改变各自分到多少。",
        },
      },
    ],
  },
  {
    question: {
      en:
        "Answers are sampled with a repetition penalty; their log-probabilities are computed without it. What is wrong with the ratio?",
      zh: "采样时有重复惩罚，算对数概率时没有。比率有什么问题？",
    },
    choices: [
      {
        text: { en: "Nothing, the model is the same.", zh: "没问题，模型是同一个。" },
        why: {
          en: "The policy is the model and the way it is sampled; these are two policies.",
          zh: "策略是模型加上采样方式；这是两个不同的策略。",
        },
      },
      {
        text: {
          en:
            "It is not 1 even before any update: it compares two policies, one of which nobody sampled from.",
          zh: "还没更新，它就不是 1：它比较的是两个策略，其中一个根本没人从中采样。",
        },
        why: {
          en: "Whatever PPO computes from it later then measures the settings, not the learning.",
          zh: "PPO 之后由它算出的一切，量到的都是设置，而不是学习。",
        },
        right: true,
      },
      {
        text: { en: "It is always above 1.", zh: "它总是大于 1。" },
        why: {
          en:
            "For tokens that were not penalised and so became likelier it is below 1: their probability was raised to sample them.",
          zh: "没有受惩罚、概率反而升高的词元，比率小于 1：采样时它们的概率被抬高了。",
        },
      },
    ],
  },
  {
    question: {
      en:
        "A sampled answer gets the reward 0. What does REINFORCE without a baseline learn from it?",
      zh: "一个采样的回答得到奖励 0。没有基线的 REINFORCE 从中学到什么？",
    },
    choices: [
      {
        text: { en: "Its tokens become less likely.", zh: "它的词元变得更不可能。" },
        why: {
          en:
            "That would need a negative weight; it gets one when a baseline is subtracted (chapter 03).",
          zh: "那需要负的权重；减去基线之后（第 03 章）才会有。",
        },
      },
      {
        text: { en: "Nothing: its gradient is 0.", zh: "什么也学不到：梯度是 0。" },
        why: {
          en: "0 times any gradient is 0. Such tokens lose only when others gain.",
          zh: "0 乘任何梯度都是 0。这些词元只有在别的词元增加时才会减少。",
        },
        right: true,
      },
      {
        text: { en: "That the question was too long.", zh: "问题太长了。" },
        why: {
          en: "The reward is one number; it does not say why.",
          zh: "奖励只是一个数，不包含原因。",
        },
      },
    ],
  },
  {
    question: {
      en:
        "Why can REINFORCE not find a better answer if the policy always takes the likeliest token?",
      zh: "如果策略总取最可能的词元，为什么 REINFORCE 找不到更好的回答？",
    },
    choices: [
      {
        text: {
          en: "It never tries the other tokens, so nobody learns what they would have earned.",
          zh: "它从不尝试别的词元，于是没人知道它们本可以得到什么。",
        },
        why: {
          en: "A better answer that is never written is never paid.",
          zh: "从没写出来的更好回答，永远得不到奖励。",
        },
        right: true,
      },
      {
        text: { en: "Its answers are too good.", zh: "它的回答太好了。" },
        why: {
          en: "The likeliest answer need not be the best paid one.",
          zh: "最可能的回答不一定是奖励最高的。",
        },
      },
      {
        text: { en: "softmax has no gradient there.", zh: "softmax 在那里没有梯度。" },
        why: {
          en: "softmax has one everywhere; what is missing is other answers.",
          zh: "softmax 处处有梯度；缺的是别的回答。",
        },
      },
    ],
  },
];
