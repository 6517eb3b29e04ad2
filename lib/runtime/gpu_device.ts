/** A GPU as a device, through ONNX Runtime's WebGPU provider. */
import * as ort from "onnxruntime-node";
import { lower, type LoweredGraph, resultName } from "../onnx/mod.ts";
import { type DType, input, topologicalOrder, UNKNOWN } from "../tensor/mod.ts";
import type { Adapter } from "./adapter.ts";
import type { ArrayLike_, DeviceArray, Storage } from "./array.ts";
import { attendsRightly } from "./attention_probe.ts";
import type { Device } from "./device.ts";
import { createUsageCounter } from "./device_usage.ts";
import { gpuFailure } from "./gpu_failure.ts";
import { executable, feedOf, type RunOne, sessionOptions, tensorOf, wrap } from "./ort_arrays.ts";

/**
 * How a GPU's memory for intermediate results is used again. ONNX Runtime's buckets hold a few buffers of each of some sizes of up to
 * 160 MiB; what is larger, or too many, is made anew in each run, which costs some 10 ms for each array of hundreds of MiB. Exactly:
 * every buffer is kept for the next array of its very size, until the process ends, so that each length of a batch that is met takes
 * memory of its own.
 */
export type GpuBuffers = "buckets" | "exact";

/** A session's options: how many threads, and the memory. */
interface GpuOptions {
  readonly threads: number;
  readonly buffers: GpuBuffers;
}

/** With this layout missing ONNX Runtime moves a Transpose onto a bool tensor, for which WebGPU has no kernel; see GPU_EXTRA too. */
const webgpu = (buffers: GpuBuffers) => ({
  name: "webgpu" as const,
  preferredLayout: "NCHW" as const,
  storageBufferCacheMode: buffers === "exact" ? "simple" : "bucket",
});
/** What WebGPU promises of every GPU. */
const LEAST_BINDING_BYTES = 128 * 2 ** 20;
const GPU_EXTRA = {
  session: { disable_cpu_ep_fallback: "1" },
  optimization: { disable_specified_optimizers: "TransposeOptimizer" },
};

type Place = "cpu" | "gpu-buffer";

function createSession(
  graph: LoweredGraph,
  outputs: readonly string[],
  { threads, buffers, place }: GpuOptions & { place: (output: string) => Place },
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(graph.bytes, {
    ...sessionOptions(threads),
    executionProviders: [webgpu(buffers)],
    preferredOutputLocation: Object.fromEntries(
      outputs.map((name) => [resultName(name), place(name)]),
    ),
    extra: GPU_EXTRA,
  });
}

/**
 * A result that was written into a given array comes with a second handle to it, and onnxruntime-node 1.30.0 gives that handle's
 * memory (250 bytes) back only when it is told to: JavaScript's garbage collection does not do it.
 */
function disposeOfGiven(
  results: ort.InferenceSession.OnnxValueMapType,
  fetches: ort.InferenceSession.NullableOnnxValueMapType,
): void {
  for (const [name, into] of Object.entries(fetches)) {
    if (into !== null && results[name] !== into && isHere(results[name])) results[name].dispose();
  }
}

const isHere = ({ location }: ort.Tensor): boolean => location === "gpu-buffer";

/**
 * Copies arrays from one memory to the other, or into an array that is there: each kind by a program of its own, the only safe way
 * in either direction.
 */
function createCopier(options: GpuOptions) {
  const sessions = new Map<string, Promise<ort.InferenceSession>>();
  const compiled = (dtype: DType, rank: number, place: Place): Promise<ort.InferenceSession> => {
    const shape = Object.fromEntries(
      Array.from({ length: rank }, (_, axis) => [`axis${axis}`, UNKNOWN]),
    );
    const graph = lower({ y: input("x", shape, dtype) }, { target: "webgpu" });
    return createSession(graph, ["y"], { ...options, place: () => place });
  };
  return async (
    x: ort.Tensor,
    place: Place,
    into: ort.Tensor | null = null,
  ): Promise<ort.Tensor> => {
    const { dtype, dims } = wrap(x);
    const key = `${dtype} ${dims.length} ${place}`;
    const session = sessions.get(key) ?? compiled(dtype, dims.length, place);
    sessions.set(key, session);
    const fetches = { [resultName("y")]: into };
    const results = await (await session).run({ x: feedOf(x) }, fetches);
    disposeOfGiven(results, fetches);
    return into ?? results[resultName("y")];
  };
}

/**
 * The sessions of one graph: which results are written into arrays of the caller is part of what is compiled. A program is used in
 * one way, as a rule.
 */
function sessionsOf(
  graph: LoweredGraph,
  outputs: readonly string[],
  { toHost, ...options }: GpuOptions & { toHost: (name: string) => boolean },
) {
  const sessions = new Map<string, ort.InferenceSession>();
  return {
    async for(
      fetches: ort.InferenceSession.NullableOnnxValueMapType,
    ): Promise<ort.InferenceSession> {
      const into = outputs.filter((name) => fetches[resultName(name)] !== null);
      const place = (name: string) => toHost(name) || into.includes(name) ? "cpu" : "gpu-buffer";
      const session = sessions.get(into.join()) ??
        await createSession(graph, outputs, { ...options, place });
      sessions.set(into.join(), session);
      return session;
    },
    async release() {
      for (const session of sessions.values()) await session.release();
    },
  };
}

