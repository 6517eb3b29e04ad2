/** Shape rules of attention over whole sequences, and over a cache of keys and values. */
import { visibleLacks } from "./sentences.ts";
import { requireSameAxes } from "./shape_changes.ts";
import { axesOf, describeShape, mergeShapes, type Shape } from "./shape.ts";
import { type Inputs, requireType, type Typed } from "./typed.ts";

/**
 * The shape [batch, heads, slot, headDim] of the cache that the tokens of the query are written
 * into.
 */
export function cacheShape(inputs: Inputs, { heads }: { heads: number }): Shape {
  const [query, , , pastKey] = inputs;
  const wanted = axesOf(query.shape).length === 3 && axesOf(pastKey.shape).length === 4;
  const embed = Object.values(query.shape)[2];
  if (!wanted || embed % heads !== 0) {
    throw new RangeError(
      `Cannot attend with ${heads} heads: the query is ${describeShape(query.shape)} ` +
        `and the cache ${describeShape(pastKey.shape)}; wanted [batch, time, embed] ` +
        "and [batch, heads, slot, headDim] with embed = heads x headDim",
    );
  }
  return pastKey.shape;
}

/** [batch, heads, time, keyTime] under the names that the inputs have. */
export function attentionWeights(
  [query, key, value, visible]: Inputs,
  { heads }: { heads: number },
): Typed {
  requireType([query, key, value], "float32", "attend to");
  requireType([visible], "bool", "attend by");
  requireVisible(query.shape, { key: key.shape, value: value.shape, visible: visible.shape });
  const [batch, time, embed] = axesOf(query.shape);
  const [, keyTime] = axesOf(key.shape);
  const inOrder = [
    [key, [batch, keyTime, embed]],
    [value, [batch, keyTime, embed]],
    [visible, [batch, time, keyTime]],
  ] as const;
  const fits = axesOf(query.shape).length === 3 && keyTime !== time &&
    query.shape[embed] % heads === 0 &&
    inOrder.every(([{ shape }, axes]) => axesOf(shape).join() === axes.join());
  if (!fits) {
    const [q, k, v, m] = [query, key, value, visible].map(({ shape }) => describeShape(shape));
    throw new RangeError(
      `Cannot attend with ${heads} heads: the query is ${q}, the key ${k}, the value ${v} ` +
        `and visible ${m}; wanted [batch, time, embed], twice [batch, keyTime, embed] ` +
        "and [batch, time, keyTime] with embed = heads x headDim",
    );
  }
  const shape = {
    [batch]: query.shape[batch],
    heads,
    [time]: query.shape[time],
    [keyTime]: key.shape[keyTime],
  };
  return { shape, dtype: "float32" };
}

/**
 * Throws where sizes differ, or where an axis of only the queries or only the keys is missing from
 * `visible`.
 */
function requireVisible(
  query: Shape,
  { key, value, visible }: { key: Shape; value: Shape; visible: Shape },
): void {
  mergeShapes(query, key, "attend");
  requireSameAxes(key, value, "attend");
  for (const side of [query, key]) mergeShapes(side, visible, "attend");
  for (const axis of axesOf({ ...query, ...key })) {
    const isShared = axis in query && axis in key;
    if (!isShared && !(axis in visible)) throw new RangeError(visibleLacks(axis));
  }
}

/** The cache of keys or values after the tokens of the query were written into it. */
export const cache = (inputs: Inputs, attributes: { heads: number }): Typed => ({
  shape: cacheShape(inputs, attributes),
  dtype: "float32",
});
