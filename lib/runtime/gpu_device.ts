/** A GPU as a device, through ONNX Runtime's WebGPU provider. */
import * as ort from "onnxruntime-node";
import { lower, type LoweredGraph, resultName } from "../onnx/mod.ts";
import { type DType, input, topologicalOrder, UNKNOWN } from "../tensor/mod.ts";
import type { Adapter } from "./adapter.ts";
import type { ArrayLike_, DeviceArray, Storage } from "./array.ts";
import { attendsRightly } from "./attention_probe.ts";
import type { Device } from "./device.ts";
import { executable, type RunOne, sessionOptions, tensorOf, wrap } from "./ort_arrays.ts";

/** With either of these missing ONNX Runtime moves a Transpose onto a bool tensor, for which WebGPU has no kernel. */
const WEBGPU = { name: "webgpu", preferredLayout: "NCHW" } as const;
/** What WebGPU promises of every GPU. */
const LEAST_BINDING_BYTES = 128 * 2 ** 20;
const GPU_EXTRA = {
  session: { disable_cpu_ep_fallback: "1" },
  optimization: { disable_specified_optimizers: "TransposeOptimizer" },
};

/** A GPU; `probe` says whether there is one. */
export function gpuDevice(threads: number, adapter: Adapter | undefined): Device {
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
    const session = copies.get(key) ??
      create(lower({ y: input("x", shape, dtype) }, { target: "webgpu" }), () => location, ["y"]);
    copies.set(key, session);
    return session;
  };
  const copy = async (x: ort.Tensor, dtype: DType, location: "cpu" | "gpu-buffer"): Promise<ort.Tensor> => {
    const session = await copier(dtype, x.dims.length, location);
    const results = await session.run({ x });
    return results[resultName("y")];
  };
  let attentionIsRight: Promise<boolean> | undefined;
  const device: Device = {
    kind: "webgpu",
    description: `${adapter?.name ?? "GPU"} through WebGPU`,
    adapter,
    async lowering(outputs) {
      const attends = topologicalOrder([...outputs]).some(({ primitive }) => primitive === "cachedAttention");
      attentionIsRight ??= attends ? attendsRightly(device) : undefined;
      return {
        target: "webgpu",
        attentionInParts: attends && !(await attentionIsRight),
        bindingBytes: adapter?.maxBindingBytes ?? LEAST_BINDING_BYTES,
      };
    },
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
  return device;
}

/** What WebGPU needs besides a GPU. */
const DRIVERS: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "the Vulkan driver of the GPU's maker (`vulkaninfo --summary` lists what there is)",
  darwin: "macOS with Metal",
  windows: "a driver for Direct3D 12",
};

/** Runs a trivial program, so that a missing adapter is reported at once and in words. */
export async function probe(device: Device): Promise<void> {
  try {
    device.free(await device.upload({ dims: [1], data: new Float32Array([1]) }));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    const found = device.adapter === undefined ? "" : ` it can use (there is ${device.adapter.name})`;
    const needed = DRIVERS[Deno.build.os] ?? "a driver for WebGPU";
    throw new Error(
      `Cannot open a GPU: WebGPU finds none${found}. It needs a GPU and ${needed}. ` +
        `To compute on the CPU: --device cpu, or DEVICE=cpu for a notebook. ONNX Runtime says: ${reason}`,
    );
  }
}
