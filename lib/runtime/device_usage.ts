/**
 * What a device holds and what has crossed to it and back, counted in one place.
 *
 * Only arrays that outlive a run are counted: what a program needs while it runs is ONNX Runtime's own.
 */
import { elements } from "./array.ts";

/** Copies in one direction. */
export interface Crossing {
  /** Arrays copied so far. */
  readonly arrays: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** What a device holds and what it has copied; on the CPU, where nothing needs to be copied, all is 0. */
export interface DeviceUsage {
  /** Arrays that were made and not yet freed. */
  readonly arrays: number;
  /** Their bytes. */
  readonly bytes: number;
  /** The most bytes that they ever were. */
  readonly peakBytes: number;
  /** From the host's memory to the device's. */
  readonly toDevice: Crossing;
  /** From the device's memory to the host's. */
  readonly toHost: Crossing;
}

/** One of a device's own objects. */
export interface Sized {
  readonly dims: readonly number[];
  readonly type: string;
}

/** Keeps the count. */
export interface UsageCounter {
  /** An array now lives on the device. */
  made(array: Sized): void;
  /** An array is about to be freed; false if it does not live here, or no more. */
  freed(array: Sized): boolean;
  /** An array was copied. */
  crossed(direction: "toDevice" | "toHost", array: Sized): void;
  /** The count as it stands. */
  usage(): DeviceUsage;
}

/** The count of a device that needs none. */
export const NO_USAGE: DeviceUsage = {
  arrays: 0,
  bytes: 0,
  peakBytes: 0,
  toDevice: { arrays: 0, bytes: 0 },
  toHost: { arrays: 0, bytes: 0 },
};

/** An element's bytes, the same in either memory; of other types four. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = { bool: 1, float16: 2 };

/** An array's bytes. */
const bytesOf = ({ dims, type }: Sized): number => elements(dims) * (ELEMENT_BYTES[type] ?? 4);

/** A counter at 0. */
export function createUsageCounter(): UsageCounter {
  const living = new WeakSet<Sized>();
  let current = NO_USAGE;
  const change = (arrays: number, bytes: number): void => {
    const held = current.bytes + bytes;
    current = {
      ...current,
      arrays: current.arrays + arrays,
      bytes: held,
      peakBytes: Math.max(current.peakBytes, held),
    };
  };
  return {
    made(array) {
      living.add(array);
      change(1, bytesOf(array));
    },
    freed(array) {
      if (!living.delete(array)) return false;
      change(-1, -bytesOf(array));
      return true;
    },
    crossed(direction, array) {
      const { arrays, bytes } = current[direction];
      current = { ...current, [direction]: { arrays: arrays + 1, bytes: bytes + bytesOf(array) } };
    },
    usage: () => current,
  };
}
