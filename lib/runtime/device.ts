/**
 * Devices: where programs run and arrays live. With `native_session.ts` the only file that touches ONNX Runtime.
 *
 * `openDevice("cpu")` or `openDevice("webgpu")`; nothing outside `lib/runtime` knows which of them it has. Facts about the
 * provider that shape this file: a run is synchronous under its promise; `getData()` on a GPU tensor aborts the process, so a
 * download runs an Identity program; without `enableCpuMemArena: false` memory peaks at twice the size; each session has threads of
 * its own, which would spin for a while after a run and take the cores from the next session's (a PPO timestep took 1.7 times as
 * long); npm's binding copies every result, so the CPU device uses the library by itself (`native_session.ts`) where it may.
 */
import * as ort from "onnxruntime-node";
import { lower, type LoweredGraph, resultName } from "../onnx/mod.ts";
import { type DType, input, UNKNOWN } from "../tensor/mod.ts";
import { type ArrayLike_, type DeviceArray, elements, type HostArray, type Storage } from "./array.ts";
import { type NativeRuntime, openNativeRuntime } from "./native_session.ts";

/** Which ONNX Runtime provider computes. */
export type DeviceKind = "cpu" | "webgpu";

/** A compiled graph: arrays in by name, arrays out by name. */
export interface Executable {
  /** Writes into the arrays of `into` where given; other results are new arrays. */
  run(
    feeds: ReadonlyMap<string, ArrayLike_>,
    into: ReadonlyMap<string, DeviceArray>,
  ): Promise<Map<string, DeviceArray>>;
  /** Frees the program; it must not be run again. */
  release(): Promise<void>;
}

/** A place to run programs. */
export interface Device {
  /** Which provider it is. */
  readonly kind: DeviceKind;
  /** For people: "CPU, 2 threads". */
  readonly description: string;
  /** Compiles a lowered graph. Results named in `toHost` are made in host memory, where reading them is free. */
  compile(
    graph: LoweredGraph,
    outputs: readonly string[],
    toHost: (name: string) => boolean,
  ): Promise<Executable>;
  /** Copies host numbers to the device. */
  upload<D extends DType>(array: ArrayLike_<D>): Promise<DeviceArray<D>>;
  /** The numbers of an array; on the CPU the very memory, so copy it before the array is written again. */
  read<D extends DType>(array: DeviceArray<D>): Promise<Storage[D]>;
  /** Frees an array; a no-op on the CPU, whose memory is collected. */
  free(array: DeviceArray): void;
  /** Arrays on the device that were made and not yet freed (0 on the CPU). */
  liveArrays(): number;
}

interface Handle extends DeviceArray {
  readonly handle: ort.Tensor;
}

/**
 * Opens a device.
 *
 * @throws Error when WebGPU is asked for and no adapter is found.
 */
export async function openDevice(
  kind: DeviceKind,
  { threads = navigator.hardwareConcurrency }: { threads?: number } = {},
): Promise<Device> {
  const device = kind === "cpu" ? hostDevice(threads) : gpuDevice(threads);
  if (kind === "webgpu") await probe(device);
  return device;
}

const sessionOptions = (threads: number): ort.InferenceSession.SessionOptions => ({
  graphOptimizationLevel: "all",
  intraOpNumThreads: threads,
  enableCpuMemArena: false,
  enableMemPattern: false,
  logSeverityLevel: 3,
  extra: { session: { set_denormal_as_zero: "1", intra_op: { allow_spinning: "0" } } },
});

/** An ONNX Runtime tensor over the same memory. */
function tensorOf(array: ArrayLike_): ort.Tensor {
  if ("handle" in array) return (array as Handle).handle; // every device array is made by `wrap`
  const { data, dims } = array;
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, dims);
  if (data instanceof Int32Array) return new ort.Tensor("int32", data, dims);
  return new ort.Tensor("bool", data, dims);
}

function wrap(handle: ort.Tensor): Handle {
  const { dims, type } = handle;
  if (type !== "float32" && type !== "int32" && type !== "bool") {
    throw new TypeError(`A program gave ${type} values`);
  }
  return { dims, dtype: type, handle };
}

type RunOne = (
  feeds: ort.InferenceSession.OnnxValueMapType,
  fetches: ort.InferenceSession.NullableOnnxValueMapType,
) => Promise<ort.InferenceSession.OnnxValueMapType>;

function executable(
  graph: LoweredGraph,
  outputs: readonly string[],
  { run, release }: { run: RunOne; release: () => Promise<void> },
): Executable {
  const wanted = graph.inputs.map((node) => node.attributes.name);
  return {
    async run(feeds, into) {
      const values = Object.fromEntries(
        wanted.map((name) => [name, tensorOf(feeds.get(name) ?? missing(name))]),
      );
      const fetches = Object.fromEntries(outputs.map((name) => {
        const target = into.get(name);
        return [resultName(name), target === undefined ? null : tensorOf(target)];
      }));
      const results = await run(values, fetches);
      return new Map(outputs.map((name) => [name, into.get(name) ?? wrap(results[resultName(name)])]));
    },
    release,
  };
}

