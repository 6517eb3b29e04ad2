/** A GPU as a device, through ONNX Runtime's WebGPU provider. */
import * as ort from "onnxruntime-node";
import { lower, type LoweredGraph, resultName } from "../onnx/mod.ts";
import { type DType, input, topologicalOrder, UNKNOWN } from "../tensor/mod.ts";
import { say, type Text } from "../text/mod.ts";
import type { Adapter } from "./adapter.ts";
import type { ArrayLike_, DeviceArray } from "./array.ts";
import { attendsRightly } from "./attention_probe.ts";
import type { Device, OpenOptions } from "./device.ts";
import { createUsageCounter, type UsageCounter } from "./device_usage.ts";
import { gpuFailure } from "./gpu_failure.ts";
import { executable, feedOf, sessionOptions, tensorOf, valuesOf, wrap } from "./ort_arrays.ts";
import type { Fetches, RunOne, Values } from "./ort_arrays.ts";

type GpuOptions = Required<OpenOptions>;

/**
 * Without this layout, ONNX Runtime moves a Transpose to a bool tensor, for which WebGPU has no
 * kernel; see also GPU_EXTRA.
 */
const webgpu = (buffers: GpuOptions["buffers"]) => ({
  name: "webgpu" as const,
  preferredLayout: "NCHW" as const,
  storageBufferCacheMode: buffers === "exact" ? "simple" : "bucket",
});
/** The largest binding that WebGPU guarantees on every GPU. */
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
 * Disposes of the second handles of given arrays. A result that was written into a given array
 * comes with a second handle to it, and JavaScript's garbage collection does not free that
 * handle's memory (250 bytes) in onnxruntime-node 1.30.0.
 */
function disposeOfGiven(results: Values, fetches: Fetches): void {
  for (const [name, into] of Object.entries(fetches)) {
    if (into !== null && results[name] !== into && isHere(results[name])) results[name].dispose();
  }
}

const isHere = ({ location }: ort.Tensor): boolean => location === "gpu-buffer";

/**
 * Copies arrays from one memory to the other, or into an existing array. Each kind of array has
 * its own program, which is the only safe way in either direction.
 */
