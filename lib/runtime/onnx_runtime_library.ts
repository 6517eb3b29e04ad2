/**
 * ONNX Runtime's C interface, called through Deno's foreign functions.
 *
 * npm's onnxruntime-node copies every result of a run into new memory, even if the caller provided
 * an array to write into: 640 MB per step for the caches of 16 rows of GPT-2 base. The library
 * inside that package copies nothing, so the CPU device calls it.
 *
 * Functions are found by their index in the table `OrtApi`, to which new versions only append
 * (onnxruntime_c_api.h).
 */
import { inBoth, say, type Words } from "../text/mod.ts";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { arch, platform } from "node:process";

/** An object that the library owns. */
export type Pointer = Deno.PointerValue;

type Parameters = readonly Deno.NativeType[];
type Call = readonly [index: number, parameters: Parameters, result?: "void"];

/**
 * The index of each function in `OrtApi`, and its parameters. Those that release an object return
 * nothing, and all others return a status.
 */
const CALLS = {
  createEnv: [3, ["i32", "buffer", "buffer"]],
  createSessionFromArray: [8, ["pointer", "buffer", "usize", "pointer", "buffer"]],
  run: [9, ["pointer", "pointer", "buffer", "buffer", "usize", "buffer", "usize", "buffer"]],
  createSessionOptions: [10, ["buffer"]],
  disableMemPattern: [17, ["pointer"]],
  disableCpuMemArena: [19, ["pointer"]],
  setSessionLogSeverityLevel: [22, ["pointer", "i32"]],
  setSessionGraphOptimizationLevel: [23, ["pointer", "i32"]],
  setIntraOpNumThreads: [24, ["pointer", "i32"]],
  createTensorWithData: [49, ["pointer", "pointer", "usize", "buffer", "usize", "i32", "buffer"]],
  getTensorMutableData: [51, ["pointer", "buffer"]],
  getTensorElementType: [60, ["pointer", "buffer"]],
  getDimensionsCount: [61, ["pointer", "buffer"]],
  getDimensions: [62, ["pointer", "buffer", "usize"]],
  getTensorTypeAndShape: [65, ["pointer", "buffer"]],
  createCpuMemoryInfo: [69, ["i32", "i32", "buffer"]],
  releaseSession: [95, ["pointer"], "void"],
  releaseValue: [96, ["pointer"], "void"],
  releaseTensorInfo: [99, ["pointer"], "void"],
  releaseSessionOptions: [100, ["pointer"], "void"],
  addSessionConfigEntry: [130, ["pointer", "buffer", "buffer"]],
} as const satisfies Record<string, Call>;

const GET_ERROR_MESSAGE = 2;
const RELEASE_STATUS = 93;
/** The oldest version of the interface that has all of `CALLS`. */
const API_VERSION = 5;

/** The functions; each throws an Error with ONNX Runtime's own words when it fails. */
export type OnnxRuntimeLibrary = {
  readonly [K in keyof typeof CALLS]: (
    ...values: Deno.ToNativeParameterTypes<(typeof CALLS)[K][1]>
  ) => void;
};

/** The file of the library inside npm's package, by operating system. */
const LIBRARIES: Partial<Record<typeof platform, string>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  win32: "onnxruntime.dll",
};

function libraryPath(): string {
  const file = LIBRARIES[platform];
  if (file === undefined) {
    throw unusable({
      en: `npm's package has no library for ${platform}`,
      zh: `npm 的软件包没有适用于 ${platform} 的库`,
    });
  }
  const entry = createRequire(import.meta.url).resolve("onnxruntime-node");
  return join(dirname(entry), "..", "bin", "napi-v6", platform, arch, file);
}

const unusable = (reason: Words): Error => {
  const { en, zh } = inBoth(reason);
  return new Error(say({
    en: `Cannot use ONNX Runtime: ${en}. Install onnxruntime-node 1.30 or newer.`,
    zh: `无法使用 ONNX Runtime：${zh}。请安装 onnxruntime-node 1.30 或更高版本。`,
  }));
};

/** A C string: UTF-8 with a zero at the end. */
export const cString = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(text + "\0");

/** Room for one pointer or number that a function returns through a pointer. */
export const place = (): BigUint64Array<ArrayBuffer> => new BigUint64Array(1);

/** The pointer at this index. */
export const pointerAt = (places: BigUint64Array, index = 0): Pointer =>
  Deno.UnsafePointer.create(places[index]);

/** The pointer that a function writes into the place that it receives. */
export function given(call: (where: BigUint64Array<ArrayBuffer>) => void): Pointer {
  const where = place();
  call(where);
  return pointerAt(where);
}

/** The function at this index of a table; its address alone does not determine its parameters. */
const foreign = <const F extends Deno.ForeignFunction>(
  table: Deno.UnsafePointerView,
  index: number,
  definition: F,
) => {
  const address = table.getPointer<Omit<F, "nonblocking">>(8 * index);
  return new Deno.UnsafeFnPointer(existing(address, `function ${index}`), definition);
};

function existing<P>(pointer: P | null, what: string): P {
  if (pointer === null) throw unusable(`its library has no ${what}`);
  return pointer;
}

/** Turns a status into an Error with ONNX Runtime's message; null means success. */
function statusCheck(table: Deno.UnsafePointerView): (status: Pointer) => void {
  const message = foreign(table, GET_ERROR_MESSAGE, { parameters: ["pointer"], result: "pointer" });
  const release = foreign(table, RELEASE_STATUS, { parameters: ["pointer"], result: "void" });
  return (status) => {
    if (status === null) return;
    const text = existing(message.call(status), "message for an error");
    const words = Deno.UnsafePointerView.getCString(text);
    release.call(status);
    throw new Error(words);
  };
}

/** The table `OrtApi` of the library. */
function openTable(): Deno.UnsafePointerView {
  const { symbols } = Deno.dlopen(libraryPath(), {
    OrtGetApiBase: { parameters: [], result: "pointer" },
  });
  const base = existing(symbols.OrtGetApiBase(), "OrtApiBase");
  const api = { parameters: ["u32"], result: "pointer" } as const;
  const getApi = foreign(new Deno.UnsafePointerView(base), 0, api);
  return new Deno.UnsafePointerView(existing(getApi.call(API_VERSION), "OrtApi"));
}

/**
 * Opens the library.
 *
 * @throws {Error} if foreign functions are not allowed (`--allow-ffi`) or the library does not
 *   exist.
 */
export function openLibrary(): OnnxRuntimeLibrary {
  const table = openTable();
  const check = statusCheck(table);
  const calls = Object.entries<Call>(CALLS).map(([name, [index, parameters, result]]) => {
    const entry = foreign(table, index, { parameters, result: result ?? "pointer" });
    type Values = Deno.ToNativeParameterTypes<Parameters>;
    return [name, (...values: Values) => check(entry.call(...values) ?? null)];
  });
  return Object.fromEntries(calls) as OnnxRuntimeLibrary; // `fromEntries` forgets the keys
}
