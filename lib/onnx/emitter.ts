/**
 * An emitter collects the nodes and constants of one ONNX graph. It knows the containers of ONNX
 * and none of our primitives.
 *
 * Source: the ONNX IR specification (github.com/onnx/onnx, docs/IR.md); bytes by npm's onnx-buf.
 */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType as ElementType,
  TensorProtoSchema,
} from "onnx-buf";
import type { DType, Typed } from "../tensor/mod.ts";

/** ONNX's number for each element type. */
export const elementType: Readonly<Record<DType | "int64", number>> = {
  float32: ElementType.FLOAT,
  float16: ElementType.FLOAT16,
  int32: ElementType.INT32,
  int64: ElementType.INT64,
  bool: ElementType.BOOL,
};

/** The value of an attribute. A number becomes an int, `{ float }` a float, and text a string. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

/** Options of one node. */
export interface EmitOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly domain?: "" | "com.microsoft";
  /** Number of outputs; default: 1. */
  readonly outputs?: number;
}

/** The kind of device whose kernels run a model. */
export type Target = "cpu" | "webgpu";

/** The device properties that a model is written for. */
export interface Lowering {
  /** The kind of device. */
  readonly target: Target;
  /**
   * Whether attention to a cache is written in standard operators, for the reason in
   * `attention_in_parts.ts`.
   */
  readonly attentionInParts: boolean;
  /**
   * The largest array in bytes that a kernel can read. Where a kernel needs it, larger arrays are
   * computed in pieces.
   */
  readonly bindingBytes: number;
}

/** For the CPU, whose kernels read arrays of any size. */
export const plainLowering: Lowering = {
  target: "cpu",
  attentionInParts: false,
  bindingBytes: Infinity,
};

/** Collects nodes and constants. */
export type Emitter = ReturnType<typeof createEmitter>;

/** A new, empty emitter. Equal nodes and equal constants are written once. */
export function createEmitter(lowering: Lowering) {
  const nodes: NodeProto[] = [], constants: TensorProto[] = [];
  const written = new Map<string, readonly string[]>();
  let count = 0;
  /** The names that were made when `key` was first used. */
  const once = (key: string, make: () => readonly string[]): readonly string[] => {
    const names = written.get(key) ?? make();
    written.set(key, names);
    return names;
  };
  /** Adds a node and returns the names of its results. */
  const emitAll = (operator: string, inputs: readonly string[], options: EmitOptions = {}) =>
    once(JSON.stringify([operator, inputs, options.attributes ?? {}]), () => {
      const output = Array.from({ length: options.outputs ?? 1 }, () => `${operator}_${count++}`);
      nodes.push(nodeOf(operator, inputs, { output, ...options }));
      return output;
    });
  /** The name of a constant. */
  const constant = (values: readonly number[], dims: readonly number[], type: DType | "int64") =>
    once(`${type}[${dims}]${values}`, () => {
      const name = `constant_${count++}`;
      const form = { dims: dims.map(BigInt), dataType: elementType[type] };
      constants.push(create(TensorProtoSchema, { name, ...form, rawData: bytesOf(values, type) }));
      return [name];
    })[0];
  const emit = (operator: string, inputs: readonly string[], options?: EmitOptions): string =>
    emitAll(operator, inputs, options)[0];
  return {
    ...lowering,
    nodes,
    constants,
    /** The forms of values that ONNX's shape inference cannot find, by name. */
    declared: new Map<string, Typed>(),
    emitAll,
    /** Adds a node and returns the name of its first result. */
    emit,
    /** The same elements as another type. */
    cast: (name: string, type: DType) =>
      emit("Cast", [name], { attributes: { to: elementType[type] } }),
    constant,
    /** A list of whole numbers, such as sizes or axes. */
    whole: (...values: number[]) => constant(values, [values.length], "int64"),
    /** A single number. */
    number: (value: number, type: DType = "float32") => constant([value], [], type),
  };
}

function nodeOf(
  operator: string,
  inputs: readonly string[],
  { output, attributes = {}, domain = "" }: EmitOptions & { output: readonly string[] },
): NodeProto {
  return create(NodeProtoSchema, {
    opType: operator,
    domain,
    name: output[0],
    input: [...inputs],
    output: [...output],
    attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
  });
}

function attributeOf(
  name: string,
  value: AttributeValue,
): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === "string") {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  if (typeof value === "number") return { name, type: AttributeType.INT, i: BigInt(value) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
}

function bytesOf(values: readonly number[], type: DType | "int64"): Uint8Array<ArrayBuffer> {
  if (type === "bool") return Uint8Array.from(values);
  if (type === "float16") return new Uint8Array(Float16Array.from(values).buffer);
  if (type === "int64") return new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
  return new Uint8Array(
    (type === "int32" ? Int32Array.from(values) : Float32Array.from(values)).buffer,
  );
}
