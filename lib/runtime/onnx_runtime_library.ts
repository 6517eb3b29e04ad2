/**
 * ONNX Runtime's C interface, called through Deno's foreign functions.
 *
 * npm's onnxruntime-node copies every result of a run into new memory, also one that was given as the place to write: 640 MB a step
 * for the caches of 16 rows of GPT-2 base. The library inside that package copies nothing, so the CPU device calls it itself.
 *
 * Functions are found by their place in the table `OrtApi`, to which new versions only add (onnxruntime_c_api.h).
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Something that the library owns. */
export type Pointer = Deno.PointerValue;

type Parameters = readonly Deno.NativeType[];

/** Where each function stands in `OrtApi`, and what it takes. All but the last four return a status. */
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
  addSessionConfigEntry: [130, ["pointer", "buffer", "buffer"]],
} as const satisfies Record<string, readonly [number, Parameters]>;

const RELEASES = {
  releaseSession: 95,
  releaseValue: 96,
  releaseTensorInfo: 99,
  releaseSessionOptions: 100,
} as const;

const GET_ERROR_MESSAGE = 2;
const RELEASE_STATUS = 93;
/** The oldest version of the interface that has all of `CALLS`. */
const API_VERSION = 5;

type Calls = {
  readonly [K in keyof typeof CALLS]: (
    ...values: Deno.ToNativeParameterTypes<(typeof CALLS)[K][1]>
  ) => void;
};
type Releases = { readonly [K in keyof typeof RELEASES]: (object: Pointer) => void };

/** The functions; each throws an Error with ONNX Runtime's own words when it fails. */
export type OnnxRuntimeLibrary = Calls & Releases;

const FILES = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  windows: "onnxruntime.dll",
} as const;
const PLATFORMS = { linux: "linux", darwin: "darwin", windows: "win32" } as const;

/** The library inside npm's package, for this system. */
function libraryPath(): string {
  const { os, arch } = Deno.build;
  if (os !== "linux" && os !== "darwin" && os !== "windows") {
    throw new Error(`Cannot use ONNX Runtime on ${os}: npm's package has no library for it`);
  }
  const entry = createRequire(import.meta.url).resolve("onnxruntime-node");
  const cpu = arch === "aarch64" ? "arm64" : "x64";
  return join(dirname(entry), "..", "bin", "napi-v6", PLATFORMS[os], cpu, FILES[os]);
}

/** Text as C has it: UTF-8 with a zero behind it. */
export const cString = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(text + "\0");

/** A place for one pointer or number that a function gives back. */
export const place = (): BigUint64Array<ArrayBuffer> => new BigUint64Array(1);

/** The pointer that a function left in a place. */
export const pointerAt = (places: BigUint64Array, index = 0): Pointer =>
  Deno.UnsafePointer.create(places[index]);

/** The function at an address; an address alone does not say what the function takes. */
const foreign = <const F extends Deno.ForeignFunction>(
  address: Deno.PointerObject,
  definition: F,
) => new Deno.UnsafeFnPointer(address as Deno.PointerObject<Omit<F, "nonblocking">>, definition);

function existing<P>(pointer: P | null, what: string): P {
  if (pointer === null) throw new Error(`Cannot use ONNX Runtime: its library has no ${what}`);
  return pointer;
}

/** Turns a status into an Error with its words; null means that all went well. */
function statusCheck(at: (index: number) => Deno.PointerObject): (status: Pointer) => void {
  const message = foreign(at(GET_ERROR_MESSAGE), {
    parameters: ["pointer"],
    result: "pointer",
  });
  const release = foreign(at(RELEASE_STATUS), { parameters: ["pointer"], result: "void" });
  return (status) => {
    if (status === null) return;
    const text = existing(message.call(status), "words for an error");
    const words = Deno.UnsafePointerView.getCString(text);
    release.call(status);
    throw new Error(words);
  };
}

/**
 * Opens the library.
 *
 * @throws Error when foreign functions are not allowed (`--allow-ffi`) or the library is not there.
 */
export function openLibrary(): OnnxRuntimeLibrary {
  const { symbols } = Deno.dlopen(libraryPath(), {
    OrtGetApiBase: { parameters: [], result: "pointer" },
  });
  const base = existing(symbols.OrtGetApiBase(), "OrtApiBase");
  const getApi = foreign(
    existing(new Deno.UnsafePointerView(base).getPointer(), "GetApi"),
    { parameters: ["u32"], result: "pointer" },
  );
  const table = new Deno.UnsafePointerView(existing(getApi.call(API_VERSION), "OrtApi"));
  const at = (index: number) =>
    existing(table.getPointer(8 * index), `function ${index} of OrtApi`);
  const check = statusCheck(at);
  const calls = Object.entries(CALLS).map(([name, [index, parameters]]) => {
    const entry = foreign(at(index), { parameters: parameters as Parameters, result: "pointer" }); // any of them

    return [
      name,
      (...values: Deno.ToNativeParameterTypes<Parameters>) => check(entry.call(...values)),
    ];
  });
  const releases = Object.entries(RELEASES).map(([name, index]) => {
    const release = foreign(at(index), { parameters: ["pointer"], result: "void" });
    return [name, (object: Pointer) => release.call(object)];
  });
  return Object.fromEntries([...calls, ...releases]) as OnnxRuntimeLibrary; // fromEntries forgets the keys
}
