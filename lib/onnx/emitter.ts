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
import type { DType, Shape } from "../tensor/mod.ts";

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

/** The sizes and element type of a value. */
export interface Form {
  readonly shape: Shape;
  readonly dtype: DType;
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
export interface Emitter extends Lowering {
  readonly nodes: NodeProto[];
  readonly constants: TensorProto[];
  /** Declared values by name. */
  readonly declared: ReadonlyMap<string, Form>;
  /** Adds a node and returns the name of its first result. */
  emit(operator: string, inputs: readonly string[], options?: EmitOptions): string;
  /**
   * Adds a node once for each `key` and returns the names of its results. Later calls return the
   * same names.
   */
  emitShared(
    key: string,
    operator: string,
    inputs: readonly string[],
    options: EmitOptions,
  ): readonly string[];
  /** Declares the form of a value that ONNX's shape inference cannot find. */
  declare(name: string, form: Form): void;
  /** The name of a constant. Equal constants are written once. */
  constant(values: readonly number[], dims: readonly number[], type: DType | "int64"): string;
}

/** A new, empty emitter. */
export function createEmitter(lowering: Lowering): Emitter {
  const nodes: NodeProto[] = [], constants: TensorProto[] = [];
  const known = new Map<string, string>(), shared = new Map<string, readonly string[]>();
  const declared = new Map<string, Form>();
  let count = 0;
  const emitAll = (operator: string, inputs: readonly string[], options: EmitOptions): string[] => {
    const output = Array.from({ length: options.outputs ?? 1 }, () => `${operator}_${count++}`);
    const attribute = Object.entries(options.attributes ?? {}).map(([name, value]) =>
      attributeOf(name, value)
    );
    nodes.push(
      create(NodeProtoSchema, {
        opType: operator,
        domain: options.domain ?? "",
        input: [...inputs],
        output,
        attribute,
        name: output[0],
      }),
    );
    return output;
  };
  return {
    ...lowering,
    nodes,
    constants,
    declared,
    declare: (name, form) => void declared.set(name, form),
    emit: (operator, inputs, options = {}) => emitAll(operator, inputs, options)[0],
    emitShared(key, operator, inputs, options) {
      const names = shared.get(key) ?? emitAll(operator, inputs, options);
      shared.set(key, names);
      return names;
    },
    constant(values, dims, type) {
      const key = `${type}[${dims}]${values}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const name = `constant_${count++}`;
      constants.push(
        create(TensorProtoSchema, {
          name,
          dims: dims.map(BigInt),
          dataType: elementType[type],
          rawData: bytesOf(values, type),
        }),
      );
      known.set(key, name);
      return name;
    },
  };
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
