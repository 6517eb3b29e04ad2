/** Lowering: a graph becomes the bytes of an ONNX model. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { type AnyTensor, type DType, type NodeOf, topologicalOrder, UNKNOWN } from "../tensor/mod.ts";
import { createEmitter, elementType, type Emitter, type Target } from "./emitter.ts";
import { loweringRules } from "./lowering_rules.ts";
import type { Value } from "./layout.ts";

/** A model's bytes and the inputs it really uses, by name. */
export interface LoweredGraph {
  /** The model as an ONNX protobuf. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Those that the outputs depend on. */
  readonly inputs: readonly NodeOf<"input">[];
}

/** What a result is called inside the model, so that it may share its name with an input. */
export const resultName = (name: string): string => `result:${name}`;

/**
 * Writes the graph that computes `outputs` (name -> tensor) as an ONNX model.
 *
 * @param target whose kernels it is for; a model for "webgpu" runs on the CPU too
 *
 * Unknown axes become symbolic dimensions named like the axis.
 *
 * @throws RangeError when two inputs share a name.
 */
export function lower(
  outputs: Readonly<Record<string, AnyTensor>>,
  { target = "cpu" }: { target?: Target } = {},
): LoweredGraph {
  const { emitter, inputs } = emitGraph(outputs, { target, nameOf: resultName });
  const bytes = modelBytes({
    node: emitter.nodes,
    initializer: emitter.constants,
    input: inputs.map((node) => valueInfo(node.attributes.name, node)),
    output: Object.entries(outputs).map(([name, tensor]) => valueInfo(resultName(name), tensor)),
  });
  return { bytes, inputs };
}

/** The nodes that compute `outputs`, each result under the name that `nameOf` gives it, and the inputs they use. */
export function emitGraph(
  outputs: Readonly<Record<string, AnyTensor>>,
  { target, nameOf }: { target: Target; nameOf: (output: string) => string },
): { readonly emitter: Emitter; readonly inputs: readonly NodeOf<"input">[] } {
  const emitter = createEmitter(target);
  const values = new Map<AnyTensor, Value>();
  const order = topologicalOrder(Object.values(outputs));
  for (const node of order) {
    const operands = node.inputs.map((input) => values.get(input) ?? unreachable(input));
    values.set(node, {
      name: ruleOf(node)(emitter, node, operands),
      shape: node.shape,
      dtype: node.dtype,
    });
  }
  for (const [name, tensor] of Object.entries(outputs)) {
    const value = values.get(tensor)?.name ?? "";
    const same = target === "webgpu" && tensor.dtype === "bool" ? SAME_BOOL : SAME;
    emitter.nodes.push(
      create(NodeProtoSchema, {
        ...same(value),
        output: [nameOf(name)],
        name: `result_${name}`,
      }),
    );
  }
  const inputs = order.filter(isInput);
  const twice = inputs.find((node, index) =>
    inputs.findIndex((other) => other.attributes.name === node.attributes.name) !== index
  );
  if (twice !== undefined) {
    throw new RangeError(`Cannot lower: two inputs are called "${twice.attributes.name}"`);
  }
  return { emitter, inputs };
}

/** What gives a value the name of a result. */
const SAME = (value: string) => ({ opType: "Identity", input: [value] });
/** The same for truth values: WebGPU has no Identity for them. */
const SAME_BOOL = (value: string) => ({ opType: "And", input: [value, value] });

const isInput = (node: AnyTensor): node is NodeOf<"input"> => node.primitive === "input";

/** The rule of a node's own primitive: the one place where the table's types meet a node of unknown kind. */
const ruleOf = (node: AnyTensor) =>
  loweringRules[node.primitive] as (emitter: Emitter, node: AnyTensor, inputs: readonly Value[]) => string;

/** A model of this one graph. */
export function modelBytes(graph: MessageInitShape<typeof GraphProtoSchema>): Uint8Array<ArrayBuffer> {
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "typed-gpu-ops",
    opsetImport: [{ domain: "", version: 21n }, { domain: "com.microsoft", version: 1n }],
    graph: { name: "graph", ...graph },
  });
  return toBinary(ModelProtoSchema, model);
}

/** What goes in or comes out under `name`; `type` is the tensor's own unless given. */
export function valueInfo(
  name: string,
  { shape, dtype }: AnyTensor,
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
