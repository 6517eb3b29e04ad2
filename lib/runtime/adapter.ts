/**
 * What this machine says of its GPU: name, kind, limits and memory, read before anything computes.
 *
 * `navigator.gpu` is asked, the web's own interface, which Deno has too. ONNX Runtime opens a GPU by itself and tells nothing of it; both
 * prefer the fastest, so on a machine with one GPU it is the same. WebGPU tells no size of memory; `gpu_memory.ts` asks Vulkan.
 */
import { gpuMemory } from "./gpu_memory.ts";

/** A GPU, or a program that plays one. */
export interface Adapter {
  /** "NVIDIA H100 PCIe" */
  readonly name: string;
  /** The CPU computes for it, hundreds of times slower than a GPU: SwiftShader, llvmpipe, WARP. */
  readonly isSoftware: boolean;
  /** Bytes of the largest buffer. */
  readonly maxBufferBytes: number;
  /** Bytes of a buffer that a kernel sees at once. */
  readonly maxBindingBytes: number;
  /** Whether its programs read float16 ("shader-f16"); holding such arrays is possible in any case. */
  readonly readsFloat16: boolean;
  /** Bytes of its memory; undefined where nothing tells. */
  readonly memoryBytes: number | undefined;
}

/** Names of programs that play a GPU, for drivers that do not say so. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/** The fastest GPU, or undefined where WebGPU finds none. */
export async function findAdapter(): Promise<Adapter | undefined> {
  const found = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!found) return undefined;
  const { info, limits, features } = found;
  const name = info.description ||
    [info.vendor, info.architecture, info.device].filter(Boolean).join(" ");
  return {
    name: name || "a GPU without a name",
    isSoftware: info.isFallbackAdapter || SOFTWARE.test(name),
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    readsFloat16: features.has("shader-f16"),
    memoryBytes: gpuMemory({ vendor: Number(info.vendor), device: Number(info.device) }),
  };
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** Bytes for people: "1.5 GiB". */
function sizeText(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${Number((bytes / 1024 ** unit).toPrecision(3))} ${UNITS[unit]}`;
}

/** Name, memory and limits in a line. */
export function adapterText(
  { name, isSoftware, memoryBytes, maxBufferBytes, maxBindingBytes }: Adapter,
): string {
  const memory = memoryBytes === undefined
    ? "memory not told"
    : `${sizeText(memoryBytes)} of memory`;
  const limits = `buffers of up to ${sizeText(maxBufferBytes)}, ${
    sizeText(maxBindingBytes)
  } at once in a kernel`;
  return `GPU: ${name}${isSoftware ? " (software, slow)" : ""}, ${memory}, ${limits}`;
}
