/** Shape rules of attention over whole sequences, and over a cache of keys and values. */
import { visibleLacks } from "./sentences.ts";
import { mergeShapes, requireSameAxes } from "./shape_changes.ts";
import { axesOf, describeShape, keepAxes, type Typed } from "./shape.ts";
import { type Inputs, requireType } from "./require_type.ts";

/**
 * The cache of keys or values after the tokens of the query were written into it: [batch, heads,
 * slot, headDim].
 */
export function cache([query, , , pastKey]: Inputs, { heads }: { heads: number }): Typed {
  const wanted = axesOf(query.shape).length === 3 && axesOf(pastKey.shape).length === 4;
  const embed = Object.values(query.shape)[2];
  if (!wanted || embed % heads !== 0) {
    throw new RangeError(
      `Cannot attend with ${heads} heads: the query is ${describeShape(query.shape)} ` +
        `and the cache ${describeShape(pastKey.shape)}; wanted [batch, time, embed] ` +
        "and [batch, heads, slot, headDim] with embed = heads x headDim",
    );
  }
  return { shape: pastKey.shape, dtype: "float32" };
}

/** [batch, heads, time, keyTime] with the axis names of the inputs. */
export function attentionWeights(
  [query, key, value, visible]: Inputs,
  { heads }: { heads: number },
): Typed {
  requireType([query, key, value], "float32", "attend to");
  requireType([visible], "bool", "attend by");
  requireVisible([query, key, value, visible]);
  const [batch, time, embed] = axesOf(query.shape);
  const [, keyTime] = axesOf(key.shape);
  const isInOrder = ({ shape }: Typed, axes: string[]) => axesOf(shape).join() === axes.join();
  const fits = axesOf(query.shape).length === 3 && keyTime !== time &&
    query.shape[embed] % heads === 0 && isInOrder(visible, [batch, time, keyTime]) &&
    [key, value].every((side) => isInOrder(side, [batch, keyTime, embed]));
  if (!fits) {
    const [q, k, v, m] = [query, key, value, visible].map(({ shape }) => describeShape(shape));
    throw new RangeError(
      `Cannot attend with ${heads} heads: the query is ${q}, the key ${k}, the value ${v} ` +
        `and visible ${m}; wanted [batch, time, embed], twice [batch, keyTime, embed] ` +
        "and [batch, time, keyTime] with embed = heads x headDim",
    );
  }
  const sizes = { ...key.shape, ...query.shape, heads };
  return { shape: keepAxes(sizes, [batch, "heads", time, keyTime]), dtype: "float32" };
}

/**
 * Throws if sizes differ, or if `visible` lacks an axis that only the queries or only the keys
 * have.
 */
function requireVisible(inputs: Inputs): void {
  const [query, key, value, visible] = inputs.map(({ shape }) => shape);
  mergeShapes(query, key, "attend");
  requireSameAxes(key, value, "attend");
  for (const side of [query, key]) mergeShapes(side, visible, "attend");
  for (const axis of axesOf({ ...query, ...key })) {
    const isShared = axis in query && axis in key;
    if (!isShared && !(axis in visible)) throw new RangeError(visibleLacks(axis));
  }
}
