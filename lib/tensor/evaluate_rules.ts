/**
 * The computation of each primitive in plain TypeScript, written for clarity and not for speed. The
 * tests compare ONNX Runtime's results with it.
 *
 * The shape rules give the shape of a result, and a rule here fills in the numbers. Nearly all
 * rules align their inputs by axis name, either with `mapElements` or with `positions`, which finds
 * the element of one shape that has the same coordinates as an element of another.
 */
import { type Attributes, type Primitive, tableOf } from "./primitives.ts";
import {
  attention,
  attentionWeights,
  cachedAttention,
  updatedCache,
} from "./evaluate_attention.ts";
import { layerNorm, layerNormStatistics, logSoftmax, softmax } from "./evaluate_normalize.ts";
import {
  dot,
  largest,
  mapElements,
  type Numbers,
  positions,
  strides,
  sum,
  type Value,
  zeros,
} from "./evaluate_values.ts";
import type { Typed } from "./shape.ts";

/**
 * One node to compute: the values of its inputs, its attributes, and the form of its result, in
 * which all sizes are known.
 */
export interface Call<P extends Primitive> extends Typed {
  readonly inputs: readonly Value[];
  readonly attributes: Attributes[P];
}

type Rule<P extends Primitive> = (call: Call<P>) => Numbers;

/** All primitives except `input`, whose value is fed. */
export type Computed = Exclude<Primitive, "input">;

/** result = f(a, b, ...), element by element. */
const elementwise = (f: (...operands: number[]) => number): Rule<Primitive> => (call) =>
  mapElements(call, call.inputs, f).data;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const gelu = (x: number) =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const unchanged: Rule<Primitive> = ({ inputs: [x] }) => x.data;

function slice(call: Call<"slice">): Numbers {
  const { inputs: [x], attributes: { axis, start } } = call;
  const data = x.data.subarray(start * strides(x.shape)[axis]);
  return mapElements(call, [{ ...x, data }], (x) => x).data;
}

/** Zeros, except for the elements of each part, which start at `start` along `axis`. */
function placed(
  { shape, dtype }: Typed,
  axis: string,
  parts: readonly { readonly x: Value; readonly start: number }[],
): Numbers {
  const result = zeros(dtype, shape), stride = strides(shape)[axis];
  for (const { x, start } of parts) {
    positions(x.shape, shape).forEach((at, index) => result[start * stride + at] = x.data[index]);
  }
  return result;
}

function concat(call: Call<"concat">): Numbers {
  const { inputs, attributes: { axis } } = call;
  let end = 0;
  const parts = inputs.map((x) => {
    end += x.shape[axis];
    return { x, start: end - x.shape[axis] };
  });
  return placed(call, axis, parts);
}

/** The row indices at the positions `at` of `indices`, each checked. */
function rows(indices: Value, at: Int32Array, size: number): Int32Array {
  return at.map((position) => {
    const row = indices.data[position];
    if (row < 0 || row >= size) {
      throw new RangeError(`Cannot use index ${row}: wanted 0 to ${size - 1}`);
    }
    return row;
  });
}

/** result[i, rest] = table[indices[i], rest]. For take, i stands for the table's other axes. */
function lookUp(call: Call<"gather" | "take">): Numbers {
  const { inputs: [table, indices], attributes: { axis }, shape, dtype } = call;
  const row = rows(indices, positions(shape, indices.shape), table.shape[axis]);
  const at = positions(shape, table.shape), stride = strides(table.shape)[axis];
  return zeros(dtype, shape).map((_, index) => table.data[row[index] * stride + at[index]]);
}

/** result[indices[i], rest] += updates[i, rest] */
function scatterAdd(call: Call<"scatterAdd">): Numbers {
  const { inputs: [indices, updates], attributes: { axis, size }, shape, dtype } = call;
  const result = zeros(dtype, shape);
  const row = rows(indices, positions(updates.shape, indices.shape), size);
  const at = positions(updates.shape, shape), stride = strides(shape)[axis];
  updates.data.forEach((x, index) => result[row[index] * stride + at[index]] += x);
  return result;
}

