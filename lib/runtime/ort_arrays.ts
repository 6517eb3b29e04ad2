/** Arrays and programs of npm's onnxruntime-node, which all devices share. */
import * as ort from "onnxruntime-node";
import { type LoweredGraph, resultName } from "../onnx/mod.ts";
import type { DType } from "../tensor/mod.ts";
import type { ArrayLike_, DeviceArray, Storage } from "./array.ts";
import { type Executable, missingInput } from "./device.ts";
import { zeroArray } from "./host_memory.ts";

/** The options of every session; `open_device.ts` gives the reasons. */
export const sessionOptions = (threads: number): ort.InferenceSession.SessionOptions => ({
  graphOptimizationLevel: "all",
  intraOpNumThreads: threads,
  enableCpuMemArena: false,
  enableMemPattern: false,
  logSeverityLevel: 3,
  extra: { session: { set_denormal_as_zero: "1", intra_op: { allow_spinning: "0" } } },
});

/** An ONNX Runtime tensor over the same memory. */
export function tensorOf(array: ArrayLike_): ort.Tensor {
  if ("handle" in array) {
    if (array.handle instanceof ort.Tensor) return array.handle;
    throw new TypeError("Cannot use an array: it was not made by a device. Make it with `upload`.");
  }
  const { data, dims } = array;
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, dims);
  // onnxruntime-common 1.30 takes the bits of float16 values, and keeps them as a Float16Array
  if (data instanceof Float16Array) return new ort.Tensor("float16", bitsOf(data), dims);
  if (data instanceof Int32Array) return new ort.Tensor("int32", data, dims);
  return new ort.Tensor("bool", data, dims);
}

const bitsOf = ({ buffer, byteOffset, length }: Float16Array): Uint16Array =>
  new Uint16Array(buffer, byteOffset, length);

/**
 * A tensor as npm's binding reads it: it needs the bits of float16 values in host memory (1.30
 * finds a Float16Array empty).
 */
export function feedOf(tensor: ort.Tensor): ort.Tensor {
  const data: unknown = tensor.location === "cpu" ? tensor.data : undefined;
  if (!(data instanceof Float16Array)) return tensor;
  return Object.create(tensor, { data: { value: bitsOf(data) } });
}

/**
 * An ONNX Runtime tensor as a device array of the element type that the caller knows it to have.
 */
export function wrap<D extends DType = DType>(handle: ort.Tensor): DeviceArray<D>;
export function wrap(handle: ort.Tensor): DeviceArray {
  const { dims, type } = handle;
  if (type !== "float32" && type !== "float16" && type !== "int32" && type !== "bool") {
    const advice = "Cast it to float32, float16, int32 or bool.";
    throw new TypeError(`Cannot use a result: it holds ${type} values. ${advice}`);
  }
  return { dims, dtype: type, handle };
}

/** The numbers of a tensor in host memory, of the element type that the caller knows it to have. */
export const valuesOf = <D extends DType>(tensor: ort.Tensor): Storage[D] =>
  tensor.data as Storage[D]; // `wrap` has checked its type

/** Tensors by the name of an input or result. */
export type Values = ort.InferenceSession.OnnxValueMapType;
/** The tensor into which each result is written, or null where it is made. */
export type Fetches = ort.InferenceSession.NullableOnnxValueMapType;
/** One run of a session of npm's binding. */
export type RunOne = (feeds: Values, fetches: Fetches) => Promise<Values>;

/** A graph that npm's binding has compiled, as a program. */
export function executable(
  graph: LoweredGraph,
  outputs: readonly string[],
  { run, release }: { run: RunOne; release: () => Promise<void> },
): Executable {
  const names = graph.inputs.map((node) => node.attributes.name);
  return {
    async run(feeds, into) {
      const values = Object.fromEntries(
        names.map((name) => [name, feedOf(tensorOf(feeds.get(name) ?? missingInput(name)))]),
      );
      const fetches = Object.fromEntries(outputs.map((name) => {
        const target = into.get(name);
        return [resultName(name), target === undefined ? null : tensorOf(target)];
      }));
      const results = await run(values, fetches);
      return new Map(
        outputs.map((name) => [name, into.get(name) ?? wrap(results[resultName(name)])]),
      );
    },
    release,
  };
}

/**
 * Makes an array of zeros in host memory, ready to be uploaded or written into. Default: float32.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openDevice, zeros } from "ppo/runtime/mod.ts";
 *
 * const device = await openDevice("cpu");
 * assert.deepEqual(await device.read(zeros([3], "int32")), Int32Array.of(0, 0, 0));
 * ```
 */
export const zeros = <D extends DType = "float32">(
  dims: readonly number[],
  dtype?: D,
): DeviceArray<D> => wrap(tensorOf(zeroArray(dims, dtype ?? "float32")));
