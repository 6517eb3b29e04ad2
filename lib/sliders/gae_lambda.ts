/** Advantages of a short row as lambda and gamma move, by the library's own `gae` (chapter 04). */
import { gae, tdErrors } from "../rl/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

/** An answer of eight tokens: paid at the end, and a critic that changes its mind twice. */
const rewards = [0, 0, 0, 0, 0, 0, 0, 1];
const values = [0.2, 0.3, 0.3, 0.8, 0.7, 0.2, 0.3, 0.6];

/** Move λ and γ, and see how far back each surprise reaches. */
export const gaeLambda = defineSlider({
  title: { en: "How far a surprise reaches back", zh: "一次意外能往回影响多远" },
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
          x: { title: "token t", range: [-0.5, 7.5] },
          y: { title: "units of reward", range: [-0.8, 1.2] },
          curves: [
            { name: "advantage", points: over(advantages), as: "stems" },
            { name: "value V", points: over(values), as: "dashed" },
            { name: "delta", points: over(tdErrors({ rewards, values, gamma })), as: "dots" },
          ],
        },
        {
          x: { title: "steps ahead k", range: [-0.5, 7.5] },
          y: { title: "weight of a delta, (γλ)^k", range: [0, 1.1] },
          curves: [{
            name: "weight",
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
