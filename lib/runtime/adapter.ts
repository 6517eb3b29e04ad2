/**
 * Facts about this machine's GPU that are read before anything computes: name, kind, limits and
 * memory.
 *
 * They come from `navigator.gpu`, the web's interface, which Deno has too. ONNX Runtime opens a
 * GPU by itself and reports nothing about it. Both prefer the fastest, so on a machine with one
 * GPU it is the same. WebGPU does not report the size of the memory, so `gpu_memory.ts` reads it
 * from Vulkan.
 */
import { say } from "../text/mod.ts";
import { gpuMemory } from "./gpu_memory.ts";

/** A GPU, or software that emulates one. */
export interface Adapter {
  /** "NVIDIA H100 PCIe" */
  readonly name: string;
  /**
   * Whether the CPU emulates it, hundreds of times slower than a GPU: SwiftShader, llvmpipe, WARP.
   */
  readonly isSoftware: boolean;
  /** Bytes of the largest buffer. */
  readonly maxBufferBytes: number;
  /** Bytes of the largest part of a buffer that a kernel can access. */
  readonly maxBindingBytes: number;
  /**
   * Whether its programs can read float16 ("shader-f16"); storing such arrays is possible in any
   * case.
   */
  readonly readsFloat16: boolean;
  /** Bytes of its memory; undefined where they are unknown. */
  readonly memoryBytes: number | undefined;
}

/** Names of software that emulates a GPU, for drivers that do not report it. */
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

/**
 * Describes a GPU in one line: name, memory and limits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { adapterText } from "ppo/runtime/mod.ts";
 *
 * const text = adapterText({
 *   name: "Card A",
 *   isSoftware: false,
 *   maxBufferBytes: 2 ** 31,
 *   maxBindingBytes: 2 ** 27,
 *   readsFloat16: false,
 *   memoryBytes: undefined,
 * });
 * assert.match(text, /^GPU: Card A, memory unknown, buffers of up to 2 GiB, 128 MiB at once/);
 * ```
 */
export function adapterText({ name, isSoftware, memoryBytes: bytes, ...limits }: Adapter): string {
  const kind = isSoftware
    ? { en: " (software, slow)", zh: "（软件模拟，很慢）" }
    : { en: "", zh: "" };
  const memory = bytes === undefined
    ? { en: "memory unknown", zh: "显存大小未知" }
    : { en: `${sizeText(bytes)} of memory`, zh: `显存 ${sizeText(bytes)}` };
  const [buffer, binding] = [limits.maxBufferBytes, limits.maxBindingBytes].map(sizeText);
  return say({
    en: `GPU: ${name}${kind.en}, ${memory.en}, buffers of up to ${buffer}, ` +
      `${binding} at once in a kernel`,
    zh: `GPU：${name}${kind.zh}，${memory.zh}，缓冲区最大 ${buffer}，` +
      `一个内核一次最多用 ${binding}`,
  });
}
