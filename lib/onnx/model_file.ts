/**
 * A graph as a model for other programs, with plain names, token ids as int64, and the weights in a
 * separate file of raw numbers.
 *
 * Source: the ONNX IR specification (github.com/onnx/onnx, docs/IR.md and docs/ExternalData.md). No
 * file is written here. The bytes and the order of the weights are returned as values.
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

/** The place of one weight in the file of raw numbers. */
export interface PlacedWeight {
  /** The input's name in the graph. */
  readonly name: string;
  /** First byte. */
  readonly offset: number;
  /** Number of bytes: float32, little-endian, row-major. */
  readonly length: number;
}

/** A model whose weights are in another file. */
export interface ModelFile {
  /** The ONNX protobuf. */
  readonly bytes: Uint8Array;
  /** In the order of the file, without gaps. */
  readonly weights: readonly PlacedWeight[];
}

/** Options of `modelFile`. */
export interface ModelFileOptions {
  /** The name of the file with the weights, in the folder of the model. */
  readonly weightsFile: string;
  /**
   * The inputs that the user of the model provides: name in the graph -> name in the model. All
   * others are weights.
   */
  readonly given: Readonly<Record<string, string>>;
}

/**
 * Writes the graph that computes `outputs`; inputs not named in `given` become weights.
 *
 * Given int32 inputs are int64 in the model, because other programs feed token ids as int64.
 *
 * @throws RangeError when a weight has an axis of unknown size, or `given` names an input that the
 *   graph does not have or gives an int32 input its own name.
 * @example
 * ```ts
 * import { dot, input, UNKNOWN } from "ppo/tensor/mod.ts";
 * import { modelFile } from "ppo/onnx/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 * const x = input("x", { time: UNKNOWN, embed: 2 });
 * const y = dot(x, input("weight", { embed: 2, out: 3 }), "embed");
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

/** A given input under its outer name, and the node that converts it to the input of the graph. */
function entry(node: NodeOf<"input">, outer: string) {
  const { name, dtype } = node.attributes;
  const isWhole = dtype === "int32";
  if (isWhole && outer === name) {
    throw new RangeError(
      `Cannot write the model: the graph already has an input "${name}". ` +
        "Give its int64 input another name.",
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
