/** The clipped objective of one token over its ratio, by the library's own `policyLoss` (chapter 05). */
import { policyLoss } from "../rl/mod.ts";
import { evaluate, input } from "../tensor/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

const ratios = Array.from({ length: 121 }, (_, index) => 0.4 + index * 0.01);
const axes = { time: 1 };

/** What one token adds to the objective (minus the loss) at this ratio. */
function objective(ratio: number, advantage: number, clipRange: number): number {
  const { loss } = policyLoss({
    logProbs: input("logProbs", axes),
    oldLogProbs: input("oldLogProbs", axes),
    advantages: input("advantages", axes),
    mask: input("mask", axes),
  }, { clipRange });
  const row = (value: number) => ({ dims: [1], data: new Float64Array([value]) });
  const [{ data }] = evaluate([loss], {
    logProbs: row(Math.log(ratio)),
    oldLogProbs: row(0),
    advantages: row(advantage),
    mask: row(1),
  });
  return -data[0];
}

/** Move ε and the advantage's sign, and see where moving further earns nothing. */
export const clip = defineSlider({
  title: { en: "The clipped objective of one token", zh: "一个词元的裁剪目标" },
  controls: {
    clipRange: {
      kind: "range",
      label: "clip range ε · 裁剪范围 ε",
      min: 0,
      max: 0.5,
      step: 0.05,
      value: 0.2,
    },
    advantage: {
      kind: "choice",
      label: "advantage A · 优势 A",
      options: [{ name: "A = +1", value: 1 }, { name: "A = -1", value: -1 }],
      value: 1,
    },
  },
  draw: ({ clipRange, advantage }) => {
    const flat = advantage > 0
      ? `above ${(1 + clipRange).toFixed(2)}`
      : `below ${(1 - clipRange).toFixed(2)}`;
    const flatZh = advantage > 0
      ? `大于 ${(1 + clipRange).toFixed(2)}`
      : `小于 ${(1 - clipRange).toFixed(2)}`;
    return {
      panels: [{
        x: { title: "ratio π / π_old", range: [0.4, 1.6] },
        y: { title: "objective (units of advantage)", range: [-1.7, 1.7] },
        curves: [
          { name: "clipped", points: ratios.map((ratio) => [ratio, objective(ratio, advantage, clipRange)]) },
          { name: "not clipped", points: ratios.map((ratio) => [ratio, advantage * ratio]), as: "dashed" },
        ],
      }],
      readout: {
        en: `No gradient where the ratio is ${flat}.`,
        zh: `比率${flatZh}时没有梯度。`,
      },
    };
  },
});
