/**
 * Sessions of ONNX Runtime on the CPU whose results are written where the caller wants them, without a copy.
 *
 * A run is synchronous, as in npm's binding; before it the event loop gets one turn. Results that are not given a place get one of
 * their own: the first time that inputs have certain dimensions ONNX Runtime makes it and it is copied; from then on the result's
 * dimensions are known, and it is written straight into new memory.
 */
import type { DType } from "../tensor/mod.ts";
import { setImmediate } from "node:timers";
import { elements, type HostArray, typeOf } from "./array.ts";
import { newNumbers } from "./host_memory.ts";
import {
  cString,
  type OnnxRuntimeLibrary,
  openLibrary,
  place,
  type Pointer,
  pointerAt,
} from "./onnx_runtime_library.ts";

/** ONNX's numbers for element types. */
const ELEMENT_TYPES: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 6,
  bool: 9,
  float16: 10,
};

const DTYPES: readonly DType[] = ["float32", "float16", "int32", "bool"];

/**
 * Waking a sleeping thread takes tens of microseconds, and a step of a language model does it some 70 times: threads that look for
 * work for 50 microseconds first made a step a quarter shorter. Each session has threads of its own; when a run ends they stop
 * looking, or they would take the cores from the next session's.
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

/** The bytes of an array, and its pointer: a small array is moved out of V8's heap by asking for its buffer. */
function dataPointer({ buffer, byteOffset, byteLength }: HostArray["data"]): Pointer {
  if (byteLength === 0) return Deno.UnsafePointer.of(NOTHING);
  const start = Deno.UnsafePointer.of(buffer);
  return start === null ? null : Deno.UnsafePointer.offset(start, byteOffset);
}
const NOTHING = new Uint8Array(8);

/** What a result looked like. */
interface Form {
  readonly dtype: DType;
  readonly dims: readonly number[];
}

/** A compiled model. Inputs and results are in the order in which they were named. */
export interface NativeSession {
  /** Runs it; results are written into `into` where that is given. */
  run(inputs: readonly HostArray[], into: readonly (HostArray | undefined)[]): Promise<HostArray[]>;
  /** Frees it; it must not be run again. */
  release(): void;
}

/** What a session is made of. */
export interface NativeModel {
  /** An ONNX model. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Names of the inputs that will be given. */
  readonly inputs: readonly string[];
  /** Names of the results that are wanted. */
  readonly outputs: readonly string[];
}

/** Makes sessions; there is one runtime a process. */
export interface NativeRuntime {
  /** Compiles a model. Throws an Error with ONNX Runtime's words when it cannot. */
  createSession(model: NativeModel, options: { threads: number }): NativeSession;
}

/** What every session shares. */
interface Runtime {
  readonly library: OnnxRuntimeLibrary;
  readonly environment: Pointer;
  readonly memory: Pointer;
}

/**
 * Opens the library that npm's package holds.
 *
 * @throws Error when it cannot be opened.
 */
export function openNativeRuntime(): NativeRuntime {
  const library = openLibrary();
  const environment = given((where) => library.createEnv(LOG_ERRORS, cString("ppo"), where));
  const memory = given((where) =>
    library.createCpuMemoryInfo(DEVICE_ALLOCATOR, DEFAULT_MEMORY, where)
  );
  const runtime = { library, environment, memory };
  return { createSession: (model, { threads }) => createSession(runtime, model, threads) };
}

