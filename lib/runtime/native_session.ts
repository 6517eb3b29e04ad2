/**
 * Sessions of ONNX Runtime on the CPU whose results are written into the caller's arrays without a
 * copy.
 *
 * A run is synchronous, as in npm's binding; before it the event loop gets one turn. Results
 * without an array of the caller get a new one. The first time that inputs have certain
 * dimensions, ONNX Runtime allocates it and it is copied; from then on the result's dimensions are
 * known, and it is written directly into new memory.
 */
import { setImmediate } from "node:timers";
import { type HostArray, typeOf } from "./array.ts";
import { zeroArray } from "./host_memory.ts";
import { copyOf, dataPointer, type NativeMemory, valueSlots } from "./native_values.ts";
import { cString, given, openLibrary, pointerAt } from "./onnx_runtime_library.ts";
import type { OnnxRuntimeLibrary, Pointer } from "./onnx_runtime_library.ts";

/**
 * Waking a sleeping thread takes tens of microseconds, and a step of a language model does it
 * about 70 times: letting threads spin for 50 microseconds before they sleep made a step a quarter
 * shorter. Each session has its own threads. When a run ends they stop spinning, because otherwise
 * they would take the cores from the next session's threads.
 */
const CONFIGURATION = {
  "session.set_denormal_as_zero": "1",
  "session.intra_op.allow_spinning": "1",
  "session.intra_op.spin_duration_us": "50",
  "session.force_spinning_stop": "1",
};

const LOG_ERRORS = 3;
const ALL_OPTIMIZATIONS = 99;
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;
/** How many combinations of the inputs' dimensions a session remembers. */
const REMEMBERED = 256;

/** A compiled model. Inputs and results are in the order of their names in the model. */
export type NativeSession = ReturnType<typeof nativeSession>;

/** What a session is made from. */
export interface NativeModel {
  /** An ONNX model. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Names of the inputs. */
  readonly inputs: readonly string[];
  /** Names of the results that are needed. */
  readonly outputs: readonly string[];
}

/**
 * Opens the library that npm's package contains, and returns the function that compiles a model; a
 * process needs one. The function throws an Error with ONNX Runtime's message if it cannot.
 *
 * @throws {Error} if it cannot be opened.
 */
export function openNativeRuntime(): (model: NativeModel, threads: number) => NativeSession {
  const library = openLibrary();
  const environment = given((where) => library.createEnv(LOG_ERRORS, cString("ppo"), where));
  const allocator = [DEVICE_ALLOCATOR, DEFAULT_MEMORY] as const;
  const memory = given((where) => library.createCpuMemoryInfo(...allocator, where));
  return (model, threads) => {
    const options = sessionOptions(library, threads);
    const { bytes } = model, size = BigInt(bytes.byteLength);
    const session = given((where) =>
      library.createSessionFromArray(environment, bytes, size, options, where)
    );
    library.releaseSessionOptions(options);
    return nativeSession({ library, memory }, session, model);
  };
}

function sessionOptions(library: OnnxRuntimeLibrary, threads: number): Pointer {
  const options = given((where) => library.createSessionOptions(where));
  library.setSessionGraphOptimizationLevel(options, ALL_OPTIMIZATIONS);
  library.setIntraOpNumThreads(options, threads);
  library.setSessionLogSeverityLevel(options, LOG_ERRORS);
  library.disableCpuMemArena(options);
  library.disableMemPattern(options);
  for (const [key, value] of Object.entries(CONFIGURATION)) {
    library.addSessionConfigEntry(options, cString(key), cString(value));
  }
  return options;
}

function nativeSession(memory: NativeMemory, created: Pointer, model: NativeModel) {
  let session = created;
  const { library } = memory, { inputs, outputs } = model;
  const runOnce = runner(library, model);
  const values = valueSlots(memory, inputs.length + outputs.length);
  /** The results' dimensions and types, by the inputs' dimensions. */
  const known = new Map<string, readonly Parameters<typeof zeroArray>[]>();
  return {
    /** Runs it. Results are written into `into` where that is given. */
    async run(feeds: readonly HostArray[], into: readonly (HostArray | undefined)[]) {
      await new Promise((resolve) => setImmediate(resolve));
      if (session === null) throw new Error("Cannot run the program: it was released");
      const signature = feeds.map(({ dims }) => dims.join()).join(";");
      const forms = known.get(signature);
      const targets = outputs.map((_, index) =>
        into[index] ?? (forms && zeroArray(...forms[index]))
      );
      const results = runOnce(session, values.of([...feeds, ...targets]), targets);
      if (forms === undefined) {
        if (known.size >= REMEMBERED) known.clear();
        known.set(signature, results.map(({ dims, data }) => [dims, typeOf(data)]));
      }
      return results;
    },
    /** Frees it; it must not be run again. */
    release(): void {
      values.release();
      library.releaseSession(session); // accepts null
      session = null;
    },
  };
}

/**
 * The function that runs a session once. It receives handles of the inputs and the results, and
 * the arrays for the results; ONNX Runtime allocates those that are missing.
 */
function runner(library: OnnxRuntimeLibrary, model: NativeModel) {
  const inputs = nameList(model.inputs), outputs = nameList(model.outputs);
  return (
    session: Pointer,
    handles: BigUint64Array<ArrayBuffer>,
    targets: readonly (HostArray | undefined)[],
  ): HostArray[] => {
    const made = handles.subarray(model.inputs.length);
    const { list, count } = inputs;
    try {
      library.run(session, null, list, handles, count, outputs.list, outputs.count, made);
      return targets.map((array, index) => array ?? copyOf(library, pointerAt(made, index)));
    } finally {
      targets.forEach((array, index) => {
        if (array === undefined) library.releaseValue(pointerAt(made, index)); // accepts null
      });
    }
  };
}

/**
 * C's array of names. The list only points to the bytes of `texts`, which must stay alive as long
 * as it is used.
 */
function nameList(names: readonly string[]) {
  const texts = names.map(cString);
  const list = BigUint64Array.from(texts, (text) => Deno.UnsafePointer.value(dataPointer(text)));
  return { list, count: BigInt(names.length), texts };
}
