/** A device that counts what is asked of it: programs compiled, and runs by a name that the test gives them. */
import type { ArrayLike_, Device } from "../../lib/runtime/mod.ts";

/** One run of a program. */
export interface CountedRun {
  /** What it gives, by name. */
  readonly outputs: readonly string[];
  /** What it is given, by name. */
  readonly feeds: ReadonlyMap<string, ArrayLike_>;
}

/** A device and what it has counted. */
export interface CountingDevice {
  /** Computes as the device it was made of. */
  readonly device: Device;
  /** Programs compiled so far. */
  programs(): number;
  /** Runs so far, by name. */
  counts(): ReadonlyMap<string, number>;
}

/** The same device, counting. */
export function countingDevice(
  device: Device,
  nameOf: (run: CountedRun) => string = ({ outputs }) => outputs.join(),
): CountingDevice {
  const counts = new Map<string, number>();
  let programs = 0;
  return {
    device: {
      ...device,
      async compile(graph, outputs, toHost) {
        programs++;
        const executable = await device.compile(graph, outputs, toHost);
        return {
          ...executable,
          run(feeds, into) {
            const name = nameOf({ outputs, feeds });
            counts.set(name, (counts.get(name) ?? 0) + 1);
            return executable.run(feeds, into);
          },
        };
      },
    },
    programs: () => programs,
    counts: () => new Map(counts),
  };
}