/** What a function leaves in the place it is given. */
function given(call: (where: BigUint64Array<ArrayBuffer>) => void): Pointer {
  const where = place();
  call(where);
  return pointerAt(where);
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

function createSession(
  runtime: Runtime,
  { bytes, inputs, outputs }: NativeModel,
  threads: number,
): NativeSession {
  const { library, environment } = runtime;
  const options = sessionOptions(library, threads);
  let session = given((where) =>
    library.createSessionFromArray(environment, bytes, BigInt(bytes.byteLength), options, where)
  );
  library.releaseSessionOptions(options);
  const names = { inputs: nameList(inputs), outputs: nameList(outputs) };
  const forms = formMemory();
  const values = valueSlots(runtime, inputs.length + outputs.length);
  return {
    async run(feeds, into) {
      await new Promise((resolve) => setImmediate(resolve));
      if (session === null) throw new Error("Cannot run the program: it was released");
      const known = forms.of(feeds);
      const targets = outputs.map((_, index) => into[index] ?? (known && emptyArray(known[index])));
      const results = runOnce(runtime, session, { names, values, feeds, targets });
      if (known === undefined) forms.keep(feeds, results);
      return results;
    },
    release() {
      values.release();
      library.releaseSession(session); // of null: nothing
      session = null;
    },
  };
}

/** What one run is made of. */
interface RunParts {
  readonly names: { readonly inputs: NameList; readonly outputs: NameList };
  readonly values: ValueSlots;
  readonly feeds: readonly HostArray[];
  /** Where results are written; ONNX Runtime makes those that are not given. */
  readonly targets: readonly (HostArray | undefined)[];
}

function runOnce(
  { library }: Runtime,
  session: Pointer,
  { names: { inputs, outputs }, values, feeds, targets }: RunParts,
): HostArray[] {
  const places = values.of([...feeds, ...targets]);
  const results = places.subarray(feeds.length);
  try {
    library.run(
      session,
      null,
      inputs.list,
      places,
      inputs.count,
      outputs.list,
      outputs.count,
      results,
    );
    return targets.map((array, index) => array ?? copyOf(library, pointerAt(results, index)));
  } finally {
    targets.forEach((array, index) => {
      if (array === undefined) library.releaseValue(pointerAt(results, index)); // of null: nothing
    });
  }
}

/** ONNX Runtime's handles for the arrays of a session's runs, one a place. */
interface ValueSlots {
  /** Handles for these arrays, valid until the next call; 0 where there is none. */
  of(arrays: readonly (HostArray | undefined)[]): BigUint64Array<ArrayBuffer>;
  /** Frees them. */
  release(): void;
}

/** A handle and what it was made for; it keeps nothing alive, for it is used again only for the same living array. */
interface Slot {
  readonly data: WeakRef<HostArray["data"]>;
  readonly bytes: number;
  readonly dims: readonly number[];
  readonly value: Pointer;
}

/**
 * Most arrays of a run are those of the last one, in the same places: parameters, moments, caches. Their handles are kept: making
 * 200 of them anew takes a millisecond, and a step of a language model has 20.
 */
function valueSlots(runtime: Runtime, count: number): ValueSlots {
  const slots: (Slot | undefined)[] = Array.from({ length: count });
  const handles = new BigUint64Array(count);
  const free = (index: number): void => {
    runtime.library.releaseValue(slots[index]?.value ?? null);
    slots[index] = undefined;
    handles[index] = 0n;
  };
  const fill = (index: number, array: HostArray): void => {
    const { data, dims } = array;
    const value = valueOf(runtime, array);
    slots[index] = { data: new WeakRef(data), bytes: data.byteLength, dims, value };
    handles[index] = Deno.UnsafePointer.value(value);
  };
  return {
    of(arrays) {
      arrays.forEach((array, index) => {
        if (array !== undefined && isFor(slots[index], array)) return;
        free(index);
        if (array !== undefined) fill(index, array);
      });
      return handles.slice(); // a run writes the handles of its own results into them
    },
    release: () => slots.forEach((_, index) => free(index)),
  };
}

/** Whether a handle speaks of this array: the same object, not detached since, in the same dimensions. */
const isFor = (slot: Slot | undefined, { data, dims }: HostArray): boolean =>
  slot !== undefined && slot.bytes === data.byteLength && slot.data.deref() === data &&
  slot.dims.length === dims.length && slot.dims.every((size, axis) => size === dims[axis]);

/** So many combinations of inputs' dimensions are remembered. */
const REMEMBERED = 256;

/** Remembers what the results looked like for inputs of certain dimensions. */
function formMemory() {
  const known = new Map<string, readonly Form[]>();
  const signature = (feeds: readonly HostArray[]) => feeds.map(({ dims }) => dims.join()).join(";");
  return {
    of: (feeds: readonly HostArray[]) => known.get(signature(feeds)),
    keep(feeds: readonly HostArray[], results: readonly HostArray[]): void {
      if (known.size >= REMEMBERED) known.clear();
      known.set(signature(feeds), results.map(({ dims, data }) => ({ dims, dtype: typeOf(data) })));
    },
  };
}

const emptyArray = ({ dtype, dims }: Form): HostArray => ({
  dims,
  data: newNumbers(dtype, elements(dims)),
});

/** C's array of names. */
interface NameList {
  readonly list: BigUint64Array<ArrayBuffer>;
  readonly count: bigint;
  /** The bytes that the list points to, kept alive. */
  readonly texts: readonly Uint8Array[];
}

function nameList(names: readonly string[]): NameList {
  const texts = names.map(cString);
  const list = BigUint64Array.from(texts, (text) => Deno.UnsafePointer.value(dataPointer(text)));
  return { list, count: BigInt(names.length), texts };
}

/** ONNX Runtime's handle for an array's own memory. */
function valueOf({ library, memory }: Runtime, { dims, data }: HostArray): Pointer {
  const sizes = BigInt64Array.from(dims, BigInt);
  const [bytes, rank, type] = [
    BigInt(data.byteLength),
    BigInt(dims.length),
    ELEMENT_TYPES[typeOf(data)],
  ];
  return given((where) =>
    library.createTensorWithData(memory, dataPointer(data), bytes, sizes, rank, type, where)
  );
}

/** A result that ONNX Runtime made, copied. */
function copyOf(library: OnnxRuntimeLibrary, value: Pointer): HostArray {
  const form = formOf(library, value);
  const array = emptyArray(form);
  const bytes = new Uint8Array(array.data.buffer);
  if (bytes.length === 0) return array;
  const source = given((where) => library.getTensorMutableData(value, where));
  if (source === null) throw new Error("Cannot read a result: ONNX Runtime gave no memory");
  new Deno.UnsafePointerView(source).copyInto(bytes);
  return array;
}

function formOf(library: OnnxRuntimeLibrary, value: Pointer): Form {
  const info = given((where) => library.getTensorTypeAndShape(value, where));
  const [type, rank] = [new Int32Array(1), place()];
  library.getTensorElementType(info, type);
  library.getDimensionsCount(info, rank);
  const sizes = new BigInt64Array(Number(rank[0]));
  library.getDimensions(info, sizes, rank[0]);
  library.releaseTensorInfo(info);
  const dtype = DTYPES.find((name) => ELEMENT_TYPES[name] === type[0]);
  if (dtype === undefined) {
    throw new TypeError(`A program gave values of ONNX's element type ${type[0]}`);
  }
  return { dtype, dims: Array.from(sizes, Number) };
}
