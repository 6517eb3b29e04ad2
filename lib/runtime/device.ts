/**
 * What a device is: where programs run and arrays live. Nothing outside `lib/runtime` knows which of them it has; `open_device.ts`
 * opens one.
 */
import type { LoweredGraph, Lowering } from "../onnx/mod.ts";
import type { AnyTensor, DType } from "../tensor/mod.ts";
import type { Adapter } from "./adapter.ts";
import type { ArrayLike_, DeviceArray, Storage } from "./array.ts";
import type { DeviceUsage } from "./device_usage.ts";

/** Which ONNX Runtime provider computes. */
export type DeviceKind = "cpu" | "webgpu";

/** A compiled graph: arrays in by name, arrays out by name. */
export interface Executable {
  /** Writes into the arrays of `into` where given; other results are new arrays. */
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
  /** For people: "CPU, 2 threads". */
  readonly description: string;
  /** What the machine says of its GPU; undefined on the CPU, and where it says nothing. */
  readonly adapter: Adapter | undefined;
  /** How a graph with these results is to be written, so that the device computes it rightly. */
  lowering(outputs: Iterable<AnyTensor>): Promise<Lowering>;
  /** Compiles a lowered graph. Results named in `toHost` are made in host memory, where reading them is free. */
  compile(
    graph: LoweredGraph,
    outputs: readonly string[],
    toHost: (name: string) => boolean,
  ): Promise<Executable>;
  /** Copies host numbers to the device. */
  upload<D extends DType>(array: ArrayLike_<D>): Promise<DeviceArray<D>>;
  /** The numbers of an array; on the CPU the very memory, so copy it before the array is written again. */
  read<D extends DType>(array: DeviceArray<D>): Promise<Storage[D]>;
  /** Frees an array, which must not be used again; on the CPU a view of a larger array's memory is left alone. */
  free(array: DeviceArray): void;
  /** What it holds now, and what has crossed to it and back so far. */
  usage(): DeviceUsage;
}
