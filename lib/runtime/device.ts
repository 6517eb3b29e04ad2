/**
 * A device is where programs run and arrays are stored. Code outside `lib/runtime` does not depend
 * on the kind of device; `open_device.ts` opens one.
 */
import type { LoweredGraph, Lowering } from "../onnx/mod.ts";
import type { AnyTensor, DType } from "../tensor/mod.ts";
import type { Adapter } from "./adapter.ts";
import type { ArrayLike_, DeviceArray, Storage } from "./array.ts";
import type { DeviceUsage } from "./device_usage.ts";

/** Which ONNX Runtime provider computes. */
export type DeviceKind = "cpu" | "webgpu";

/** How to open a device. */
export interface OpenOptions {
  /** Threads of the CPU; default: all. */
  readonly threads?: number;
  /**
   * How a GPU's memory for intermediate results is reused; the first GPU that a process opens
   * decides. ONNX Runtime's buckets (the default) keep a few buffers of each of some sizes up to
   * 160 MiB; larger ones, or more of them, are allocated again in each run, which costs about 10 ms
   * for each array of hundreds of MiB. "exact" keeps every buffer for the next array of exactly its
   * size until the process ends, so that each new length of a batch takes memory of its own.
   */
  readonly buffers?: "buckets" | "exact";
}

/** A compiled graph, with inputs and results by name. */
export interface Executable {
  /**
   * Runs it. Results are written into the arrays of `into` where given; other results are new
   * arrays.
   */
  run(
    feeds: ReadonlyMap<string, ArrayLike_>,
    into: ReadonlyMap<string, DeviceArray>,
  ): Promise<Map<string, DeviceArray>>;
  /** Frees the program; it must not be run again. */
  release(): Promise<void>;
}

/** A place to run programs. */
export interface Device {
  /** Which provider it is. */
  readonly kind: DeviceKind;
  /** A description for people: "CPU, 2 threads". */
  readonly description: string;
  /** Name, limits and memory of the GPU; undefined on the CPU, and where they are unknown. */
  readonly adapter: Adapter | undefined;
  /**
   * Returns how a graph with these results must be written, so that the device computes it
   * correctly.
   */
  lowering(outputs: Iterable<AnyTensor>): Promise<Lowering>;
  /**
   * Compiles a lowered graph. Results for which `toHost` is true are made in host memory, where
   * reading them is free.
   */
  compile(
    graph: LoweredGraph,
    outputs: readonly string[],
    toHost: (name: string) => boolean,
  ): Promise<Executable>;
  /** Copies host numbers to the device. */
  upload<D extends DType>(array: ArrayLike_<D>): Promise<DeviceArray<D>>;
  /**
   * Returns the numbers of an array. On the CPU this is the array's own memory, so copy it before
   * the array is written again.
   */
  read<D extends DType>(array: DeviceArray<D>): Promise<Storage[D]>;
  /**
   * Frees an array, which must not be used again. On the CPU a view of a larger array's memory is
   * left alone.
   */
  free(array: DeviceArray): void;
  /** Returns what the device holds now, and what was copied to it and back so far. */
  usage(): DeviceUsage;
}

/** @throws {RangeError} always: an input was not given. */
export function missingInput(name: string): never {
  throw new RangeError(`Cannot run the program: the input "${name}" was not given`);
}
