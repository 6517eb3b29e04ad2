/**
 * Frozen models: kept in memory for the whole run, or read from their folder when they are asked and given back at once.
 *
 * A model of GPT-2's base size is 390 MiB and is read in less than a second; it is asked once a timestep, which takes a minute.
 */
import { dropWeights, uploadParameters, type Weight } from "../lm/mod.ts";
import { type Device, type DeviceArrays, flatten, isDeviceArray, isSpec } from "../runtime/mod.ts";

/** A model that nothing changes. */
export interface Frozen<P> {
  /** Runs something with the parameters, which must not be kept. */
  use<R>(run: (parameters: P) => Promise<R>): Promise<R>;
  /** The parameters where they are kept; undefined where they are read for each use. */
  readonly kept: P | undefined;
}

/** A model whose parameters are held as they are. */
export const heldModel = <P>(parameters: P): Frozen<P> => ({
  kept: parameters,
  use: (run) => run(parameters),
});

/** Keeps a model: on the CPU in the memory that its weights were read into, unless `spec` stores them in another way. */
export async function keptModel<T>(
  device: Device,
  spec: T,
  weights: ReadonlyMap<string, Weight>,
): Promise<Frozen<DeviceArrays<T>>> {
  return heldModel(await uploadParameters(device, spec, weights, { share: true }));
}

/** Where a model comes from, time and again. */
export interface Rereading {
  /** For people: "the reference model". */
  readonly name: string;
  /** The weights as they were read first. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** Reads them again. */
  readonly reread: () => Promise<ReadonlyMap<string, Weight>>;
}

/**
 * Reads a model for each use. It keeps nothing of the weights it is given but a few numbers to know them by.
 *
 * The promise of `use` is rejected with a RangeError when other weights lie there than those it was given.
 */
export function rereadModel<T>(
  device: Device,
  spec: T,
  { name, weights, reread }: Rereading,
): Frozen<DeviceArrays<T>> {
  const known = fingerprint(weights);
  return {
    kept: undefined,
    async use(run) {
      const found = await reread();
      if (fingerprint(found) !== known) {
        throw new RangeError(
          `Cannot go on: the weights of ${name} have changed since the run began`,
        );
      }
      const arrays = await uploadParameters(device, spec, found, { share: true });
      if (flatten(spec, isSpec).values().every(({ dtype }) => dtype === "float16")) {
        dropWeights(found); // these are copies
      }
      try {
        return await run(arrays);
      } finally {
        for (const array of flatten(arrays, isDeviceArray).values()) device.free(array);
        dropWeights(found);
      }
    },
  };
}

/** Some numbers of every weight. */
function fingerprint(weights: ReadonlyMap<string, Weight>): string {
  const places = [0, 0.25, 0.5, 0.75, 1];
  const some = ({ data }: Weight) =>
    places.map((place) => data[Math.floor(place * (data.length - 1))]);
  return JSON.stringify([...weights].map(([name, weight]) => [name, weight.shape, some(weight)]));
}
