/**
 * ONNX Runtime's handles for arrays: they refer to the arrays' own memory, so that a run copies
 * nothing.
 */
import type { DType } from "../tensor/mod.ts";
import { type HostArray, typeOf } from "./array.ts";
import { zeroArray } from "./host_memory.ts";
import { given, type OnnxRuntimeLibrary, place, type Pointer } from "./onnx_runtime_library.ts";

/** The library and its description of host memory. */
export interface NativeMemory {
  readonly library: OnnxRuntimeLibrary;
  readonly memory: Pointer;
}

/** ONNX's numbers for element types. */
const ELEMENT_TYPES: Record<DType, number> = { float32: 1, int32: 6, bool: 9, float16: 10 };
const DTYPES = ["float32", "int32", "bool", "float16"] as const;

const NOTHING = new Uint8Array(8);

/** The address of an array's bytes. Asking for the buffer moves a small array out of V8's heap. */
export function dataPointer({ buffer, byteOffset, byteLength }: HostArray["data"]): Pointer {
  if (byteLength === 0) return Deno.UnsafePointer.of(NOTHING);
  const start = Deno.UnsafePointer.of(buffer);
  return start === null ? null : Deno.UnsafePointer.offset(start, byteOffset);
}

/** ONNX Runtime's handle for an array's own memory. */
function valueOf({ library, memory }: NativeMemory, { dims, data }: HostArray): Pointer {
  const sizes = BigInt64Array.from(dims, BigInt);
  const [bytes, rank] = [BigInt(data.byteLength), BigInt(dims.length)];
  const type = ELEMENT_TYPES[typeOf(data)];
  return given((where) =>
    library.createTensorWithData(memory, dataPointer(data), bytes, sizes, rank, type, where)
  );
}

/** A copy of a result that ONNX Runtime made. */
export function copyOf(library: OnnxRuntimeLibrary, value: Pointer): HostArray {
  const array = emptyCopy(library, value);
  if (array.data.byteLength === 0) return array;
  const source = given((where) => library.getTensorMutableData(value, where));
  if (source === null) throw new Error("Cannot read a result: ONNX Runtime returned no memory");
  new Deno.UnsafePointerView(source).copyInto(new Uint8Array(array.data.buffer));
  return array;
}

/** Zeros with the type and the dimensions of a result. */
function emptyCopy(library: OnnxRuntimeLibrary, value: Pointer): HostArray {
  const info = given((where) => library.getTensorTypeAndShape(value, where));
  const [type, rank] = [new Int32Array(1), place()];
  library.getTensorElementType(info, type);
  library.getDimensionsCount(info, rank);
  const sizes = new BigInt64Array(Number(rank[0]));
  library.getDimensions(info, sizes, rank[0]);
  library.releaseTensorInfo(info);
  const dtype = DTYPES.find((name) => ELEMENT_TYPES[name] === type[0]);
  if (dtype !== undefined) return zeroArray(Array.from(sizes, Number), dtype);
  throw new TypeError(`Cannot read a result: its values have ONNX's element type ${type[0]}`);
}

/**
 * A handle and the array that it was made for. It does not keep the array alive, and is reused
 * only for the same living array.
 */
interface Slot {
  readonly data: WeakRef<HostArray["data"]>;
  readonly bytes: number;
  readonly dims: readonly number[];
  readonly value: Pointer;
}

/**
 * Whether a handle refers to this array: the same object, not detached since then, with the same
 * dimensions.
 */
const isFor = (slot: Slot | undefined, { data, dims }: HostArray): boolean =>
  slot !== undefined && slot.bytes === data.byteLength && slot.data.deref() === data &&
  slot.dims.length === dims.length && slot.dims.every((size, axis) => size === dims[axis]);

/**
 * ONNX Runtime's handles for the arrays of a session's runs, one for each input and result.
 *
 * Most arrays of a run are those of the run before, in the same places: parameters, moments,
 * caches. Their handles are kept, because making 200 of them takes a millisecond, and a step of a
 * language model takes 20.
 */
export function valueSlots(memory: NativeMemory, count: number) {
  const slots: (Slot | undefined)[] = Array.from({ length: count });
  const handles = new BigUint64Array(count);
  const replace = (index: number, array: HostArray | undefined): void => {
    memory.library.releaseValue(slots[index]?.value ?? null);
    slots[index] = undefined;
    handles[index] = 0n;
    if (array === undefined) return;
    const { data, dims } = array, value = valueOf(memory, array);
    slots[index] = { data: new WeakRef(data), bytes: data.byteLength, dims, value };
    handles[index] = Deno.UnsafePointer.value(value);
  };
  return {
    /** Returns handles for these arrays, valid until the next call; 0 where there is no array. */
    of(arrays: readonly (HostArray | undefined)[]): BigUint64Array<ArrayBuffer> {
      arrays.forEach((array, index) => {
        if (array === undefined || !isFor(slots[index], array)) replace(index, array);
      });
      return handles.slice(); // a run writes the handles of its own results into them
    },
    release: (): void => slots.forEach((_, index) => replace(index, undefined)),
  };
}
