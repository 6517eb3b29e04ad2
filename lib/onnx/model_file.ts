/**
 * A graph as a model for other programs: weights beside it in a file of raw numbers, token ids as int64, plain names.
 *
 * Source: the ONNX IR specification (github.com/onnx/onnx, docs/IR.md and docs/ExternalData.md). It computes nothing and
 * writes no file: the bytes and the order of the weights come back as values.
 */
import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as AttributeType,
  NodeProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProtoSchema,
} from "onnx-buf";
import { type AnyTensor, type NodeOf, sizeOf } from "../tensor/mod.ts";
import { elementType, plainLowering } from "./emitter.ts";
import { emitGraph, modelBytes, valueInfo } from "./lower.ts";

/** One weight's place in the file of raw numbers. */
export interface PlacedWeight {
  /** The input's name in the graph. */
  readonly name: string;
  /** First byte. */
  readonly offset: number;
  /** Number of bytes: float32, little-endian, row-major. */
  readonly length: number;
}

/** A model whose weights lie in another file. */
export interface ModelFile {
  /** The ONNX protobuf. */
  readonly bytes: Uint8Array;
  /** In the order of the file, without gaps. */
  readonly weights: readonly PlacedWeight[];
}

/** How to write it. */
export interface ModelFileOptions {
  /** Name of the file with the weights, beside the model. */
  readonly weightsFile: string;
  /** Inputs that the model's user gives: name in the graph -> name in the model. All others are weights. */
  readonly given: Readonly<Record<string, string>>;
}

/**
 * Writes the graph that computes `outputs`; inputs not named in `given` become weights.
 *
 * Given int32 inputs are int64 in the model, as other programs feed token ids.
 *
 * @throws RangeError when a weight has an axis of unknown size, or `given` names an input that the graph does not have or gives
 *   an int32 input its own name.
 * @example
 * ```ts
 * import { dot, input, UNKNOWN } from "ppo/tensor/mod.ts";
 * import { modelFile } from "ppo/onnx/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 * const y = dot(input("x", { time: UNKNOWN, embed: 2 }), input("weight", { embed: 2, out: 3 }), "embed");
 * const { weights } = modelFile({ y }, { weightsFile: "model.onnx_data", given: { x: "x" } });
 * deepEqual(weights, [{ name: "weight", offset: 0, length: 24 }]);
 * ```
 */
export function modelFile(
  outputs: Readonly<Record<string, AnyTensor>>,
  { weightsFile, given }: ModelFileOptions,
): ModelFile {
  const { emitter, inputs } = emitGraph(outputs, {
    ...plainLowering,
    target: "webgpu",
    nameOf: (name) => name,
  });
  const isGiven = ({ attributes: { name } }: NodeOf<"input">) => Object.hasOwn(given, name);
  const unknown = Object.keys(given).find((name) =>
    !inputs.some(({ attributes }) => attributes.name === name)
  );
  if (unknown !== undefined) {
    throw new RangeError(`Cannot write the model: the graph has no input "${unknown}"`);
  }
  const entries = inputs.filter(isGiven).map((node) => entry(node, given[node.attributes.name]));
  const weights = placed(inputs.filter((node) => !isGiven(node)));
  const initializers = weights.map(({ node, offset, length }) =>
    create(TensorProtoSchema, {
      name: node.attributes.name,
      dims: Object.values(node.shape).map(BigInt),
      dataType: elementType[node.dtype],
      dataLocation: DataLocation.EXTERNAL,
      externalData: Object.entries({ location: weightsFile, offset, length }).map((
        [key, value],
      ) => ({
        key,
        value: String(value),
      })),
    })
  );
  const bytes = modelBytes({
    node: [...entries.flatMap(({ nodes }) => nodes), ...emitter.nodes],
    initializer: [...emitter.constants, ...initializers],
    input: entries.map(({ info }) => info),
    output: Object.entries(outputs).map(([name, tensor]) => valueInfo(name, tensor)),
  });
  return {
    bytes,
    weights: weights.map(({ node, offset, length }) => ({
      name: node.attributes.name,
      offset,
      length,
    })),
  };
}

/** A given input under its outer name, and the node that makes the graph's own input of it. */
function entry(node: NodeOf<"input">, outer: string) {
  const { name, dtype } = node.attributes;
  const isWhole = dtype === "int32";
  if (isWhole && outer === name) {
    throw new RangeError(
      `Cannot write the model: its int64 input must not be called "${name}" like the graph's own`,
    );
  }
  const attribute = isWhole
    ? [{ name: "to", type: AttributeType.INT, i: BigInt(elementType.int32) }]
    : [];
  const step = create(NodeProtoSchema, {
    opType: isWhole ? "Cast" : "Identity",
    name: `Input_${name}`,
    input: [outer],
    output: [name],
    attribute,
  });
  return {
    info: valueInfo(outer, node, isWhole ? "int64" : dtype),
    nodes: outer === name && !isWhole ? [] : [step],
  };
}

function placed(nodes: readonly NodeOf<"input">[]) {
  let end = 0;
  return nodes.map((node) => {
    const offset = end;
    const size = sizeOf(node.shape);
    if (size < 0) {
      throw new RangeError(
        `Cannot write the model: the weight "${node.attributes.name}" has an axis of unknown size`,
      );
    }
    end += 4 * size;
    return { node, offset, length: 4 * size };
  });
}
