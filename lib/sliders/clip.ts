/**
 * The clipped objective of one token and its gradient over the ratio, by the library's own
 * `policyLoss` and `grad` (chapter 05).
 */
import { grad } from "../autodiff/mod.ts";
import { policyLoss } from "../rl/mod.ts";
import { evaluate, input } from "../tensor/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

/** One token's share of the objective, and what it does to the token's log-probability. */
export interface ClippedToken {
  /** min(ratio A, clamp(ratio, 1 - eps, 1 + eps) A), in units of advantage. */
  readonly objective: number;
  /** Its derivative by log pi(a): ratio A, or 0 where the clip acts. */
  readonly gradient: number;
}

/** A function that gives objective and gradient of one token at a ratio, for one clip range. */
export function clippedToken(
  clipRange: number,
): (ratio: number, advantage: number) => ClippedToken {
  const axes = { time: 1 };
  const logProbs = input("logProbs", axes);
  const { loss } = policyLoss({
    logProbs,
    oldLogProbs: input("oldLogProbs", axes),
    advantages: input("advantages", axes),
    mask: input("mask", axes),
  }, { clipRange });
  const results = [loss, ...grad(loss, [logProbs])];
  const row = (value: number) => ({ dims: [1], data: new Float64Array([value]) });
  return (ratio, advantage) => {
    const feeds = {
      logProbs: row(Math.log(ratio)),
      oldLogProbs: row(0),
      advantages: row(advantage),
      mask: row(1),
    };
    const [value, slope] = evaluate(results, feeds);
    return { objective: 0 - value.data[0], gradient: 0 - slope.data[0] }; // a loss is made smaller, an objective larger
  };
}

const ratios = Array.from({ length: 61 }, (_, index) => 0.4 + index * 0.02);

/**
 * The ratios with a gap at the edge where the gradient falls to 0: 1 + eps for a good token, 1 -
 * eps for a bad one.
 */
function brokenAtEdge(clipRange: number, advantage: number): number[] {
  const edge = 1 + Math.sign(advantage) * clipRange;
  const beside = 1e-4; // less than a pixel
  return [
    ...ratios.filter((ratio) => ratio < edge - beside),
    ...[edge - beside, NaN, edge + beside],
    ...ratios.filter((ratio) => ratio > edge + beside),
  ];
}

/** Move ε, the advantage's sign and the ratio, and see where moving further earns nothing. */
export const clip = defineSlider({
  title: {
    en: "The clipped objective of one token, and its gradient",
    zh: "一个词元的裁剪目标及其梯度",
  },
  controls: {
    clipRange: {
      kind: "range",
      label: { en: "clip range ε", zh: "裁剪范围 ε" },
      min: 0,
      max: 0.5,
      step: 0.05,
      value: 0.2,
    },
    ratio: {
      kind: "range",
      label: { en: "ratio", zh: "比率" },
      min: 0.4,
      max: 1.6,
      step: 0.02,
      value: 1.1,
    },
    advantage: {
      kind: "choice",
      label: { en: "advantage A", zh: "优势 A" },
      options: [{ name: "A = +1", value: 1 }, { name: "A = -1", value: -1 }],
      value: 1,
    },
  },
  draw: ({ clipRange, ratio, advantage }) => {
    const token = clippedToken(clipRange);
    const at = token(ratio, advantage);
    const x = {
      title: { en: "ratio π / π_old", zh: "比率 π / π_old" },
      range: [0.4, 1.6] as const,
    };
    return {
      panels: [
        {
          x,
          y: {
            title: { en: "objective (units of advantage)", zh: "目标（与优势同单位）" },
            range: [-1.7, 1.7],
          },
          curves: [
            {
              name: { en: "clipped", zh: "裁剪" },
              points: ratios.map((x) => [x, token(x, advantage).objective]),
            },
            {
              name: { en: "not clipped", zh: "不裁剪" },
              points: ratios.map((ratio) => [ratio, advantage * ratio]),
              as: "dashed",
            },
            {
              name: { en: "this token", zh: "这个词元" },
              points: [[ratio, at.objective]],
              as: "dots",
            },
          ],
        },
        {
          x,
          y: { title: { en: "gradient by log π", zh: "对 log π 的梯度" }, range: [-1.7, 1.7] },
          curves: [
            {
              name: { en: "gradient", zh: "梯度" },
              points: brokenAtEdge(clipRange, advantage).map((
                x,
              ) => [x, token(x, advantage).gradient]),
            },
            {
              name: { en: "this token", zh: "这个词元" },
              points: [[ratio, at.gradient]],
              as: "dots",
            },
          ],
        },
      ],
      readout: {
        en: `Objective ${at.objective.toFixed(2)}, gradient ${at.gradient.toFixed(2)}.`,
        zh: `目标 ${at.objective.toFixed(2)}，梯度 ${at.gradient.toFixed(2)}。`,
      },
    };
  },
});
