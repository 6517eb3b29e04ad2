/** Variance of the policy gradient over the baseline, exact, in the small world (chapter 03). */
import { gradientMoments, stateValue, VOCABULARY } from "../control/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

const baselines = Array.from({ length: 31 }, (_, index) => -1 + index * 0.1);

/** Move b, and see the variance change and the mean stay. */
export const baseline = defineSlider({
  title: { en: "A baseline changes the noise, not the direction", zh: "基线改变噪声，不改变方向" },
  controls: {
    baseline: {
      kind: "range",
      label: { en: "baseline b", zh: "基线 b" },
      min: -1,
      max: 2,
      step: 0.1,
      value: 0,
    },
  },
  draw: ({ baseline }) => {
    const here = gradientMoments(baseline);
    const points = (of: (b: number) => number) => baselines.map((b) => [b, of(b)] as const);
    return {
      panels: [
        {
          x: { title: { en: "baseline b", zh: "基线 b" }, range: [-1, 2] },
          y: { title: { en: "variance of the gradient", zh: "梯度的方差" }, range: [0, 3] },
          curves: [
            {
              name: { en: "variance", zh: "方差" },
              points: points((b) => gradientMoments(b).variance),
            },
            {
              name: { en: "V of the start", zh: "起点的 V" },
              points: [[stateValue([]), gradientMoments(stateValue([])).variance]],
              as: "dots",
            },
            {
              name: { en: "this b", zh: "这个 b" },
              points: [[baseline, here.variance]],
              as: "dots",
            },
          ],
        },
        {
          x: {
            title: { en: "first token", zh: "第一个词元" },
            range: [-0.5, 3.5],
            names: VOCABULARY,
          },
          y: {
            title: { en: "mean gradient of its logit", zh: "其 logit 的平均梯度" },
            range: [-0.3, 0.4],
          },
          curves: [{
            name: { en: "mean", zh: "均值" },
            points: here.mean.map((value, token) => [token, value]),
            as: "stems",
          }],
        },
      ],
      readout: {
        en: `Variance ${here.variance.toFixed(3)}; mean ${
          here.mean.map((value) => value.toFixed(3)).join(", ")
        }.`,
        zh: `方差 ${here.variance.toFixed(3)}；均值 ${
          here.mean.map((value) => value.toFixed(3)).join("，")
        }。`,
      },
    };
  },
});
