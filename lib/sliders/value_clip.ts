/**
 * The clipped value loss of one token and its gradient over the new value, by the library's own
 * `valueLoss` and `grad` (chapter 02).
 */
import { grad } from "../autodiff/mod.ts";
import { valueLoss } from "../rl/mod.ts";
import { evaluate, input } from "../tensor/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

/** One token's value loss. */
export interface ClippedValue {
  /** 0.5 max((V - G)^2, (V_clip - G)^2), in squared units of score. */
  readonly loss: number;
  /** Its derivative by V; 0 where the clip acts. */
  readonly gradient: number;
}

/** Three numbers of a token, all in units of score. */
export interface TokenValues {
  /** V, which is being trained. */
  readonly value: number;
  /** V_old, at the time of the rollout. */
  readonly oldValue: number;
  /** G, the return. */
  readonly target: number;
}

/**
 * A function that gives loss and gradient of one token, for one clip range (`Infinity`: no clip).
 */
export function clippedValue(clipRange: number): (token: TokenValues) => ClippedValue {
  const axes = { time: 1 };
  const values = input("values", axes);
  const { loss } = valueLoss({
    values,
    oldValues: input("oldValues", axes),
    returns: input("returns", axes),
    mask: input("mask", axes),
  }, { clipRange });
  const results = [loss, ...grad(loss, [values])];
  const row = (value: number) => ({ dims: [1], data: new Float64Array([value]) });
  return ({ value, oldValue, target }) => {
    const feeds = {
      values: row(value),
      oldValues: row(oldValue),
      returns: row(target),
      mask: row(1),
    };
    const [found, slope] = evaluate(results, feeds);
    return { loss: found.data[0], gradient: slope.data[0] };
  };
}

const newValues = Array.from({ length: 121 }, (_, index) => -1.5 + index * 0.025);

/**
 * The new values with a gap at both ends of the stretch where the gradient is 0: the edge of the
 * range on the target's side, and the place beyond the target that is as far from it. No gap when
 * the target lies within the range.
 */
function brokenAtJumps(
  { oldValue, target, clipRange }: Omit<TokenValues, "value"> & { readonly clipRange: number },
): number[] {
  const beside = 1e-4; // less than a pixel
  if (Math.abs(target - oldValue) <= clipRange + beside) return newValues;
  const edge = oldValue + Math.sign(target - oldValue) * clipRange;
  const jumps = [edge, 2 * target - edge].filter((jump) => Math.abs(jump) < 1.5).sort((a, b) =>
    a - b
  );
  const rest = newValues.filter((value) => jumps.every((jump) => Math.abs(value - jump) > beside));
  const bounds = [-Infinity, ...jumps, Infinity];
  return bounds.slice(1).flatMap((jump, index) => [
    ...rest.filter((value) => value > bounds[index] && value < jump),
    ...(Number.isFinite(jump) ? [jump - beside, NaN, jump + beside] : []),
  ]);
}

/** Move V, V_old, G and ε, and see where the critic may still learn. */
export const valueClip = defineSlider({
  title: {
    en: "The clipped value loss of one token, and its gradient",
    zh: "一个词元的裁剪价值损失及其梯度",
  },
  controls: {
    value: {
      kind: "range",
      label: { en: "new value V", zh: "新价值 V" },
      min: -1.5,
      max: 1.5,
      step: 0.05,
      value: 0.5,
    },
    oldValue: {
      kind: "range",
      label: { en: "old value V_old", zh: "旧价值 V_old" },
      min: -1.5,
      max: 1.5,
      step: 0.05,
      value: 0,
    },
    target: {
      kind: "range",
      label: { en: "return G", zh: "回报 G" },
      min: -1.5,
      max: 1.5,
      step: 0.05,
      value: 0.8,
    },
    clipRange: {
      kind: "range",
      label: { en: "clip range ε", zh: "裁剪范围 ε" },
      min: 0,
      max: 1,
      step: 0.05,
      value: 0.2,
    },
  },
  draw: ({ value, oldValue, target, clipRange }) => {
    const [clipped, plain] = [clippedValue(clipRange), clippedValue(Infinity)];
    const here = clipped({ value, oldValue, target });
    const over = (
      of: typeof clipped,
      part: keyof ClippedValue,
      values: readonly number[] = newValues,
    ) => values.map((value) => [value, of({ value, oldValue, target })[part]] as const);
    const gradients = over(clipped, "gradient", brokenAtJumps({ oldValue, target, clipRange }));
    const lossBefore = clipped({ value: oldValue, oldValue, target }).loss;
    const x = {
      title: { en: "new value V (units of score)", zh: "新价值 V（与分数同单位）" },
      range: [-1.5, 1.5] as const,
    };
    const stopped = here.gradient === 0 && value !== target;
    const [loss, slope] = [here.loss.toFixed(3), here.gradient.toFixed(2)];
    return {
      panels: [
        {
          x,
          y: { title: { en: "loss (squared score)", zh: "损失（分数的平方）" }, range: [0, 4.6] },
          curves: [
            { name: { en: "clipped", zh: "裁剪" }, points: over(clipped, "loss") },
            {
              name: { en: "not clipped", zh: "不裁剪" },
              points: over(plain, "loss"),
              as: "dashed",
            },
            {
              name: { en: "this token", zh: "这个词元" },
              points: [[value, here.loss]],
              as: "dots",
            },
            {
              name: { en: "old value", zh: "旧价值" },
              points: [[oldValue, lossBefore]],
              as: "dots",
            },
          ],
        },
        {
          x,
          y: { title: { en: "gradient by V", zh: "对 V 的梯度" }, range: [-3.1, 3.1] },
          curves: [
            { name: { en: "gradient", zh: "梯度" }, points: gradients },
            {
              name: { en: "not clipped", zh: "不裁剪" },
              points: over(plain, "gradient"),
              as: "dashed",
            },
            {
              name: { en: "this token", zh: "这个词元" },
              points: [[value, here.gradient]],
              as: "dots",
            },
          ],
        },
      ],
      readout: {
        en: `Loss ${loss}, gradient ${slope}${stopped ? ": the clip has stopped this token" : ""}.`,
        zh: `损失 ${loss}，梯度 ${slope}${stopped ? "：裁剪让这个词元停住了" : ""}。`,
      },
    };
  },
});
