/**
 * Counts what a device holds and what was copied to it and back.
 *
 * Only arrays that outlive a run are counted. The memory that a program needs while it runs
 * belongs to ONNX Runtime.
 */
import { elements } from "./array.ts";

/** Arrays that were copied in one direction so far, or that a device holds now. */
export interface Crossing {
  /** How many there are. */
  readonly arrays: number;
  /** Their bytes. */
  readonly bytes: number;
}

/**
 * What a device holds and what it has copied. On the CPU, where nothing needs to be copied, all
 * counts are 0.
 */
export interface DeviceUsage extends Crossing {
  /** The largest number of bytes so far. */
  readonly peakBytes: number;
  /** From the host's memory to the device's. */
  readonly toDevice: Crossing;
  /** From the device's memory to the host's. */
  readonly toHost: Crossing;
}

/** A device's own object for an array. */
export interface Sized {
  readonly dims: readonly number[];
  readonly type: string;
}

/** Keeps the counts. */
export type UsageCounter = ReturnType<typeof createUsageCounter>;

const NONE: Crossing = { arrays: 0, bytes: 0 };

/** The counts of a device that copies nothing. */
export const NO_USAGE: DeviceUsage = { ...NONE, peakBytes: 0, toDevice: NONE, toHost: NONE };

/** Bytes of an element, the same in both memories; other types have four. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = { bool: 1, float16: 2 };

/** An array's bytes. */
const bytesOf = ({ dims, type }: Sized): number => elements(dims) * (ELEMENT_BYTES[type] ?? 4);

/** Makes a counter that starts at 0. */
export function createUsageCounter() {
  const living = new WeakSet<Sized>();
  let current = NO_USAGE;
  const change = (sign: 1 | -1, array: Sized): void => {
    const bytes = current.bytes + sign * bytesOf(array);
    const peakBytes = Math.max(current.peakBytes, bytes);
    current = { ...current, arrays: current.arrays + sign, bytes, peakBytes };
  };
  return {
    /** Counts an array that now is on the device. */
    made(array: Sized): void {
      living.add(array);
      change(1, array);
    },
    /**
     * Counts an array that is about to be freed; returns false if it is not, or no longer, on the
     * device.
     */
    freed(array: Sized): boolean {
      const lived = living.delete(array);
      if (lived) change(-1, array);
      return lived;
    },
    /** Counts a copy of an array. */
    crossed(direction: "toDevice" | "toHost", array: Sized): void {
      const { arrays, bytes } = current[direction];
      current = { ...current, [direction]: { arrays: arrays + 1, bytes: bytes + bytesOf(array) } };
    },
    usage: (): DeviceUsage => current,
  };
}
