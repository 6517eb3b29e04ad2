/** Chapter 02. */
import type { QuizQuestion } from "../widgets/mod.ts";

/** What a reader should know of values and of the reward model. */
export const value: readonly QuizQuestion[] = [
  {
    question: {
      en: "Explained variance is 0. What has the critic learnt?",
      zh: "解释方差是 0。价值模型学到了什么？",
    },
    choices: [
      {
        text: { en: "All its values are 0.", zh: "它给出的价值全是 0。" },
        why: {
          en: "They may be, but any other constant gives 0 as well.",
          zh: "有可能，但任何别的常数也会得到 0。",
        },
      },
      {
        text: {
          en: "As a guess of the returns it is no better than a constant.",
          zh: "作为对回报的猜测，它不比一个常数好。",
        },
        why: {
          en:
            "G - V varies exactly as much as G does. (It may still have the right order: “twice as much”.)",
          zh: "G - V 的波动和 G 一样大。（顺序仍可能是对的，如“twice as much”。）",
        },
        right: true,
      },
      {
        text: { en: "It is as often too high as too low.", zh: "它偏高和偏低的次数一样多。" },
        why: {
          en: "The mean error does not enter: Var subtracts it.",
          zh: "误差的均值不起作用：Var 会减去它。",
        },
      },
    ],
  },
  {
    question: {
      en: "`V_old = 0`, `G = 1`, `eps = 0.2`. At which new value has the clipped loss no gradient?",
      zh: "`V_old = 0`，`G = 1`，`eps = 0.2`。新价值为多少时，裁剪损失没有梯度？",
    },
    choices: [
      {
        text: { en: "V = 0.5", zh: "V = 0.5" },
        why: {
          en: "It has moved more than eps towards G: for this update that is enough.",
          zh: "它朝 G 移动的距离已超过 eps：这次更新到此为止。",
        },
        right: true,
      },
      {
        text: { en: "V = -0.5", zh: "V = -0.5" },
        why: {
          en: "That moved the wrong way: the gradient stays and pulls it back.",
          zh: "那是走错了方向：梯度仍在，会把它拉回来。",
        },
      },
      {
        text: { en: "V = 0.1", zh: "V = 0.1" },
        why: {
          en: "Inside the range the clip changes nothing.",
          zh: "在范围之内，裁剪什么都不改变。",
        },
      },
    ],
  },
  {
    question: {
      en: "Critic and reward model are the same kind of network. What is the difference?",
      zh: "价值模型与奖励模型是同一种网络。区别在哪里？",
    },
    choices: [
      {
        text: { en: "The critic is larger.", zh: "价值模型更大。" },
        why: {
          en: "It even starts from the reward model's body.",
          zh: "它甚至就是从奖励模型的主体开始的。",
        },
      },
      {
        text: {
          en: "The critic knows the right answer.",
          zh: "价值模型知道正确答案。",
        },
        why: {
          en: "Nobody tells it: it sees the same text as the policy.",
          zh: "没有人告诉它：它看到的文本和策略一样。",
        },
      },
      {
        text: {
          en:
            "The critic foresees at every token what the finished answer will earn; the reward model judges it at its end.",
          zh: "价值模型在每个词元处预见写完的回答能得多少；奖励模型在结尾处评判它。",
        },
        why: {
          en: "And the critic goes on learning while the reward model stays as it is.",
          zh: "而且价值模型一直在学，奖励模型保持不变。",
        },
        right: true,
      },
    ],
  },
  {
    question: {
      en: "One answer scores 3, another 1. What does the reward model say?",
      zh: "一个回答得 3 分，另一个得 1 分。奖励模型的输出是什么意思？",
    },
    choices: [
      {
        text: { en: "The first is three times as good.", zh: "第一个好三倍。" },
        why: {
          en: "Its zero means nothing, so ratios do not either.",
          zh: "它的零点没有意义，所以倍数也没有意义。",
        },
      },
      {
        text: {
          en: "The first is better with probability sigmoid(2).",
          zh: "第一个更好的概率是 sigmoid(2)。",
        },
        why: {
          en:
            "Only the difference was trained; whether that probability is right, calibration tells.",
          zh: "训练的只是差值；这个概率对不对，要看校准。",
        },
        right: true,
      },
      {
        text: { en: "The first is right, the second wrong.", zh: "第一个是对的，第二个是错的。" },
        why: {
          en: "It ranks; it was never shown right and wrong.",
          zh: "它只会排序，从没学过对与错。",
        },
      },
    ],
  },
  {
    question: {
      en: "Longer answers have higher scores in some data. Is the reward model biased by length?",
      zh: "在某些数据里，长的回答得分更高。奖励模型有长度偏差吗？",
    },
    choices: [
      {
        text: { en: "Yes, a correlation proves it.", zh: "有，相关性就是证明。" },
        why: {
          en: "The short ones may have been cut off, and bad for that.",
          zh: "短的也许是没写完的，因此才差。",
        },
      },
      {
        text: { en: "No, good answers are longer by nature.", zh: "没有，好回答本来就长。" },
        why: { en: "That is a guess as well.", zh: "这同样是猜测。" },
      },
      {
        text: {
          en:
            "One has to lengthen the same question, change as little else as possible, and score again.",
          zh: "把同一个问题写长，其余尽量不变，再打一次分。",
        },
        why: {
          en: "Then little else can explain the difference.",
          zh: "这样差别就几乎没有别的解释。",
        },
        right: true,
      },
    ],
  },
  {
    question: {
      en: "Raw scores of good answers are about 7, and scores are clipped at 5. What happens?",
      zh: "好回答的原始分数约为 7，而分数裁剪到 5。会怎样？",
    },
    choices: [
      {
        text: {
          en: "All good answers are paid the same, so nothing is learnt among them.",
          zh: "所有好回答得到的一样多，它们之间就没有什么可学的。",
        },
        why: {
          en: "Subtract the mean and divide by the deviation first, then clip.",
          zh: "先减去均值、除以标准差，再裁剪。",
        },
        right: true,
      },
      {
        text: { en: "Training becomes safer.", zh: "训练更安全。" },
        why: {
          en: "Safe from one odd score, but blind to the difference between good and better.",
          zh: "不怕个别反常的分数，却分不清好与更好。",
        },
      },
      {
        text: { en: "Nothing: the order stays.", zh: "没什么：顺序不变。" },
        why: { en: "Above 5 there is no order left.", zh: "5 分以上就没有顺序了。" },
      },
    ],
  },
];