function createCopier(options: GpuOptions) {
  const sessions = new Map<string, Promise<ort.InferenceSession>>();
  const compiled = (dtype: DType, rank: number, place: Place): Promise<ort.InferenceSession> => {
    const axes = Array.from({ length: rank }, (_, axis) => [`axis${axis}`, UNKNOWN]);
    const shape = Object.fromEntries(axes);
    const graph = lower({ y: input("x", shape, dtype) }, { target: "webgpu" });
    return createSession(graph, ["y"], { ...options, place: () => place });
  };
  return async (x: ort.Tensor, place: Place, into: ort.Tensor | null = null) => {
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
 * The sessions of one graph: one for each set of results that are written into arrays of the
 * caller, because that set is compiled in. A program usually has one.
 */
function sessionsOf(
  graph: LoweredGraph,
  outputs: readonly string[],
  { toHost, ...options }: GpuOptions & { toHost: (name: string) => boolean },
) {
  const sessions = new Map<string, ort.InferenceSession>();
  return {
    async for(fetches: Fetches) {
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

/**
 * Runs a graph's sessions. onnxruntime-node 1.30.0 writes into given arrays only if no other
 * result stays on the device; otherwise it leaves them unchanged without an error. So such a run
 * makes all its results, and those for given arrays are copied there.
 */
function gpuRun(
  sessions: ReturnType<typeof sessionsOf>,
  isMade: (name: string) => boolean,
  copy: ReturnType<typeof createCopier>,
): RunOne {
  return async (feeds, fetches) => {
    const targets = Object.entries(fetches);
    const isMixed = targets.some(([, into]) => into !== null) &&
      targets.some(([name, into]) => into === null && isMade(name));
    if (!isMixed) {
      const results = await (await sessions.for(fetches)).run(feeds, fetches);
      disposeOfGiven(results, fetches);
      return results;
    }
    const none = Object.fromEntries(targets.map(([name]) => [name, null]));
    const results = await (await sessions.for(none)).run(feeds, none);
    for (const [name, into] of targets) {
      if (into === null) continue;
      if (isHere(results[name])) await copy(results[name], "cpu", into);
      results[name].dispose();
    }
    return results;
  };
}

/** The same run, which also counts copies and new arrays. */
const counted = (run: RunOne, counter: UsageCounter): RunOne => async (feeds, fetches) => {
  const results = await run(feeds, fetches);
  for (const x of Object.values(feeds)) if (!isHere(x)) counter.crossed("toDevice", x);
  for (const [name, x] of Object.entries(results)) {
    if (fetches[name] !== null) continue;
    if (isHere(x)) counter.made(x);
    else counter.crossed("toHost", x);
  }
  return results;
};

/** How graphs must be written for a device. The attention of its own kernel is tried once. */
function loweringOf(bindingBytes: number, isRight: () => Promise<boolean>): Device["lowering"] {
  let attentionIsRight: Promise<boolean> | undefined;
  return async (outputs) => {
    const attends = topologicalOrder([...outputs])
      .some(({ primitive }) => primitive === "cachedAttention");
    if (attends) attentionIsRight ??= isRight();
    return {
      target: "webgpu",
      attentionInParts: attends && !(await attentionIsRight),
      bindingBytes,
    };
  };
}

/** Makes a device of the GPU; `probe` checks that it works. */
export function gpuDevice(options: GpuOptions, adapter: Adapter | undefined): Device {
  const counter = createUsageCounter();
  const copy = createCopier(options);
  const inWords = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw gpuFailure(error, counter.usage());
    });
  const bindingBytes = adapter?.maxBindingBytes ?? LEAST_BINDING_BYTES;
  const device: Device = {
    kind: "webgpu",
    description: `${adapter?.name ?? "GPU"} through WebGPU`,
    adapter,
    lowering: loweringOf(bindingBytes, () => attendsRightly(device)),
    compile(graph, outputs, toHost) {
      const sessions = sessionsOf(graph, outputs, { ...options, toHost });
      const isMade = (name: string) => !toHost(name.slice(resultName("").length));
      const counting = counted(gpuRun(sessions, isMade, copy), counter);
      const run: RunOne = (feeds, fetches) => inWords(counting(feeds, fetches));
      return Promise.resolve(executable(graph, outputs, { run, release: sessions.release }));
    },
    async upload<D extends DType>(array: ArrayLike_<D>) {
      const x = tensorOf(array);
      const there = await inWords(copy(x, "gpu-buffer"));
      if (!isHere(x)) counter.crossed("toDevice", x);
      counter.made(there);
      return wrap<D>(there);
    },
    async read<D extends DType>(array: DeviceArray<D>) {
      const x = tensorOf(array);
      if (!isHere(x)) return valuesOf<D>(x);
      counter.crossed("toHost", x);
      return valuesOf<D>(await inWords(copy(x, "cpu")));
    },
    free(array) {
      const x = tensorOf(array);
      if (isHere(x) && counter.freed(x)) x.dispose();
    },
    usage: counter.usage,
  };
  return device;
}

/** What WebGPU needs in addition to a GPU. */
const DRIVERS: Partial<Record<typeof Deno.build.os, Text>> = {
  linux: {
    en: "the Vulkan driver of the GPU's manufacturer (`vulkaninfo --summary` lists the drivers; " +
      "NVIDIA's needs the packages libvulkan1, libx11-6 and libxext6)",
    zh: "GPU 厂商的 Vulkan 驱动（`vulkaninfo --summary` 列出驱动；" +
      "NVIDIA 的驱动需要软件包 libvulkan1、libx11-6 和 libxext6）",
  },
  darwin: { en: "macOS with Metal", zh: "支持 Metal 的 macOS" },
  windows: { en: "a driver for Direct3D 12", zh: "Direct3D 12 驱动" },
};
const ANY_DRIVER = { en: "a driver for WebGPU", zh: "WebGPU 驱动" };

/** Runs a trivial program, so that a missing adapter is reported at once and in words. */
export async function probe(device: Device): Promise<void> {
  try {
    device.free(await device.upload({ dims: [1], data: new Float32Array([1]) }));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new Error(say(noGpu(device.adapter?.name, reason)));
  }
}

/** Why WebGPU cannot be used. `name` is the GPU that was found, if there is one. */
function noGpu(name: string | undefined, reason: string): Text {
  const needed = DRIVERS[Deno.build.os] ?? ANY_DRIVER;
  const found = name === undefined ? { en: "WebGPU finds none", zh: "WebGPU 没有找到 GPU" } : {
    en: `WebGPU finds none it can use (there is ${name})`,
    zh: `WebGPU 没有找到可用的 GPU（找到的是 ${name}）`,
  };
  return {
    en: `Cannot open a GPU: ${found.en}. It needs a GPU and ${needed.en}. ` +
      "To compute on the CPU: --device cpu, or PPO_DEVICE=cpu for a notebook. " +
      `ONNX Runtime reports: ${reason}`,
    zh: `无法打开 GPU：${found.zh}。它需要 GPU 和${needed.zh}。` +
      "要在 CPU 上计算：--device cpu；在笔记本中用 PPO_DEVICE=cpu。" +
      `ONNX Runtime 报告：${reason}`,
  };
}
