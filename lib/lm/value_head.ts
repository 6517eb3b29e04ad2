/**
 * The value head of a reward model as other libraries store it: its shape, and a bias, which our
 * value head does not have.
 */
import { requireUsable } from "./expect_fields.ts";
import { VALUE_BIAS, VALUE_HEAD } from "./weight_names.ts";

const LAST_BIAS = "ln_f.bias";

/** Refuses a head with several outputs. */
export function checkHead(shape: readonly number[], path: string): void {
  const outputs = shape.length === 2 ? shape[0] : 1;
  const reason = `it has ${outputs} outputs (num_labels), and a reward model has one score`;
  requireUsable(outputs === 1, `the value head of ${path}`, reason);
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
  const isZero = `its bias is ${bias}, but its weight is 0`;
  requireUsable(squares > 0 && last !== undefined, `the value head of ${path}`, isZero);
  last.data.set(last.data.map((value, channel) => value + bias * w[channel] / squares));
  return `${path}: the value head's bias ${bias} is added to ${LAST_BIAS}; values stay the same`;
}
