/**
 * Frozen models: kept in memory for the whole run, or loaded from their folder only while they are
 * used.
 *
 * A model of GPT-2 base's size has 390 MiB and loads in less than a second; it is used once a
 * timestep, which takes a minute.
 */
import { dropWeights, uploadParameters, type Weight } from "../lm/mod.ts";
import { type Device, type DeviceArrays, flatten, isDeviceArray, isSpec } from "../runtime/mod.ts";
import { say, type Text } from "../text/mod.ts";

/** A model that nothing changes. */
export interface Frozen<P> {
  /** Runs something with the parameters, which must not be kept. */
  use<R>(run: (parameters: P) => Promise<R>): Promise<R>;
  /** The parameters where they are kept; undefined where they are loaded for each use. */
  readonly kept: P | undefined;
}

/**
 * Keeps a model: on the CPU in the memory that its weights were read into, unless `spec` has
 * another data type.
 */
export async function keptModel<T>(
  device: Device,
  spec: T,
  weights: ReadonlyMap<string, Weight>,
): Promise<Frozen<DeviceArrays<T>>> {
  const kept = await uploadParameters(device, spec, weights, { share: true });
  return { kept, use: (run) => run(kept) };
}

/**
 * Loads a model for each use. It keeps only a fingerprint of `weights`; `name` is for errors ("the
 * reference model").
 *
 * The promise of `use` is rejected with a RangeError when `reread` finds other weights than those
 * given.
 */
export function rereadModel<T>(
  device: Device,
  spec: T,
  { name, weights, reread }: {
    readonly name: Text;
    readonly weights: ReadonlyMap<string, Weight>;
    readonly reread: () => Promise<ReadonlyMap<string, Weight>>;
  },
): Frozen<DeviceArrays<T>> {
  const known = fingerprint(weights);
  return {
    kept: undefined,
    async use(run) {
      const found = await reread();
      if (fingerprint(found) !== known) {
        throw new RangeError(say({
          en: `Cannot go on: the weights of ${name.en} have changed since the run began`,
          zh: `无法继续：训练开始之后，${name.zh}的权重变了`,
        }));
      }
      const arrays = await uploadParameters(device, spec, found, { share: true });
      const copied = flatten(spec, isSpec).values().every(({ dtype }) => dtype === "float16");
      if (copied) dropWeights(found);
      try {
        return await run(arrays);
      } finally {
        for (const array of flatten(arrays, isDeviceArray).values()) device.free(array);
        dropWeights(found);
      }
    },
  };
}

/** Five numbers of every weight. */
function fingerprint(weights: ReadonlyMap<string, Weight>): string {
  const places = [0, 0.25, 0.5, 0.75, 1];
  const some = ({ data }: Weight) =>
    places.map((place) => data[Math.floor(place * (data.length - 1))]);
  return JSON.stringify([...weights].map(([name, weight]) => [name, weight.shape, some(weight)]));
}
