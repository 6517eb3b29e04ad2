/**
 * The optimal policy under a KL penalty, for each coefficient, by the library's own `tilted` and
 * `klExact` (chapter 05).
 */
import { klExact, tilted } from "../rl/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

const labels = ["在哪里", "多大", "叫什么", "是谁", "为什么"];
const reference = [0.4, 0.3, 0.15, 0.1, 0.05];
const rewards = [0, 0.5, -1, 1, 2];

const logs = (row: readonly number[]) => row.map(Math.log);

/** Move β, and see the policy go from all reward to all reference. */
export const klPrice = defineSlider({
  title: { en: "What the KL penalty does", zh: "KL 惩罚的作用" },
  controls: {
    beta: { kind: "range", label: "β · kl_coef", min: 0.1, max: 3, step: 0.1, value: 1 },
  },
  draw: ({ beta }) => {
    const policy = tilted(reference, rewards, beta);
    const reward = policy.reduce((sum, probability, a) => sum + probability * rewards[a], 0);
    const kl = klExact(logs(policy), logs(reference));
    return {
      panels: [
        {
          labels,
          x: { title: { en: "probability", zh: "概率" }, range: [0, 1] },
          series: [{ name: { en: "best policy", zh: "最优策略" }, values: policy }, {
            name: { en: "reference", zh: "参考模型" },
            values: reference,
          }],
        },
        {
          labels,
          x: { title: { en: "reward", zh: "奖励" }, range: [-1.2, 2.2] },
          series: [{ name: { en: "reward", zh: "奖励" }, values: rewards }],
        },
      ],
      readout: {
        en: `Expected reward ${reward.toFixed(2)}, KL ${kl.toFixed(2)} nats.`,
        zh: `期望奖励 ${reward.toFixed(2)}，KL ${kl.toFixed(2)} 纳特。`,
      },
    };
  },
});
