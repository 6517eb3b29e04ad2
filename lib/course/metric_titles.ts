/** Names and units of metrics, as titles of panels. */
import { columnName, say, type Text } from "../text/mod.ts";

const TITLES: ReadonlyMap<string, Text> = new Map(Object.entries({
  mean_reward: { en: "mean reward (raw score)", zh: "平均奖励（原始分数）" },
  score: { en: "clipped score (the reward)", zh: "裁剪后的分数（即奖励）" },
  kl: { en: "KL to the reference (nats per answer)", zh: "与参考模型的 KL（纳特/回答）" },
  gold: { en: "gold: right questions (%)", zh: "标准裁判：正确的问题（%）" },
  clip_fraction: { en: "clip fraction", zh: "裁剪比例" },
  entropy: { en: "entropy (nats a token)", zh: "熵（纳特/词元）" },
  response_length: { en: "answer length (tokens)", zh: "回答长度（词元）" },
  explained_variance: { en: "explained variance", zh: "解释方差" },
}));

/** The title of a metric's panel; another column has its own name. */
export const metricTitle = (column: string): string => {
  const title = TITLES.get(column);
  return title === undefined ? columnName(column) : say(title);
};
