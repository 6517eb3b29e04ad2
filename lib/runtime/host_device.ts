/**
 * The CPU as a device: ONNX Runtime's library itself (`native_session.ts`), or npm's binding where
 * that must not be called.
 */
import * as ort from "onnxruntime-node";
import { plainLowering, resultName } from "../onnx/mod.ts";
import type { DType } from "../tensor/mod.ts";
import type { ArrayLike_, DeviceArray, HostArray } from "./array.ts";
import { type Device, type Executable, missingInput } from "./device.ts";
import { NO_USAGE } from "./device_usage.ts";
import { type NativeSession, openNativeRuntime } from "./native_session.ts";
import { openedOnce } from "./once.ts";
import { executable, type RunOne, sessionOptions, tensorOf, valuesOf, wrap } from "./ort_arrays.ts";

/**
 * The runtime that copies nothing; undefined where foreign functions are not allowed. npm's
 * binding does the same with copies.
 */
const openedNative = openedOnce(openNativeRuntime);

function nativeExecutable(
  session: NativeSession,
  inputs: readonly string[],
  outputs: readonly string[],
): Executable {
  return {
    async run(feeds, into) {
      const given = inputs.map((name) => hostArray(feeds.get(name) ?? missingInput(name)));
      const targets = outputs.map((name) => into.get(name));
      const places = targets.map((target) => target && hostArray(target));
      const results = await session.run(given, places);
      return new Map(
        outputs.map((name, index) => [name, targets[index] ?? wrap(tensorOf(results[index]))]),
      );
    },
    release: () => Promise.resolve(session.release()),
  };
}

/** The memory of an array of the CPU. */
function hostArray(array: ArrayLike_): HostArray {
  if (!("handle" in array)) return array;
  const tensor = tensorOf(array);
  return { dims: tensor.dims, data: valuesOf(tensor) };
}

/**
 * Frees an array's memory at once, because the garbage collector sees only small objects and would
 * leave gigabytes allocated. Memory that the array shares with others, as a view does, is left
 * alone.
 */
function freeMemory(array: DeviceArray): void {
  const { data } = hostArray(array);
  if (data.byteLength > 0 && data.byteLength === data.buffer.byteLength) data.buffer.transfer(0);
}

/** Opens the CPU. */
export function hostDevice(threads: number): Device {
  return {
    kind: "cpu",
    description: `CPU, ${threads} thread${threads === 1 ? "" : "s"}`,
    adapter: undefined,
    lowering: () => Promise.resolve(plainLowering),
    async compile(graph, outputs) {
      const { bytes } = graph, inputs = graph.inputs.map((node) => node.attributes.name);
      const native = openedNative()?.({ bytes, inputs, outputs: outputs.map(resultName) }, threads);
      if (native !== undefined) return nativeExecutable(native, inputs, outputs);
      const session = await ort.InferenceSession.create(bytes, {
        ...sessionOptions(threads),
        executionProviders: ["cpu"],
      });
      const run: RunOne = (feeds, fetches) => session.run(feeds, fetches);
      return executable(graph, outputs, { run, release: () => session.release() });
    },
    upload: <D extends DType>(array: ArrayLike_<D>) => Promise.resolve(wrap<D>(tensorOf(array))),
    read: <D extends DType>(array: DeviceArray<D>) => Promise.resolve(valuesOf<D>(tensorOf(array))),
    free: freeMemory,
    usage: () => NO_USAGE,
  };
}
