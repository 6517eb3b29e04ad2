/** A device that says how long each kind of program has run: what a benchmark sees of a part whose inside has no clock. */
import type { Device, Executable } from "../lib/runtime/mod.ts";

/** A device and its clock. */
export interface TimedDevice {
  /** Computes as the device it was made of. */
  readonly device: Device;
  /** Seconds in programs by their results' names ("logProbs", "loss,values"), since it was last asked. */
  lap(): ReadonlyMap<string, number>;
}

/** The same device with a clock. */
export function timedDevice(device: Device): TimedDevice {
  const seconds = new Map<string, number>();
  const timed = (name: string, { run, release }: Executable): Executable => ({
    async run(feeds, into) {
      const start = performance.now();
      const results = await run(feeds, into);
      seconds.set(name, (seconds.get(name) ?? 0) + (performance.now() - start) / 1000);
      return results;
    },
    release,
  });
  return {
    device: {
      ...device,
      compile: async (graph, outputs, toHost) =>
        timed(outputs.join(), await device.compile(graph, outputs, toHost)),
    },
    lap() {
      const read = new Map(seconds);
      seconds.clear();
      return read;
    },
  };
}
