/** Shape rules of the primitives of attention: over whole sequences, and over a cache of keys and values. */
import { axesOf, describeShape, sameShape, type Shape } from "./shape.ts";
import { type Inputs, requireType, type Typed } from "./typed.ts";

/** [batch, heads, slot, headDim] of the cache that the query's tokens are written into. */
export function cacheShape(inputs: Inputs, { heads }: { heads: number }): Shape {
  const [query, , , pastKey] = inputs;
  const wanted = axesOf(query.shape).length === 3 && axesOf(pastKey.shape).length === 4;
  const embed = Object.values(query.shape)[2];
  if (!wanted || embed % heads !== 0) {
    throw new RangeError(
      `Cannot attend with ${heads} heads: the query is ${
        describeShape(query.shape)
      } and the cache ` +
        `${
          describeShape(pastKey.shape)
        }; wanted [batch, time, embed] and [batch, heads, slot, headDim] with embed = heads x headDim`,
    );
  }
  return pastKey.shape;
}

/** [batch, heads, time, keyTime] by the names that the inputs have. */
export function attentionWeights(
  [query, key, value, visible]: Inputs,
  { heads }: { heads: number },
): Typed {
  requireType([query, key, value], "float32", "attend to");
  requireType([visible], "bool", "attend by");
  const [batch, time, embed] = axesOf(query.shape);
  const [, keyTime, keyEmbed] = axesOf(key.shape);
  const keys = {
    [batch]: query.shape[batch],
    [keyTime]: key.shape[keyTime],
    [keyEmbed]: query.shape[embed],
  };
  const seen = {
    [batch]: query.shape[batch],
    [time]: query.shape[time],
    [keyTime]: key.shape[keyTime],
  };
  const wanted: [Typed, Shape][] = [[key, keys], [value, keys], [visible, seen]];
  const fits = axesOf(query.shape).length === 3 && keyTime !== time &&
    query.shape[embed] % heads === 0 &&
    wanted.every(([{ shape }, form]) => sameShape(shape, form));
  if (!fits) {
    const [q, k, v, m] = [query, key, value, visible].map(({ shape }) => describeShape(shape));
    throw new RangeError(
      `Cannot attend with ${heads} heads: the query is ${q}, the key ${k}, the value ${v} and what is visible ${m}; ` +
        "wanted [batch, time, embed], twice [batch, keyTime, embed] and [batch, time, keyTime] with embed = heads x headDim",
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

/** The cache of keys or values with the query's tokens written into it. */
export const cache = (inputs: Inputs, attributes: { heads: number }): Typed => ({
  shape: cacheShape(inputs, attributes),
  dtype: "float32",
});
