/** Advantages of a short row as lambda and gamma move, by the library's own `gae` (chapter 04). */
import { gae, tdErrors } from "../rl/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

/** An answer of eight tokens: paid at the end, and a critic that changes its mind twice. */
const rewards = [0, 0, 0, 0, 0, 0, 0, 1];
const values = [0.2, 0.3, 0.3, 0.8, 0.7, 0.2, 0.3, 0.6];

/** Move λ and γ, and see how far back each surprise reaches. */
export const gaeLambda = defineSlider({
  title: { en: "How far a surprise reaches back", zh: "一次 TD 误差能往回影响多远" },
  controls: {
    lambda: { kind: "range", label: "λ · lam", min: 0, max: 1, step: 0.05, value: 0.95 },
    gamma: { kind: "range", label: "γ · gamma", min: 0.5, max: 1, step: 0.05, value: 1 },
  },
  draw: ({ lambda, gamma }) => {
    const { advantages } = gae({ rewards, values, gamma, lambda });
    const over = (row: readonly number[]) => row.map((value, t) => [t, value] as const);
    return {
      panels: [
        {
          x: { title: { en: "token t", zh: "词元 t" }, range: [-0.5, 7.5] },
          y: { title: { en: "units of reward", zh: "与奖励同单位" }, range: [-0.8, 1.2] },
          curves: [
            { name: { en: "advantage", zh: "优势" }, points: over(advantages), as: "stems" },
            { name: { en: "value V", zh: "价值 V" }, points: over(values), as: "dashed" },
            {
              name: { en: "delta", zh: "δ" },
              points: over(tdErrors({ rewards, values, gamma })),
              as: "dots",
            },
          ],
        },
        {
          x: { title: { en: "steps ahead k", zh: "往后的步数 k" }, range: [-0.5, 7.5] },
          y: {
            title: { en: "weight of a delta, (γλ)^k", zh: "δ 的权重，(γλ)^k" },
            range: [0, 1.1],
          },
          curves: [{
            name: { en: "weight", zh: "权重" },
            points: values.map((_, k) => [k, (gamma * lambda) ** k]),
            as: "stems",
          }],
        },
      ],
      readout: {
        en: `Advantages: ${advantages.map((value) => value.toFixed(2)).join(", ")}.`,
        zh: `优势：${advantages.map((value) => value.toFixed(2)).join("，")}。`,
      },
    };
  },
});
