/**
 * Lowering rules: for each primitive, the ONNX operators that compute it.
 *
 * All operators are in the standard set (version 21) except GroupQueryAttention and FastGelu, which
 * ONNX Runtime adds.
 */
import {
  axesOf,
  BINARY,
  type Binary,
  COMPARE,
  type Compare,
  type NodeOf,
  type Primitive,
  tableOf,
  UNARY,
  type Unary,
} from "../tensor/mod.ts";
import { emitAttention, emitAttentionWeights } from "./attention.ts";
import { emitCachedAttention } from "./cached_attention.ts";
import { lowerDot } from "./dot.ts";
import { elementType, type Emitter } from "./emitter.ts";
import { emitScatterAdd } from "./scatter_add.ts";
import { emitSine } from "./sine.ts";
import { emitReduction, emitSum } from "./sum.ts";
import { aligned, ordered, reshaped, toFloat32, type Value } from "./layout.ts";

type Rule<P extends Primitive> = (
  emitter: Emitter,
  node: NodeOf<P>,
  inputs: readonly Value[],
) => string;

const unaryOperator: Record<Exclude<Unary, "gelu" | "sin">, string> = {
  neg: "Neg",
  exp: "Exp",
  log: "Log",
  tanh: "Tanh",
  sqrt: "Sqrt",
  floor: "Floor",
  sigmoid: "Sigmoid",
  softplus: "Softplus",
};
const binaryOperator: Record<Binary, string> = {
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  max: "Max",
  min: "Min",
};
const compareOperator: Record<Compare, string> = { less: "Less", equal: "Equal", and: "And" };

/** An operator applied element by element to inputs aligned with the result. */
const elementwise =
  (operator: string): Rule<Unary | Binary | Compare | "where"> => (emitter, node, inputs) =>
    emitter.emit(operator, inputs.map((value) => aligned(emitter, value, node.shape)));

const sameValue: Rule<Primitive> = (_emitter, _node, [x]) => x.name;

const alongAxis = (operator: string): Rule<"softmax" | "logSoftmax"> => (emitter, node, [x]) =>
  emitter.emit(operator, [x.name], {
    attributes: { axis: axesOf(x.shape).indexOf(node.attributes.axis) },
  });

/** z - log(sum(e^z)) with z = x - largest(x), because WebGPU has no kernel for LogSoftmax. */
const logSoftmaxInParts: Rule<"logSoftmax"> = (emitter, node, [x]) => {
  const axis = emitter.constant([axesOf(x.shape).indexOf(node.attributes.axis)], [1], "int64");
  const over = (operator: string, name: string) =>
    emitter.emit(operator, [name, axis], { attributes: { keepdims: 1 } });
  const z = emitter.emit("Sub", [x.name, over("ReduceMax", x.name)]);
  const total = over("ReduceSum", emitter.emit("Exp", [z]));
  return emitter.emit("Sub", [z, emitter.emit("Log", [total])]);
};

/** y, mean and 1 / standard deviation are outputs of one node, which the three primitives share. */
const layerNormResult =
  (index: number): Rule<"layerNorm" | "layerNormMean" | "layerNormInverseDeviation"> =>
  (emitter, node, inputs) => {
    const names = inputs.map((value) => value.name);
    const attributes = { axis: -1, epsilon: { float: node.attributes.epsilon } };
    const key = `LayerNormalization ${names} ${node.attributes.epsilon}`;
    const result =
      emitter.emitShared(key, "LayerNormalization", names, { attributes, outputs: 3 })[index];
    return index === 0
      ? result
      : emitter.emit("Squeeze", [result, emitter.constant([-1], [1], "int64")]);
  };

/** The three outputs of one node, which the three primitives share. */
const attentionResult =
  (index: number): Rule<"cachedAttention" | "cachedKeys" | "cachedValues"> =>
  (emitter, node, inputs) => {
    const names = inputs.map((value) => value.name);
    const { heads } = node.attributes;
    const { headDim } = inputs[3].shape;
    const { time } = inputs[0].shape;
    return emitCachedAttention(emitter, { inputs: names, time, heads, headDim }, index);
  };