function missing(name: string): never {
  throw new RangeError(`Cannot run the program: the input "${name}" was not given`);
}

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
      const results = await session.run(given, targets.map((target) => target && hostArray(target)));
      return new Map(outputs.map((name, index) => [name, targets[index] ?? wrap(tensorOf(results[index]))]));
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

function hostDevice(threads: number): Device {
  return {
    kind: "cpu",
    description: `CPU, ${threads} thread${threads === 1 ? "" : "s"}`,
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
    free: () => {},
    liveArrays: () => 0,
  };
}

/** With either of these missing ONNX Runtime moves a Transpose onto a bool tensor, for which WebGPU has no kernel. */
const WEBGPU = { name: "webgpu", preferredLayout: "NCHW" } as const;
const GPU_EXTRA = {
  session: { disable_cpu_ep_fallback: "1" },
  optimization: { disable_specified_optimizers: "TransposeOptimizer" },
};

function gpuDevice(threads: number): Device {
  let live = 0;
  const copies = new Map<string, Promise<ort.InferenceSession>>();
  const create = (
    graph: LoweredGraph,
    location: (name: string) => "cpu" | "gpu-buffer",
    outputs: readonly string[],
  ) =>
    ort.InferenceSession.create(graph.bytes, {
      ...sessionOptions(threads),
      executionProviders: [WEBGPU],
      preferredOutputLocation: Object.fromEntries(outputs.map((name) => [resultName(name), location(name)])),
      extra: GPU_EXTRA,
    });
  /** A program that copies one array to `location`: the only safe way to move data in either direction. */
  const copier = (
    dtype: DType,
    rank: number,
    location: "cpu" | "gpu-buffer",
  ): Promise<ort.InferenceSession> => {
    const key = `${dtype} ${rank} ${location}`;
    const shape = Object.fromEntries(Array.from({ length: rank }, (_, axis) => [`axis${axis}`, UNKNOWN]));
    const session = copies.get(key) ?? create(lower({ y: input("x", shape, dtype) }), () => location, ["y"]);
    copies.set(key, session);
    return session;
  };
  const copy = async (x: ort.Tensor, dtype: DType, location: "cpu" | "gpu-buffer"): Promise<ort.Tensor> => {
    const session = await copier(dtype, x.dims.length, location);
    const results = await session.run({ x });
    return results[resultName("y")];
  };
  return {
    kind: "webgpu",
    description: "GPU through WebGPU",
    compile(graph, outputs, toHost) {
      /**
       * onnxruntime-node 1.30.0 ignores a given array, without a word, where the preferred location is "gpu-buffer". So which
       * results are written into arrays of the caller is part of what is compiled; a program is used in one way, as a rule.
       */
      const sessions = new Map<string, ort.InferenceSession>();
      const sessionFor = async (fetches: ort.InferenceSession.NullableOnnxValueMapType) => {
        const into = outputs.filter((name) => fetches[resultName(name)] !== null);
        const location = (name: string) => toHost(name) || into.includes(name) ? "cpu" : "gpu-buffer";
        const session = sessions.get(into.join()) ?? await create(graph, location, outputs);
        sessions.set(into.join(), session);
        return session;
      };
      const run: RunOne = async (feeds, fetches) => {
        const results = await (await sessionFor(fetches)).run(feeds, fetches);
        live +=
          outputs.map(resultName).filter((name) =>
            fetches[name] === null && results[name].location === "gpu-buffer"
          ).length;
        return results;
      };
      const release = async () => {
        for (const session of sessions.values()) await session.release();
      };
      return Promise.resolve(executable(graph, outputs, { run, release }));
    },
    async upload<D extends DType>(array: ArrayLike_<D>) {
      const x = tensorOf(array);
      live++;
      return wrap(await copy(x, wrap(x).dtype, "gpu-buffer")) as DeviceArray<DType> as DeviceArray<
        D
      >; // as above
    },
    async read<D extends DType>(array: DeviceArray<D>) {
      const x = tensorOf(array);
      const here = x.location === "cpu" ? x : await copy(x, array.dtype, "cpu");
      return here.data as Storage[D]; // a tensor's data has the type its dtype says
    },
    free(array) {
      const x = tensorOf(array);
      if (x.location !== "gpu-buffer") return;
      live--;
      x.dispose();
    },
    liveArrays: () => live,
  };
}

/** Runs a trivial program, so that a missing adapter is reported at once and in words. */
async function probe(device: Device): Promise<void> {
  try {
    device.free(await device.upload({ dims: [1], data: new Float32Array([1]) }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Cannot open the GPU: WebGPU found no usable adapter (${
        reason.split("\n")[0]
      }). Use --device cpu, or DEVICE=cpu in a notebook.`,
    );
  }
}

/** An array of zeros in host memory, ready to be uploaded or written into. */
export function zeros<D extends DType = "float32">(dims: readonly number[], dtype?: D): DeviceArray<D> {
  const size = elements(dims);
  const data = dtype === "int32"
    ? new Int32Array(size)
    : dtype === "bool"
    ? new Uint8Array(size)
    : new Float32Array(size);
  return wrap(tensorOf({ dims, data })) as DeviceArray<DType> as DeviceArray<D>; // made one line above
}