/** result[i] = x[i] + result[i - 1], or x[i] + result[i + 1] from the end. */
function cumsum({ inputs: [x], attributes: { axis, reverse } }: Call<"cumsum">): Numbers {
  const result = x.data.slice();
  const stride = strides(x.shape)[axis], size = x.shape[axis];
  for (let count = 0; count < result.length; count++) {
    const index = reverse ? result.length - 1 - count : count;
    const neighbour = reverse ? index + stride : index - stride;
    const first = reverse ? size - 1 : 0;
    if (Math.floor(index / stride) % size !== first) result[index] += result[neighbour];
  }
  return result;
}

/** The conversion of a number to each element type. */
const castTo = {
  float32: (x: number) => x,
  float16: (x: number) => Math.f16round(x),
  int32: Math.trunc,
  bool: (x: number) => Number(x !== 0),
} as const;

/** The primitives that are functions of `Math`. */
const MATH = ["exp", "log", "tanh", "sqrt", "sin", "floor", "max", "min"] as const;

/** The rules by primitive. A missing rule is a compile error. */
export const evaluateRules: { readonly [P in Computed]: Rule<P> } = {
  constant: ({ attributes: { values }, shape, dtype }) =>
    zeros(dtype, shape).map((_, index) => values[index]),
  neg: elementwise((x) => -x),
  ...tableOf(MATH, (name) => elementwise(Math[name])),
  sigmoid: elementwise(sigmoid),
  softplus: elementwise(softplus),
  gelu: elementwise(gelu),
  add: elementwise((a, b) => a + b),
  sub: elementwise((a, b) => a - b),
  mul: elementwise((a, b) => a * b),
  div: elementwise((a, b) => a / b), // an int32 array cuts it towards zero, as ONNX does
  less: elementwise((a, b) => Number(a < b)),
  equal: elementwise((a, b) => Number(a === b)),
  and: elementwise((a, b) => a * b),
  not: elementwise((x) => 1 - x),
  where: elementwise((condition, a, b) => condition === 0 ? b : a),
  cast: (call) => elementwise(castTo[call.attributes.to])(call),
  ...tableOf(["stopGradient", "splitAxis", "mergeAxes", "rename"], () => unchanged),
  ...tableOf(["expandLike", "transpose"], () => elementwise((x) => x)),
  sum: (call) => sum(call, call.inputs[0]).data,
  largest: (call) => largest(call, call.inputs[0]).data,
  dot: (call) => dot(call, call.inputs[0], call.inputs[1]).data,
  slice,
  pad: ({ inputs: [x], attributes: { axis, before }, ...form }) =>
    placed(form, axis, [{ x, start: before }]),
  gather: lookUp,
  scatterAdd,
  take: lookUp,
  cumsum,
  softmax: ({ inputs: [x], attributes }) => softmax(x, attributes.axis).data,
  logSoftmax: ({ inputs: [x], attributes }) => logSoftmax(x, attributes.axis).data,
  layerNorm: ({ inputs, attributes }) => layerNorm(inputs, attributes).data,
  layerNormMean: ({ inputs: [x], attributes }) => layerNormStatistics(x, attributes).mean.data,
  layerNormInverseDeviation: ({ inputs: [x], attributes }) =>
    layerNormStatistics(x, attributes).inverseDeviation.data,
  concat,
  attention: ({ inputs, attributes }) => attention(inputs, attributes.heads),
  attentionWeights: ({ inputs, attributes }) => attentionWeights(inputs, attributes.heads).data,
  cachedAttention: ({ inputs, attributes }) => cachedAttention(inputs, attributes.heads),
  cachedKeys: ({ inputs: [, key, , pastKeys, , lengths, total] }) =>
    updatedCache(pastKeys, { added: key, lengths, total }),
  cachedValues: ({ inputs: [, , value, , pastValues, lengths, total] }) =>
    updatedCache(pastValues, { added: value, lengths, total }),
};
