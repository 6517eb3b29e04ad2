/** The CPU as a device: ONNX Runtime's library by itself (`native_session.ts`), or npm's binding where that may not be called. */
import * as ort from "onnxruntime-node";
import { type LoweredGraph, plainLowering, resultName } from "../onnx/mod.ts";
import type { DType } from "../tensor/mod.ts";
import type { ArrayLike_, DeviceArray, HostArray, Storage } from "./array.ts";
import type { Device, Executable } from "./device.ts";
import { NO_USAGE } from "./device_usage.ts";
import { type NativeRuntime, openNativeRuntime } from "./native_session.ts";
import { executable, missing, sessionOptions, tensorOf, wrap } from "./ort_arrays.ts";

/** The runtime that copies nothing, opened at its first use; undefined where foreign functions are not allowed. */
let nativeRuntime: NativeRuntime | undefined | "not tried" = "not tried";

function openedRuntime(): NativeRuntime | undefined {
  if (nativeRuntime !== "not tried") return nativeRuntime;
  try {
    nativeRuntime = openNativeRuntime();
  } catch {
    nativeRuntime = undefined; // npm's own binding does the same with copies
  }
  return nativeRuntime;
}

function nativeExecutable(
  runtime: NativeRuntime,
  { bytes, inputs }: LoweredGraph,
  { outputs, threads }: { outputs: readonly string[]; threads: number },
): Executable {
  const names = inputs.map((node) => node.attributes.name);
  const model = { bytes, inputs: names, outputs: outputs.map(resultName) };
  const session = runtime.createSession(model, { threads });
  return {
    async run(feeds, into) {
      const given = names.map((name) => hostArray(feeds.get(name) ?? missing(name)));
      const targets = outputs.map((name) => into.get(name));
      const results = await session.run(
        given,
        targets.map((target) => target && hostArray(target)),
      );
      return new Map(
        outputs.map((name, index) => [name, targets[index] ?? wrap(tensorOf(results[index]))]),
      );
    },
    release() {
      session.release();
      return Promise.resolve();
    },
  };
}

/** The memory of an array of the CPU. */
function hostArray(array: ArrayLike_): HostArray {
  if (!("handle" in array)) return array;
  const { data, dims } = tensorOf(array);
  return { dims, data: data as HostArray["data"] }; // `wrap` has seen its type
}

/**
 * Gives an array's memory back at once: a collector that sees small objects lets gigabytes stand. Memory that the array shares with
 * others, as a view does, is left alone.
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
      const runtime = openedRuntime();
      if (runtime !== undefined) return nativeExecutable(runtime, graph, { outputs, threads });
      const session = await ort.InferenceSession.create(graph.bytes, {
        ...sessionOptions(threads),
        executionProviders: ["cpu"],
      });
      return executable(graph, outputs, {
        run: (feeds, fetches) => session.run(feeds, fetches),
        release: () => session.release(),
      });
    },
    upload<D extends DType>(array: ArrayLike_<D>) {
      return Promise.resolve(wrap(tensorOf(array)) as DeviceArray<DType> as DeviceArray<D>); // its type says what it holds
    },
    read<D extends DType>(array: DeviceArray<D>) {
      return Promise.resolve(tensorOf(array).data as Storage[D]); // a tensor's data has the type its dtype says
    },
    free: freeMemory,
    usage: () => NO_USAGE,
  };
}