/** A GPU; `probe` says whether there is one. */
export function gpuDevice(options: GpuOptions, adapter: Adapter | undefined): Device {
  const counter = createUsageCounter();
  const copy = createCopier(options);
  const inWords = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw gpuFailure(error, counter.usage());
    }
  };
  let attentionIsRight: Promise<boolean> | undefined;
  const device: Device = {
    kind: "webgpu",
    description: `${adapter?.name ?? "GPU"} through WebGPU`,
    adapter,
    async lowering(outputs) {
      const attends = topologicalOrder([...outputs]).some(({ primitive }) =>
        primitive === "cachedAttention"
      );
      attentionIsRight ??= attends ? attendsRightly(device) : undefined;
      return {
        target: "webgpu",
        attentionInParts: attends && !(await attentionIsRight),
        bindingBytes: adapter?.maxBindingBytes ?? LEAST_BINDING_BYTES,
      };
    },
    compile(graph, outputs, toHost) {
      const sessions = sessionsOf(graph, outputs, { ...options, toHost });
      const isMade = (name: string) => !toHost(name.slice(resultName("").length));
      const run: RunOne = (feeds, fetches) =>
        inWords(async () => {
          const given = Object.entries(fetches).filter(([, into]) => into !== null);
          const isMixed = given.length > 0 &&
            Object.entries(fetches).some(([name, into]) => into === null && isMade(name));
          const results = isMixed
            ? await runMixed(feeds, fetches)
            : await (await sessions.for(fetches)).run(feeds, fetches);
          if (!isMixed) disposeOfGiven(results, fetches);
          for (const x of Object.values(feeds)) if (!isHere(x)) counter.crossed("toDevice", x);
          for (const [name, x] of Object.entries(results)) {
            if (fetches[name] !== null) continue;
            if (isHere(x)) counter.made(x);
            else counter.crossed("toHost", x);
          }
          return results;
        });
      /**
       * onnxruntime-node 1.30.0 writes into given arrays only where no other result stays on the device: it leaves them as they
       * are, without a word. So such a program makes all its results, and those that belong into given arrays are copied there.
       */
      const runMixed: RunOne = async (feeds, fetches) => {
        const none = Object.fromEntries(Object.keys(fetches).map((name) => [name, null]));
        const results = await (await sessions.for(none)).run(feeds, none);
        for (const [name, into] of Object.entries(fetches)) {
          if (into === null) continue;
          if (isHere(results[name])) await copy(results[name], "cpu", into);
          results[name].dispose();
        }
        return results;
      };
      return Promise.resolve(executable(graph, outputs, { run, release: sessions.release }));
    },
    upload<D extends DType>(array: ArrayLike_<D>) {
      return inWords(async () => {
        const x = tensorOf(array);
        const there = await copy(x, "gpu-buffer");
        if (!isHere(x)) counter.crossed("toDevice", x);
        counter.made(there);
        return wrap(there) as DeviceArray<DType> as DeviceArray<D>; // a copy has its original's type
      });
    },
    read<D extends DType>(array: DeviceArray<D>) {
      return inWords(async () => {
        const x = tensorOf(array);
        if (isHere(x)) counter.crossed("toHost", x);
        return (isHere(x) ? await copy(x, "cpu") : x).data as Storage[D]; // a tensor's data has the type its dtype says
      });
    },
    free(array) {
      const x = tensorOf(array);
      if (isHere(x) && counter.freed(x)) x.dispose();
    },
    usage: counter.usage,
  };
  return device;
}

/** What WebGPU needs besides a GPU. */
const DRIVERS: Partial<Record<typeof Deno.build.os, string>> = {
  linux:
    "the Vulkan driver of the GPU's maker (`vulkaninfo --summary` lists what there is; NVIDIA's wants the packages libvulkan1, libx11-6 and libxext6)",
  darwin: "macOS with Metal",
  windows: "a driver for Direct3D 12",
};

/** Runs a trivial program, so that a missing adapter is reported at once and in words. */
export async function probe(device: Device): Promise<void> {
  try {
    device.free(await device.upload({ dims: [1], data: new Float32Array([1]) }));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    const found = device.adapter === undefined
      ? ""
      : ` it can use (there is ${device.adapter.name})`;
    const needed = DRIVERS[Deno.build.os] ?? "a driver for WebGPU";
    throw new Error(
      `Cannot open a GPU: WebGPU finds none${found}. It needs a GPU and ${needed}. ` +
        `To compute on the CPU: --device cpu, or PPO_DEVICE=cpu for a notebook. ONNX Runtime says: ${reason}`,
    );
  }
}
