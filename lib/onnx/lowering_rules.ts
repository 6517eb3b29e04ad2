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
  keepAxes,
  type NodeOf,
  type Primitive,
  tableOf,
  type Typed,
  UNARY,
  type Unary,
} from "../tensor/mod.ts";
import { emitAttention, emitAttentionWeights } from "./attention.ts";
import { emitCachedAttention } from "./cached_attention.ts";
import { lowerDot } from "./dot.ts";
import type { Emitter } from "./emitter.ts";
import { emitScatterAdd } from "./scatter_add.ts";
import { emitSine } from "./sine.ts";
import { emitReduction, emitSum } from "./sum.ts";
import { aligned, ordered, reshaped, type Value } from "./layout.ts";

type Rule<P extends Primitive> = (
  emitter: Emitter,
  node: NodeOf<P>,
  inputs: readonly Value[],
) => string;

/**
 * The operator with the primitive's name ("Add" for add), applied element by element to inputs
 * aligned with the result.
 */
const elementwise: Rule<Unary | Binary | Compare | "not" | "where"> = (emitter, node, inputs) => {
  const operator = node.primitive[0].toUpperCase() + node.primitive.slice(1);
  return emitter.emit(operator, inputs.map((value) => aligned(emitter, value, node.shape)));
};

const sameValue: Rule<Primitive> = (_emitter, _node, [x]) => x.name;

/** The number of an axis of a value, counted from 0. */
const place = ({ shape }: Typed, axis: string): number => axesOf(shape).indexOf(axis);

const alongAxis = (operator: string): Rule<"softmax" | "logSoftmax"> => (emitter, node, [x]) =>
  emitter.emit(operator, [x.name], { attributes: { axis: place(x, node.attributes.axis) } });

/** z - log(sum(e^z)) with z = x - largest(x), because WebGPU has no kernel for LogSoftmax. */
const logSoftmaxInParts: Rule<"logSoftmax"> = (emitter, node, [x]) => {
  const axis = emitter.whole(place(x, node.attributes.axis));
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
    const attributes = { axis: -1, epsilon: { float: node.attributes.epsilon } };
    const names = inputs.map(({ name }) => name), options = { attributes, outputs: 3 };
    const result = emitter.emitAll("LayerNormalization", names, options)[index];
    return index === 0 ? result : emitter.emit("Squeeze", [result, emitter.whole(-1)]);
  };

/** The three outputs of one node, which the three primitives share. */
const attentionResult =
  (index: number): Rule<"cachedAttention" | "cachedKeys" | "cachedValues"> =>
  (emitter, node, inputs) => emitCachedAttention(emitter, node, inputs)[index];

export const loweringRules: { readonly [P in Primitive]: Rule<P> } = {
  ...tableOf([...UNARY, ...BINARY, ...COMPARE, "not", "where"], () => elementwise),
  // These two replace the rules of the table.
  sin: (emitter, _, [x]) =>
    emitter.target === "webgpu" ? emitSine(emitter, x.name) : emitter.emit("Sin", [x.name]),
  gelu: (emitter, _, [x]) => emitter.emit("FastGelu", [x.name], { domain: "com.microsoft" }),
  input: (_, node) => node.attributes.name,
  constant: (emitter, { attributes, shape, dtype }) =>
    emitter.constant(attributes.values, Object.values(shape), dtype),
  cast: (emitter, node, [x]) => emitter.cast(x.name, node.attributes.to),
  stopGradient: sameValue,
  /** Where(false, reference, x) broadcasts x to the reference's shape without naming a shape. */
  expandLike: (emitter, node, [x, reference]) =>
    emitter.emit("Where", [
      emitter.number(0, "bool"),
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
    const numbers = [start, stop, place(x, axis)].map((value) => emitter.whole(value));
    return emitter.emit("Slice", [x.name, ...numbers]);
  },
  pad(emitter, node, [x]) {
    const { axis, before, after } = node.attributes;
    const zeros = (count: number) => axesOf(x.shape).map((own) => own === axis ? count : 0);
    return emitter.emit("Pad", [x.name, emitter.whole(...zeros(before), ...zeros(after))]);
  },
  gather(emitter, node, [table, indices]) {
    const axis = place(table, node.attributes.axis);
    const rest = axesOf(table.shape);
    const axes = [...rest.slice(0, axis), ...axesOf(indices.shape), ...rest.slice(axis + 1)];
    const rowsOf = (table: string) => {
      const name = emitter.emit("Gather", [table, indices.name], { attributes: { axis } });
      const found = { name, shape: keepAxes(node.shape, axes), dtype: node.dtype };
      return ordered(emitter, found, axesOf(node.shape)).name;
    };
    return table.stored === undefined
      ? rowsOf(table.name)
      : emitter.cast(rowsOf(table.stored), "float32");
  },
  scatterAdd: emitScatterAdd,
  take(emitter, node, [x, indices]) {
    const axes = axesOf(node.shape);
    const last = emitter.whole(-1);
    const lines = ordered(emitter, x, [...axes, node.attributes.axis]).name;
    const column = emitter.emit("Unsqueeze", [ordered(emitter, indices, axes).name, last]);
    const found = emitter.emit("GatherElements", [lines, column], { attributes: { axis: -1 } });
    return emitter.emit("Squeeze", [found, last]);
  },
  cumsum(emitter, node, [x]) {
    const axis = emitter.constant([place(x, node.attributes.axis)], [], "int64");
    const attributes = { reverse: Number(node.attributes.reverse) };
    return emitter.emit("CumSum", [x.name, axis], { attributes });
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
    const attributes = { axis: axes.indexOf(node.attributes.axis) };
    return emitter.emit("Concat", names, { attributes });
  },
  attention: emitAttention,
  attentionWeights: emitAttentionWeights,
  cachedAttention: attentionResult(0),
  cachedKeys: attentionResult(1),
  cachedValues: attentionResult(2),
};
