/** Arrays and programs of npm's onnxruntime-node, as every device has them. */
import * as ort from "onnxruntime-node";
import { type LoweredGraph, resultName } from "../onnx/mod.ts";
import type { DType } from "../tensor/mod.ts";
import { type ArrayLike_, type DeviceArray, elements } from "./array.ts";
import type { Executable } from "./device.ts";
import { newNumbers } from "./host_memory.ts";

/** A device array with the ONNX Runtime tensor behind it. */
export interface Handle extends DeviceArray {
  readonly handle: ort.Tensor;
}

/** What every session is made with; why is in `open_device.ts`. */
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
  if ("handle" in array) return (array as Handle).handle; // every device array is made by `wrap`
  const { data, dims } = array;
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, dims);
  if (data instanceof Float16Array) return halfTensor(data, dims);
  if (data instanceof Int32Array) return new ort.Tensor("int32", data, dims);
  return new ort.Tensor("bool", data, dims);
}

/** onnxruntime-common 1.30 takes the bits of float16 values, and keeps them as the Float16Array they are where there is such a type. */
const halfTensor = (
  { buffer, byteOffset, length }: Float16Array<ArrayBuffer>,
  dims: readonly number[],
) => new ort.Tensor("float16", new Uint16Array(buffer, byteOffset, length), dims);

/** A tensor as npm's binding reads it: of float16 values in host memory it wants the bits (1.30 finds a Float16Array empty). */
export function feedOf(tensor: ort.Tensor): ort.Tensor {
  const data: unknown = tensor.location === "cpu" ? tensor.data : undefined;
  if (!(data instanceof Float16Array)) return tensor;
  const { buffer, byteOffset, length } = data;
  return Object.create(tensor, { data: { value: new Uint16Array(buffer, byteOffset, length) } });
}

/** An ONNX Runtime tensor as a device array. */
export function wrap(handle: ort.Tensor): Handle {
  const { dims, type } = handle;
  if (type !== "float32" && type !== "float16" && type !== "int32" && type !== "bool") {
    throw new TypeError(`A program gave ${type} values`);
  }
  return { dims, dtype: type, handle };
}

/** One run of a session of npm's binding. */
export type RunOne = (
  feeds: ort.InferenceSession.OnnxValueMapType,
  fetches: ort.InferenceSession.NullableOnnxValueMapType,
) => Promise<ort.InferenceSession.OnnxValueMapType>;

/** A graph that npm's binding has compiled, as a program. */
export function executable(
  graph: LoweredGraph,
  outputs: readonly string[],
  { run, release }: { run: RunOne; release: () => Promise<void> },
): Executable {
  const wanted = graph.inputs.map((node) => node.attributes.name);
  return {
    async run(feeds, into) {
      const values = Object.fromEntries(
        wanted.map((name) => [name, feedOf(tensorOf(feeds.get(name) ?? missing(name)))]),
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

/** @throws RangeError always: an input was not given. */
export function missing(name: string): never {
  throw new RangeError(`Cannot run the program: the input "${name}" was not given`);
}

/** An array of zeros in host memory, ready to be uploaded or written into. */
export function zeros<D extends DType = "float32">(
  dims: readonly number[],
  dtype?: D,
): DeviceArray<D> {
  const data = newNumbers(dtype ?? "float32", elements(dims));
  return wrap(tensorOf({ dims, data })) as DeviceArray<DType> as DeviceArray<D>; // made one line above
}
