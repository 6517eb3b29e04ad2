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
  type Typed,
  UNKNOWN,
} from "../tensor/mod.ts";
import {
  createEmitter,
  elementType,
  type Emitter,
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
  const results = Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [resultName(name), tensor]),
  );
  const { emitter, inputs } = emitGraph(results, { ...plainLowering, ...lowering });
  const bytes = modelBytes({
    node: emitter.nodes,
    initializer: emitter.constants,
    valueInfo: valueInfos(emitter.declared),
    input: inputs.map((node) => valueInfo(node.attributes.name, node)),
    output: valueInfos(Object.entries(results)),
  });
  return { bytes, inputs };
}

/** The nodes that compute `outputs`, under the names of these, and the inputs that they use. */
export function emitGraph(
  outputs: Readonly<Record<string, AnyTensor>>,
  lowering: Lowering,
): { readonly emitter: Emitter; readonly inputs: readonly NodeOf<"input">[] } {
  const emitter = createEmitter(lowering);
  const values = new Map<AnyTensor, Value>();
  const valueOf = (node: AnyTensor) => values.get(node) ?? unreachable(node);
  const order = topologicalOrder(Object.values(outputs));
  for (const node of order) {
    const operands = node.inputs.map(valueOf);
    const { shape, dtype } = node;
    const name = ruleOf(node)(emitter, node, operands);
    values.set(node, { name, shape, dtype, ...storedBehind(node, operands) });
  }
  nameResults(emitter, Object.entries(outputs).map(([name, tensor]) => [name, valueOf(tensor)]));
  leaveOutUnused(emitter, Object.keys(outputs));
  const inputs = order.filter(isNodeOf("input"));
  const names = inputs.map(({ attributes: { name } }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new RangeError(`Cannot lower: two inputs are called "${twice}"`);
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
  { nodes, target }: Emitter,
  results: readonly (readonly [string, Value])[],
): void {
  const made = new Set(nodes.flatMap(({ output }) => output));
  const names = new Map<string, string>();
  const passed: NodeProto[] = [];
  for (const [result, { name, dtype }] of results) {
    if (made.has(name) && !names.has(name)) names.set(name, result);
    else {
      const value = names.get(name) ?? name;
      const step = target === "webgpu" && dtype === "bool" // for which WebGPU has no Identity
        ? { opType: "And", input: [value, value] }
        : { opType: "Identity", input: [value] };
      passed.push(create(NodeProtoSchema, { ...step, output: [result], name: `result_${result}` }));
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

/** The declarations of several values. */
export const valueInfos = (values: Iterable<readonly [string, Typed]>): ValueInfoProto[] =>
  Array.from(values, ([name, form]) => valueInfo(name, form));

/** The declaration of an input or output. `type` is that of the tensor unless it is given. */
export function valueInfo(
  name: string,
  { shape, dtype }: Typed,
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
