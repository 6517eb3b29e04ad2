/**
 * Vector-Jacobian products: for each primitive, the gradients of its inputs given the gradient `g`
 * of its result.
 *
 * A rule extends the graph and computes nothing. `null` stands for an input without a gradient,
 * such as indices and conditions. A rule may return a gradient with another order of axes, without
 * an axis along which it is constant, or with an extra axis to sum over. `fit` brings it to the
 * shape of the input.
 */
import { attentionVjp } from "./attention_vjp.ts";
import {
  add,
  type AnyTensor,
  apply,
  axesOf,
  cumsum,
  div,
  dot,
  dropAxes,
  equal,
  exp,
  expandLike,
  gather,
  iota,
  keepAxes,
  less,
  mean,
  mergeAxes,
  mul,
  neg,
  type NodeOf,
  ofType,
  pad,
  type Primitive,
  rename,
  scatterAdd,
  type Shape,
  sigmoid,
  sin,
  slice,
  splitAxis,
  square,
  sub,
  sum,
  tableOf,
  type Tensor,
  transpose,
  where,
} from "../tensor/mod.ts";

/**
 * The gradients of all inputs of a node (null for an input that has none), from the gradient `g` of
 * its result.
 */
export type Rule<P extends Primitive> = (
  node: NodeOf<P>,
  g: Tensor,
) => readonly (AnyTensor | null)[];

const floats = ({ inputs }: AnyTensor) => inputs.map((input) => ofType(input, "float32"));
const itself = (node: AnyTensor) => ofType(node, "float32");
const indicesAt = (node: AnyTensor, at: number) => ofType(node.inputs[at], "int32");
const conditionOf = (node: AnyTensor) => ofType(node.inputs[0], "bool");

/** A dot, or an elementwise product where there is no axis to contract. */
function contract(a: Tensor, b: Tensor, axes: readonly string[]): Tensor {
  const [first, ...rest] = axes;
  return first === undefined ? mul(a, b, { outer: true }) : dot(a, b, first, ...rest);
}

const noGradient = (): never[] => [];

const onlyForward = (primitive: Primitive) => (): never => {
  throw new TypeError(
    `Cannot differentiate "${primitive}": it is for generation, which needs no gradient`,
  );
};

const isLess = ([a, b]: readonly Tensor[]) => less(a, b, { outer: true });

/** The gradients of two operands, of which the right one was chosen where `isRight` holds. */
const chosen = (isRight: Tensor<Shape, "bool">, g: Tensor): Tensor[] => [
  where(isRight, 0, g),
  where(isRight, g, 0),
];

/**
 * d gelu / dx for gelu_new. With c = 2 sqrt(2/pi), w = c (x + 0.044715 x^3) and s = sigmoid(w) = (1
 * + tanh(w / 2)) / 2 it is y = x s, so that dy/dx = s + x s (1 - s) w' = s + y (1 - s) w'. This
 * form takes few passes over x, the widest array of a block.
 */
function geluGradient(x: Tensor, y: Tensor): Tensor {
  const c = 2 * Math.sqrt(2 / Math.PI);
  const rise = add(mul(square(x), 0.044715 * c), c); // w / x
  const s = sigmoid(mul(rise, x));
  const slope = sub(mul(rise, 3), 2 * c); // w' = c (1 + 3 0.044715 x^2)
  return add(s, mul(mul(y, slope), sub(1, s)));
}

/**
 * dx = (h - mean(h) - n mean(h n)) / sigma with h = g scale, n = (x - mean) / sigma and sigma^2 =
 * variance + epsilon (Ba et al. 2016).
 */
function layerNormVjp(node: NodeOf<"layerNorm">, g: Tensor): Tensor[] {
  const { axis } = node.attributes;
  const [x, scale] = floats(node);
  const center: Tensor = itself(apply("layerNormMean", node.inputs, node.attributes));
  const inverse: Tensor = itself(apply("layerNormInverseDeviation", node.inputs, node.attributes));
  const n = mul(sub(x, center), inverse);
  const h = mul(g, scale);
  const dx = mul(sub(sub(h, mean(h, axis)), mul(n, mean(mul(h, n), axis))), inverse);
  return [dx, mul(g, n), g];
}

