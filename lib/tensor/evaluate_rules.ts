/**
 * The computation of each primitive in plain TypeScript, slow and clear. The results of ONNX
 * Runtime are compared with it.
 *
 * The shape rules give the shape of a result, and a rule here fills in the numbers. Nearly all
 * rules use `positions`, which finds the element of one shape that has the same coordinates, by
 * axis name, as an element of another.
 */
import type { Attributes, Binary, Compare, Primitive, Unary } from "./primitives.ts";
import {
  attention,
  attentionWeights,
  cachedAttention,
  updatedCache,
} from "./evaluate_attention.ts";
import { layerNorm, layerNormStatistics, logSoftmax, softmax } from "./evaluate_normalize.ts";
import { type Numbers, positions, strides, type Value, zeros } from "./evaluate_values.ts";
import { dropAxes, type DType, mergeShapes, type Shape, sizeOf } from "./shape.ts";

/**
 * One node to compute: the values of its inputs, its attributes, and the shape of its result, in
 * which all sizes are known.
 */
export interface Call<P extends Primitive> {
  readonly inputs: readonly Value[];
  readonly attributes: Attributes[P];
  readonly shape: Shape;
  readonly dtype: DType;
}

type Rule<P extends Primitive> = (call: Call<P>) => Numbers;

/** The primitives that are computed. An input is fed instead. */
export type Computed = Exclude<Primitive, "input">;

/** result = f(a, b, ...), element by element. */
const elementwise =
  (f: (...operands: number[]) => number): Rule<Primitive> => ({ inputs, shape, dtype }) => {
    const aligned = inputs.map((input) => ({
      data: input.data,
      at: positions(shape, input.shape),
    }));
    return zeros(dtype, shape).map((_, index) =>
      f(...aligned.map(({ data, at }) => data[at[index]]))
    );
  };

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const gelu = (x: number) =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const unary: Record<Unary, Rule<Unary>> = {
  neg: elementwise((x) => -x),
  exp: elementwise(Math.exp),
  log: elementwise(Math.log),
  tanh: elementwise(Math.tanh),
  sqrt: elementwise(Math.sqrt),
  sin: elementwise(Math.sin),
  floor: elementwise(Math.floor),
  sigmoid: elementwise(sigmoid),
  softplus: elementwise(softplus),
  gelu: elementwise(gelu),
};

const binary: Record<Binary, Rule<Binary>> = {
  add: elementwise((a, b) => a + b),
  sub: elementwise((a, b) => a - b),
  mul: elementwise((a, b) => a * b),
  div: elementwise((a, b) => a / b), // an int32 array cuts it towards zero, as ONNX does
  max: elementwise(Math.max),
  min: elementwise(Math.min),
};

const compare: Record<Compare, Rule<Compare>> = {
  less: elementwise((a, b) => Number(a < b)),
  equal: elementwise((a, b) => Number(a === b)),
  and: elementwise((a, b) => a * b),
};

const unchanged: Rule<Primitive> = ({ inputs: [x] }) => x.data;

function sum({ inputs: [x], shape, dtype }: Call<"sum">): Numbers {
  const result = zeros(dtype, shape);
  positions(x.shape, shape).forEach((at, index) => result[at] += x.data[index]);
  return result;
}

function largest({ inputs: [x], shape, dtype }: Call<"largest">): Numbers {
  const result = zeros(dtype, shape).fill(-Infinity);
  positions(x.shape, shape).forEach((at, index) =>
    result[at] = Math.max(result[at], x.data[index])
  );
  return result;
}

/** result[batch, left, right] = sum over axes of a[batch, left, axes] b[batch, right, axes] */
function dot({ inputs: [a, b], shape, dtype }: Call<"dot">): Numbers {
  const result = zeros(dtype, shape);
  const every = mergeShapes(a.shape, b.shape, "dot");
  const left = positions(every, a.shape), right = positions(every, b.shape);
  positions(every, shape).forEach((at, index) =>
    result[at] += a.data[left[index]] * b.data[right[index]]
  );
  return result;
}

function transpose({ inputs: [x], shape, dtype }: Call<"transpose">): Numbers {
  const at = positions(shape, x.shape);
  return zeros(dtype, shape).map((_, index) => x.data[at[index]]);
}

function slice({ inputs: [x], attributes: { axis, start }, shape, dtype }: Call<"slice">): Numbers {
  const at = positions(shape, x.shape), skip = start * strides(x.shape)[axis];
  return zeros(dtype, shape).map((_, index) => x.data[skip + at[index]]);
}

