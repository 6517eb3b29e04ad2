/** Chapter 06. */
import type { QuizQuestion } from "../widgets/mod.ts";

/** What a reader should know of the whole run. */
export const ppo: readonly QuizQuestion[] = [
  {
    question: {
      en: "Before the first update, what is the KL between actor and reference?",
      zh: "第一次更新之前，策略与参考模型之间的 KL 是多少？",
    },
    choices: [
      {
        text: { en: "About one nat a token.", zh: "每个词元约一纳特。" },
        why: {
          en: "They are the same model then; nothing has moved.",
          zh: "此时它们是同一个模型，什么都没有移动。",
        },
      },
      {
        text: { en: "0: the actor is the reference.", zh: "0：策略就是参考模型。" },
        why: {
          en: "Both are the SFT model. Any other number is a bug, and this check is cheap.",
          zh: "两者都是 SFT 模型。出现别的数就说明有错，而这个检查几乎不费力气。",
        },
        right: true,
      },
      {
        text: { en: "`kl_coef`.", zh: "`kl_coef`。" },
        why: {
          en: "That is the price of a nat, not how many there are.",
          zh: "那是每纳特扣多少奖励，不是有多少纳特。",
        },
      },
    ],
  },
  {
    question: {
      en: "The mean reward rises and the gold judge's share falls. What happened?",
      zh: "平均奖励上升，而标准裁判的正确率下降。发生了什么？",
    },
    choices: [
      {
        text: {
          en: "Reward hacking: the actor found what the reward model likes and people do not.",
          zh: "奖励作弊：策略找到了奖励模型喜欢、人却不喜欢的东西。",
        },
        why: {
          en:
            "The reward model is a learned proxy; pressed hard enough, every proxy parts from what it stands for.",
          zh: "奖励模型是学出来的替身；压得足够狠，任何替身都会偏离它所代表的东西。",
        },
        right: true,
      },
      {
        text: { en: "The critic is too small.", zh: "价值模型太小。" },
        why: {
          en: "A poor critic makes learning noisy, it does not turn it.",
          zh: "差的价值模型会让学习更嘈杂，但不会让方向颠倒。",
        },
      },
      {
        text: { en: "The learning rate is too low.", zh: "学习率太低。" },
        why: { en: "Then both would stay where they were.", zh: "那样两者都会停在原处。" },
      },
    ],
  },
  {
    question: {
      en: "Which of the four models learn during PPO?",
      zh: "PPO 期间，四个模型中哪些在学习？",
    },
    choices: [
      {
        text: { en: "All four.", zh: "全部四个。" },
        why: {
          en:
            "A reference that moves measures nothing, and a reward model that moves cannot be compared with itself.",
          zh: "会移动的参考模型什么也量不出，会移动的奖励模型无法与自己比较。",
        },
      },
      {
        text: { en: "Only the actor.", zh: "只有策略。" },
        why: {
          en: "The critic must follow the actor: returns change when answers do.",
          zh: "价值模型要跟上策略：回答变了，回报也就变了。",
        },
      },
      {
        text: { en: "Actor and critic.", zh: "策略模型和价值模型。" },
        why: {
          en: "The other two are frozen and can share one copy of their weights.",
          zh: "另外两个是冻结的，权重只需要一份。",
        },
        right: true,
      },
    ],
  },
  {
    question: {
      en: "Why is the pool of answers thrown away after an update?",
      zh: "为什么一次更新之后要丢弃积累的回答？",
    },
    choices: [
      {
        text: { en: "It would fill the memory.", zh: "会占满内存。" },
        why: { en: "A pool of tokens is small beside a model.", zh: "与模型相比，一池词元很小。" },
      },
      {
        text: {
          en: "The ratio would have to reach too far: they were written by a policy that is gone.",
          zh: "比率要跨得太远：它们出自一个已经不存在的策略。",
        },
        why: {
          en: "The clipped loss trusts old answers only near the policy that wrote them.",
          zh: "裁剪损失只在写下回答的策略附近才信任旧回答。",
        },
        right: true,
      },
      {
        text: { en: "The reward model has forgotten them.", zh: "奖励模型已经忘了它们。" },
        why: {
          en: "It is frozen and keeps no memory of answers.",
          zh: "它是冻结的，也不记得任何回答。",
        },
      },
      {
        text: { en: "They must not be asked twice.", zh: "不能对它们问两次。" },
        why: {
          en: "Within an update they are gone through `ppo_epoch` times.",
          zh: "在一次更新里，它们会被学习 `ppo_epoch` 遍。",
        },
      },
    ],
  },
  {
    question: { en: "What does a larger `kl_coef` do?", zh: "更大的 `kl_coef` 会怎样？" },
    choices: [
      {
        text: { en: "It makes training faster.", zh: "让训练更快。" },
        why: {
          en: "It holds the actor back, so the reward rises less.",
          zh: "它拉住策略，奖励因此升得更少。",
        },
      },
      {
        text: { en: "It keeps the actor nearer to the reference.", zh: "让策略离参考模型更近。" },
        why: {
          en: "Every nat of divergence costs more, so fewer are worth their price.",
          zh: "每偏离一纳特扣得更多，值得的偏离就更少。",
        },
        right: true,
      },
      {
        text: { en: "It widens the clip range.", zh: "放宽裁剪范围。" },
        why: {
          en: "That is `policy_clip_eps`, which holds back one update, not the whole way.",
          zh: "那是 `policy_clip_eps`，它约束的是一次更新，而不是总共走多远。",
        },
      },
    ],
  },
];
