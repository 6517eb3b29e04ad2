/** Lowering: a graph becomes the bytes of an ONNX model. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import {
  type AnyTensor,
  type DType,
  isNodeOf,
  type NodeOf,
  topologicalOrder,
  UNKNOWN,
} from "../tensor/mod.ts";
import {
  createEmitter,
  elementType,
  type Emitter,
  type Form,
  type Lowering,
  plainLowering,
} from "./emitter.ts";
import { loweringRules } from "./lowering_rules.ts";
import type { Value } from "./layout.ts";

/** The bytes of a model, and the inputs that it uses. */
export interface LoweredGraph {
  /** The model as an ONNX protobuf. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The inputs that the outputs depend on. */
  readonly inputs: readonly NodeOf<"input">[];
}

/**
 * The name of a result inside the model. It differs from the name of an input, so that both can be
 * called the same outside.
 */
export const resultName = (name: string): string => `result:${name}`;

/**
 * Writes the graph that computes `outputs` (name -> tensor) as an ONNX model.
 *
 * @param lowering the device that the model is written for; default: the CPU. A model for "webgpu"
 *   also runs on the CPU
 *
 * Unknown axes become symbolic dimensions named like the axis.
 *
 * @throws RangeError when two inputs share a name.
 */
export function lower(
  outputs: Readonly<Record<string, AnyTensor>>,
  lowering: Partial<Lowering> = {},
): LoweredGraph {
  const { emitter, inputs } = emitGraph(outputs, {
    ...plainLowering,
    ...lowering,
    nameOf: resultName,
  });
  const bytes = modelBytes({
    node: emitter.nodes,
    initializer: emitter.constants,
    valueInfo: [...emitter.declared].map(([name, form]) => valueInfo(name, form)),
    input: inputs.map((node) => valueInfo(node.attributes.name, node)),
    output: Object.entries(outputs).map(([name, tensor]) => valueInfo(resultName(name), tensor)),
  });
  return { bytes, inputs };
}

/** The nodes that compute `outputs`, and the inputs they use. `nameOf` names the results. */
export function emitGraph(
  outputs: Readonly<Record<string, AnyTensor>>,
  { nameOf, ...lowering }: Lowering & { nameOf: (output: string) => string },
): { readonly emitter: Emitter; readonly inputs: readonly NodeOf<"input">[] } {
  const emitter = createEmitter(lowering);
  const values = new Map<AnyTensor, Value>();
  const order = topologicalOrder(Object.values(outputs));
  for (const node of order) {
    const operands = node.inputs.map((input) => values.get(input) ?? unreachable(input));
    values.set(node, {
      name: ruleOf(node)(emitter, node, operands),
      shape: node.shape,
      dtype: node.dtype,
      ...storedBehind(node, operands),
    });
  }
  const inputs = order.filter(isNodeOf("input"));
  const named = Object.entries(outputs).map(([name, tensor]) => ({
    result: nameOf(name),
    value: values.get(tensor)?.name ?? unreachable(tensor),
    pass: emitter.target === "webgpu" && tensor.dtype === "bool" ? passTruth : pass,
  }));
  nameResults(emitter.nodes, named);
  leaveOutUnused(emitter, named.map(({ result }) => result));
  const twice = inputs.find((node, index) =>
    inputs.findIndex((other) => other.attributes.name === node.attributes.name) !== index
  );
  if (twice !== undefined) {
    throw new RangeError(`Cannot lower: two inputs are called "${twice.attributes.name}"`);
  }
  return { emitter, inputs };
}

/** The float16 value behind a cast to float32. */
const storedBehind = (
  { primitive, dtype }: AnyTensor,
  [x]: readonly Value[],
): Pick<Value, "stored"> =>
  primitive === "cast" && dtype === "float32" && x.dtype === "float16" ? { stored: x.name } : {};

/**
 * Gives the results their names. The output of a node is renamed, because an Identity node would
 * copy it. An input, a constant, or an output that already has the name of another result is passed
 * on by a node.
 */
function nameResults(
  nodes: NodeProto[],
  results: readonly {
    readonly result: string;
    readonly value: string;
    readonly pass: typeof pass;
  }[],
): void {
  const made = new Set(nodes.flatMap(({ output }) => output));
  const names = new Map<string, string>();
  const passed: NodeProto[] = [];
  for (const { result, value, pass } of results) {
    if (made.has(value) && !names.has(value)) names.set(value, result);
    else {
      const node = pass(names.get(value) ?? value);
      passed.push(create(NodeProtoSchema, { ...node, output: [result], name: `result_${result}` }));
    }
  }
  for (const node of nodes) {
    node.input = node.input.map((name) => names.get(name) ?? name);
    node.output = node.output.map((name) => names.get(name) ?? name);
  }
  nodes.push(...passed);
}

/**
 * Removes nodes that no result depends on, and unused optional outputs of standard operators, which
 * would be computed and written. On WebGPU only outputs after the last used one are removed,
 * because its LayerNormalization writes the mean in place of 1 / standard deviation when the mean
 * before it is left out.
 */
function leaveOutUnused({ nodes, target }: Emitter, results: readonly string[]): void {
  const used = new Set(results);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index];
    if (!node.output.some((name) => used.has(name))) {
      nodes.splice(index, 1);
      continue;
    }
    if (node.domain === "") {
      const end = Math.max(0, node.output.findLastIndex((name) => used.has(name))) + 1;
      const isKept = (name: string, place: number) =>
        place === 0 || used.has(name) || target === "webgpu";
      node.output = node.output.slice(0, end).map((name, place) => isKept(name, place) ? name : "");
    }
    for (const name of node.input) used.add(name);
  }
}

/** A node that passes a value on. */
const pass = (value: string) => ({ opType: "Identity", input: [value] });
/** The same for bools, for which WebGPU has no Identity. */
const passTruth = (value: string) => ({ opType: "And", input: [value, value] });

/**
 * The rule of a node's primitive. The cast is needed because the compiler does not know which
 * primitive that is.
 */
const ruleOf = (node: AnyTensor) =>
  loweringRules[node.primitive] as (
    emitter: Emitter,
    node: AnyTensor,
    inputs: readonly Value[],
  ) => string;

/**
 * Versions of the format and of the standard operators. The newest is used only where a graph needs
 * its Attention.
 */
const PLAIN = { irVersion: 10n, operators: 21n },
  WITH_ATTENTION = { irVersion: 11n, operators: 23n };

/** A model of this one graph. */
export function modelBytes(
  graph: MessageInitShape<typeof GraphProtoSchema>,
): Uint8Array<ArrayBuffer> {
  const attends = graph.node?.some(({ opType, domain }) => opType === "Attention" && !domain);
  const { irVersion, operators } = attends ? WITH_ATTENTION : PLAIN;
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: "typed-gpu-ops",
    opsetImport: [{ domain: "", version: operators }, { domain: "com.microsoft", version: 1n }],
    graph: { name: "graph", ...graph },
  });
  return toBinary(ModelProtoSchema, model);
}

/** The declaration of an input or output. `type` is that of the tensor unless it is given. */
export function valueInfo(
  name: string,
  { shape, dtype }: Form,
  type: DType | "int64" = dtype,
): ValueInfoProto {
  const dim = Object.entries(shape).map(([axis, size]) => ({
    value: size === UNKNOWN
      ? { case: "dimParam" as const, value: axis }
      : { case: "dimValue" as const, value: BigInt(size) },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: elementType[type], shape: { dim } } } },
  });
}

function unreachable(node: AnyTensor): never {
  throw new Error(`A node uses ${node.primitive} before it was computed`);
}