function pad({ inputs: [x], attributes: { axis, before }, shape, dtype }: Call<"pad">): Numbers {
  const result = zeros(dtype, shape), skip = before * strides(shape)[axis];
  positions(x.shape, shape).forEach((at, index) => result[skip + at] = x.data[index]);
  return result;
}

function concat({ inputs, attributes: { axis }, shape, dtype }: Call<"concat">): Numbers {
  const result = zeros(dtype, shape), stride = strides(shape)[axis];
  let skip = 0;
  for (const input of inputs) {
    positions(input.shape, shape).forEach((at, index) => result[skip + at] = input.data[index]);
    skip += input.shape[axis] * stride;
  }
  return result;
}

/** The row numbers that `indices` holds at `at`, each checked. */
function rows(indices: Value, at: Int32Array, size: number): Int32Array {
  return at.map((position) => {
    const row = indices.data[position];
    if (row < 0 || row >= size) {
      throw new RangeError(`Cannot use index ${row}: wanted 0 to ${size - 1}`);
    }
    return row;
  });
}

/** result[i, rest] = table[indices[i], rest] */
function gather(
  { inputs: [table, indices], attributes: { axis }, shape, dtype }: Call<"gather">,
): Numbers {
  const row = rows(indices, positions(shape, indices.shape), table.shape[axis]);
  const at = positions(shape, table.shape), stride = strides(table.shape)[axis];
  return zeros(dtype, shape).map((_, index) => table.data[row[index] * stride + at[index]]);
}

/** result[indices[i], rest] += updates[i, rest] */
function scatterAdd(call: Call<"scatterAdd">): Numbers {
  const { inputs: [indices, updates], attributes: { axis, size }, shape, dtype } = call;
  const result = zeros(dtype, shape);
  const rest = dropAxes(shape, [axis]);
  const row = rows(indices, positions(updates.shape, indices.shape), size);
  const column = positions(updates.shape, rest);
  updates.data.forEach((x, index) => result[row[index] * sizeOf(rest) + column[index]] += x);
  return result;
}

/** result[i] = x[i, indices[i]] */
function take({ inputs: [x, indices], attributes: { axis }, shape, dtype }: Call<"take">): Numbers {
  const element = rows(indices, positions(shape, indices.shape), x.shape[axis]);
  const at = positions(shape, x.shape), stride = strides(x.shape)[axis];
  return zeros(dtype, shape).map((_, index) => x.data[at[index] + element[index] * stride]);
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

/** The rules by primitive. A missing one does not compile. */
export const evaluateRules: { readonly [P in Computed]: Rule<P> } = {
  ...unary,
  ...binary,
  ...compare,
  constant: ({ attributes: { values }, shape, dtype }) => {
    const result = zeros(dtype, shape);
    result.set(values);
    return result;
  },
  not: elementwise((x) => 1 - x),
  where: elementwise((condition, a, b) => condition === 0 ? b : a),
  cast: (call) => elementwise(castTo[call.attributes.to])(call),
  stopGradient: unchanged,
  expandLike: ({ inputs: [x], ...rest }) => elementwise((value) => value)({ ...rest, inputs: [x] }),
  sum,
  largest,
  dot,
  splitAxis: unchanged,
  mergeAxes: unchanged,
  transpose,
  rename: unchanged,
  slice,
  pad,
  gather,
  scatterAdd,
  take,
  cumsum,
  softmax: ({ inputs: [x], attributes }) => softmax(x, attributes.axis),
  logSoftmax: ({ inputs: [x], attributes }) => logSoftmax(x, attributes.axis),
  layerNorm: ({ inputs: [x, scale, bias], attributes }) =>
    layerNorm(x, { scale, bias, ...attributes }),
  layerNormMean: ({ inputs: [x], attributes }) => layerNormStatistics(x, attributes).means,
  layerNormInverseDeviation: ({ inputs: [x], attributes }) =>
    layerNormStatistics(x, attributes).inverseDeviations,
  concat,
  attention: ({ inputs, attributes }) => attention(inputs, attributes.heads),
  attentionWeights: ({ inputs, attributes }) => attentionWeights(inputs, attributes.heads),
  cachedAttention: ({ inputs, attributes }) => cachedAttention(inputs, attributes.heads),
  cachedKeys: ({ inputs: [, key, , pastKeys, , lengths, total] }) =>
    updatedCache(pastKeys, { added: key, lengths, total }),
  cachedValues: ({ inputs: [, , value, , pastValues, lengths, total] }) =>
    updatedCache(pastValues, { added: value, lengths, total }),
};