/** A rule for every primitive. */
export const vjpRules: { readonly [P in Primitive]: Rule<P> } = {
  ...tableOf(["input", "constant", "less", "equal", "and", "not"], () => noGradient),
  neg: (_, g) => [neg(g)],
  exp: (node, g) => [mul(g, itself(node))], // e^x
  log: (node, g) => [div(g, floats(node)[0])], // 1 / x
  tanh: (node, g) => [mul(g, sub(1, square(itself(node))))], // 1 - tanh^2 x
  sqrt: (node, g) => [div(mul(g, 0.5), itself(node))], // 1 / (2 sqrt x)
  sin: (node, g) => [mul(g, sin(add(floats(node)[0], Math.PI / 2)))], // cos x = sin(x + pi / 2)
  floor: () => [null],
  sigmoid: (node, g) => [mul(g, mul(itself(node), sub(1, itself(node))))], // s (1 - s)
  softplus: (node, g) => [mul(g, sigmoid(floats(node)[0]))],
  gelu: (node, g) => [mul(g, geluGradient(floats(node)[0], itself(node)))],
  add: (_, g) => [g, g],
  sub: (_, g) => [g, neg(g)],
  mul: (node, g) => [mul(g, floats(node)[1]), mul(g, floats(node)[0])],
  div(node, g) {
    const [, b] = floats(node);
    return [div(g, b), neg(div(mul(g, itself(node)), b))]; // 1/b, -(a/b)/b
  },
  max: (node, g) => chosen(isLess(floats(node)), g),
  min: (node, g) => chosen(isLess(floats(node).reverse()), g),
  where: (node, g) => [null, where(conditionOf(node), g, 0), where(conditionOf(node), 0, g)],
  cast: () => [null],
  stopGradient: () => [null],
  expandLike: (_, g) => [g, null],
  sum: (_, g) => [g],
  largest(node, g) {
    const [x] = floats(node);
    const hits = where(equal(x, expandLike(itself(node), x)), 1, 0); // 1 at each largest element
    return [mul(hits, div(g, sum(hits, ...node.attributes.axes)))];
  },
  dot(node, g) {
    const [a, b] = floats(node);
    const only = (side: Tensor, other: Tensor) =>
      axesOf(side.shape).filter((axis) => !(axis in other.shape));
    return [contract(g, b, only(b, a)), contract(g, a, only(a, b))];
  },
  splitAxis(node, g) {
    const { axis, into } = node.attributes;
    return [mergeAxes(g, axesOf(into), axis)];
  },
  mergeAxes(node, g) {
    const { axes, name } = node.attributes;
    return [splitAxis(g, name, keepAxes(node.inputs[0].shape, axes))];
  },
  transpose: (node, g) => [transpose(g, axesOf(node.inputs[0].shape))],
  rename(node, g) {
    const back = Object.entries(node.attributes.names).map(([from, to]) => [to, from]);
    return [rename(g, Object.fromEntries(back))];
  },
  slice(node, g) {
    const { axis, start, stop } = node.attributes;
    return [pad(g, axis, { before: start, after: sizeOfInput(node, 0, axis) - stop })];
  },
  pad(node, g) {
    const { axis, before } = node.attributes;
    return [slice(g, axis, { start: before, stop: before + sizeOfInput(node, 0, axis) })];
  },
  gather(node, g) {
    const { axis } = node.attributes;
    return [scatterAdd(indicesAt(node, 1), g, { axis, size: node.inputs[0].shape[axis] }), null];
  },
  scatterAdd: (node, g) => [null, gather(g, indicesAt(node, 0), node.attributes.axis)],
  take(node, g) {
    const { axis } = node.attributes;
    const numbers = iota(axis, node.inputs[0].shape[axis]);
    const hits = equal(indicesAt(node, 1), numbers, { outer: true });
    return [where(hits, g, 0), null];
  },
  cumsum(node, g) {
    const { axis, reverse } = node.attributes;
    return [cumsum(g, axis, { reverse: !reverse })];
  },
  softmax(node, g) {
    const p = itself(node);
    return [mul(p, sub(g, sum(mul(g, p), node.attributes.axis)))]; // p (g - sum g p)
  },
  logSoftmax: (node, g) => { // g - p sum g
    return [sub(g, mul(exp(itself(node)), sum(g, node.attributes.axis)))];
  },
  layerNorm: layerNormVjp,
  ...tableOf(["layerNormMean", "layerNormInverseDeviation"], onlyForward),
  concat(node, g) {
    const { axis } = node.attributes;
    let start = 0;
    return node.inputs.map((_, index) => {
      const size = sizeOfInput(node, index, axis);
      start += size;
      return slice(g, axis, { start: start - size, stop: start });
    });
  },
  attention: attentionVjp,
  ...tableOf(["attentionWeights", "cachedAttention", "cachedKeys", "cachedValues"], onlyForward),
};

/** The size of an axis of an input, without which the gradient cannot be cut or padded. */
function sizeOfInput({ primitive, inputs }: AnyTensor, index: number, axis: string): number {
  const size = inputs[index].shape[axis];
  if (size >= 0) return size;
  throw new RangeError(
    `Cannot differentiate a ${primitive} of "${axis}": ` +
      "its size is not known before the program runs",
  );
}

/**
 * The gradient `g` with the axes of `x`, in its order: summed over axes that x lacks, and repeated
 * over axes that g lacks.
 */
export function fit(g: Tensor, x: Tensor): Tensor {
  const extra = axesOf(g.shape).filter((axis) => !(axis in x.shape));
  const summed: Tensor = extra.length > 0 ? sum(g, ...extra) : g;
  const missing = axesOf(dropAxes(x.shape, axesOf(summed.shape)));
  return missing.length > 0 ? expandLike(summed, x) : transpose(summed, axesOf(x.shape));
}
