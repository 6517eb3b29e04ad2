/**
 * The value head of a reward model as other libraries store it: its shape, and a bias, which our
 * value head does not have.
 */
import { say, type Text } from "../text/mod.ts";
import { requireUsable } from "./expect_fields.ts";
import { VALUE_BIAS, VALUE_HEAD } from "./weight_names.ts";

const LAST_BIAS = "ln_f.bias";

const headOf = (path: string): Text => ({
  en: `the value head of ${path}`,
  zh: `${path} 的价值头`,
});

/** Refuses a head with several outputs. */
export function checkHead(shape: readonly number[], path: string): void {
  const outputs = shape.length === 2 ? shape[0] : 1;
  requireUsable(outputs === 1, headOf(path), {
    en: `it has ${outputs} outputs (num_labels), and a reward model has one score`,
    zh: `它有 ${outputs} 个输出 (num_labels)，而奖励模型只给一个分数`,
  });
}

/**
 * Removes the head's bias by adding it to the last layer norm's bias.
 *
 *     V(s) = w . h + b = w . (h + b w / |w|^2)
 *
 * The hidden states of a value model serve its head only, so that its values stay the same.
 *
 * @returns a note, if the bias was not 0
 * @throws {RangeError} If the head is 0, so that nothing can stand for its bias.
 */
export function foldHeadBias(
  weights: Map<string, { readonly data: Float32Array }>,
  path: string,
): string | undefined {
  const bias = weights.get(VALUE_BIAS)?.data[0] ?? 0;
  weights.delete(VALUE_BIAS);
  if (bias === 0) return undefined;
  const w = weights.get(VALUE_HEAD)?.data ?? new Float32Array(), last = weights.get(LAST_BIAS);
  const squares = w.reduce((sum, value) => sum + value * value, 0); // |w|^2
  requireUsable(squares > 0 && last !== undefined, headOf(path), {
    en: `its bias is ${bias}, but its weight is 0`,
    zh: `它的偏置是 ${bias}，而权重为 0`,
  });
  last.data.set(last.data.map((value, channel) => value + bias * w[channel] / squares));
  return say({
    en: `${path}: the value head's bias ${bias} is added to ${LAST_BIAS}; values stay the same`,
    zh: `${path}：价值头的偏置 ${bias} 已并入 ${LAST_BIAS}；价值不变`,
  });
}