export const loweringRules: { readonly [P in Primitive]: Rule<P> } = {
  ...tableOf(
    UNARY.filter((name) => name !== "gelu" && name !== "sin"),
    (name) => elementwise(unaryOperator[name]),
  ),
  ...tableOf(BINARY, (name) => elementwise(binaryOperator[name])),
  ...tableOf(COMPARE, (name) => elementwise(compareOperator[name])),
  sin: (emitter, _, [x]) =>
    emitter.target === "webgpu" ? emitSine(emitter, x.name) : emitter.emit("Sin", [x.name]),
  gelu: (emitter, _, [x]) => emitter.emit("FastGelu", [x.name], { domain: "com.microsoft" }),
  input: (_, node) => node.attributes.name,
  constant: (emitter, { attributes, shape, dtype }) =>
    emitter.constant(attributes.values, Object.values(shape), dtype),
  not: (emitter, _, [x]) => emitter.emit("Not", [x.name]),
  where: elementwise("Where"),
  cast: (emitter, node, [x]) =>
    emitter.emit("Cast", [x.name], { attributes: { to: elementType[node.attributes.to] } }),
  stopGradient: sameValue,
  /** Where(false, reference, x) broadcasts x to the reference's shape without naming a shape. */
  expandLike: (emitter, node, [x, reference]) =>
    emitter.emit("Where", [
      emitter.constant([0], [], "bool"),
      reference.name,
      aligned(emitter, x, node.shape),
    ]),
  sum: (emitter, node, [x]) => emitSum(emitter, node, x),
  largest: (emitter, { attributes: { axes } }, [x]) =>
    emitReduction(emitter, "ReduceMax", { x, axes }),
  dot: lowerDot,
  splitAxis: (emitter, node, [x]) => reshaped(emitter, x, node.shape).name,
  mergeAxes: (emitter, node, [x]) => reshaped(emitter, x, node.shape).name,
  transpose: (emitter, node, [x]) => ordered(emitter, x, node.attributes.order).name,
  rename: sameValue,
  slice(emitter, node, [x]) {
    const { axis, start, stop } = node.attributes;
    const numbers = [start, stop, axesOf(x.shape).indexOf(axis)].map((value) =>
      emitter.constant([value], [1], "int64")
    );
    return emitter.emit("Slice", [x.name, ...numbers]);
  },
  pad(emitter, node, [x]) {
    const { axis, before, after } = node.attributes;
    const at = axesOf(x.shape).indexOf(axis);
    const rank = axesOf(x.shape).length;
    const pads = Array.from(
      { length: 2 * rank },
      (_, index) => index === at ? before : index === at + rank ? after : 0,
    );
    return emitter.emit("Pad", [x.name, emitter.constant(pads, [pads.length], "int64")]);
  },
  gather(emitter, node, [table, indices]) {
    const axes = Object.entries(table.shape);
    const axis = axesOf(table.shape).indexOf(node.attributes.axis);
    const rows = [
      ...axes.slice(0, axis),
      ...Object.entries(indices.shape),
      ...axes.slice(axis + 1),
    ];
    const rowsOf = (name: string) => {
      const found = emitter.emit("Gather", [name, indices.name], { attributes: { axis } });
      const value = { name: found, shape: Object.fromEntries(rows), dtype: node.dtype };
      return ordered(emitter, value, axesOf(node.shape)).name;
    };
    return table.stored === undefined
      ? rowsOf(table.name)
      : toFloat32(emitter, rowsOf(table.stored));
  },
  scatterAdd: emitScatterAdd,
  take(emitter, node, [x, indices]) {
    const axes = axesOf(node.shape);
    const last = emitter.constant([-1], [1], "int64");
    const lines = ordered(emitter, x, [...axes, node.attributes.axis]).name;
    const column = emitter.emit("Unsqueeze", [ordered(emitter, indices, axes).name, last]);
    return emitter.emit("Squeeze", [
      emitter.emit("GatherElements", [lines, column], { attributes: { axis: -1 } }),
      last,
    ]);
  },
  cumsum(emitter, node, [x]) {
    const axis = emitter.constant([axesOf(x.shape).indexOf(node.attributes.axis)], [], "int64");
    return emitter.emit("CumSum", [x.name, axis], {
      attributes: { reverse: node.attributes.reverse ? 1 : 0 },
    });
  },
  softmax: alongAxis("Softmax"),
  logSoftmax: (emitter, node, inputs) =>
    emitter.target === "webgpu"
      ? logSoftmaxInParts(emitter, node, inputs)
      : alongAxis("LogSoftmax")(emitter, node, inputs),
  layerNorm: layerNormResult(0),
  layerNormMean: layerNormResult(1),
  layerNormInverseDeviation: layerNormResult(2),
  concat: (emitter, node, inputs) => {
    const axes = axesOf(node.shape);
    const names = inputs.map((value) => ordered(emitter, value, axes).name);
    return emitter.emit("Concat", names, {
      attributes: { axis: axes.indexOf(node.attributes.axis) },
    });
  },
  attention: emitAttention,
  attentionWeights: emitAttentionWeights,
  cachedAttention: attentionResult(0),
  cachedKeys: attentionResult(1),
  cachedValues: attentionResult(2),
};
