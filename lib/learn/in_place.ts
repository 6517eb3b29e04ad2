/**
 * Programs that overwrite their inputs with their results, one stretch of numbers at a time, so
 * that no second set of arrays is needed.
 *
 * This works only on the CPU and only for element-wise programs. There, the same array may be both
 * an input and a result of a program. ONNX Runtime computes the nodes one after the other. The
 * memory of a result is written by the node that computes it, which has already read the same
 * element. All other nodes that read the old numbers must run earlier. `adam` meets this condition:
 * m and v are computed from the old ones in one step, and the parameter is read by the last node.
 * (On a GPU, one pass must not read and write the same buffer.)
 */
import { type Device, flatten, float, isFloatArray, jit, mapTree, number } from "../runtime/mod.ts";
import { add } from "../tensor/mod.ts";
import { adam, type AdamSettings, type StepScalars } from "../optim/mod.ts";
import { type ArrayPool, joined } from "./array_pool.ts";
import { type Array32, mapRecord, mapRecordAsync } from "./records.ts";

/** The number of elements per call, for which each of the few intermediate results needs 4 MiB. */
const STRETCH = 2 ** 20;

const flat = float({ n: -1 });

type Views<K extends string> = Readonly<Record<K, Float32Array<ArrayBuffer>>>;

/** The memory of the arrays. */
const memoryOf = <K extends string>(
  device: Device,
  arrays: Readonly<Record<K, Array32>>,
): Promise<Views<K>> => mapRecordAsync(arrays, (array) => device.read(array));

/** Splits several buffers of the same size into stretches. */
async function* stretches<K extends string>(
  device: Device,
  memory: Views<K>,
): AsyncGenerator<Record<K, Array32>> {
  const [{ length }] = Object.values<Float32Array>(memory);
  for (let start = 0; start < length; start += STRETCH) {
    yield await mapRecordAsync(memory, (whole) => {
      const data = whole.subarray(start, start + STRETCH);
      return device.upload({ dims: [data.length], data });
    });
  }
}

/** Runs a program whose gradients are meant for the arrays of a tree. */
export type Bring = <T, R>(into: T, run: (target: T) => Promise<R>) => Promise<R>;

/** Writes gradients over what the arrays hold. */
export const writeInto: Bring = (into, run) => run(into);

/** Adds arrays to others in place. */
export type Adder = Awaited<ReturnType<typeof createAdder>>;

/**
 * Compiles an adder.
 *
 * @throws RangeError when the device is not the CPU.
 */
export async function createAdder(device: Device, pool: Pick<ArrayPool, "take" | "give">) {
  checkPlace(device);
  const program = await jit(device, { total: flat, part: flat }, ({ total, part }) => ({
    total: add(total, part),
  }));
  /** total += part, both of the same dimensions. */
  const addTo = async (total: Array32, part: Array32): Promise<void> => {
    for await (const views of stretches(device, await memoryOf(device, { total, part }))) {
      await program(views, { total: views.total });
    }
  };
  /**
   * Adds gradients to what the arrays hold, by way of spare arrays that come from the pool and go
   * back to it.
   */
  const addInto: Bring = async <T, R>(into: T, run: (target: T) => Promise<R>) => {
    const parts = new Map<Array32, Array32>(); // by the array that each is added to
    for (const total of flatten(into, isFloatArray).values()) {
      parts.set(total, await pool.take(total.dims));
    }
    // the same tree, leaf by leaf
    const results = await run(mapTree(into, isFloatArray, (total) => parts.get(total)));
    for (const [total, part] of parts) {
      await addTo(total, part);
      pool.give(part);
    }
    return results;
  };
  return { add: addTo, addInto };
}

/** One parameter with its gradient and moments. */
export type AdamArrays = Readonly<Record<"parameter" | "gradient" | "first" | "second", Array32>>;

/** The arrays that a step replaces. */
export type Stepped = Omit<AdamArrays, "gradient">;

/** Steps all parameters, by dotted name; gives the arrays that hold the new state. */
export type Stepper = (
  old: ReadonlyMap<string, AdamArrays>,
  scalars: StepScalars<number>,
) => Promise<ReadonlyMap<string, Stepped>>;

/** The specs of Adam's scalars. */
export const scalarsSpec = {
  scale: float({}),
  stepSize: float({}),
  rootCorrection: float({}),
  keep: float({}),
};

/**
 * Compiles Adam for arrays of any size, which it overwrites.
 *
 * @throws RangeError when the device is not the CPU.
 */
export async function createAdamInPlace(
  device: Device,
  { decays = () => true, ...settings }: AdamSettings & { decays?: (name: string) => boolean },
): Promise<Stepper> {
  checkPlace(device);
  const spec = { parameter: flat, gradient: flat, first: flat, second: flat, scalars: scalarsSpec };
  const compile = (own: AdamSettings) =>
    jit(device, spec, ({ scalars, ...arrays }) => adam(arrays, scalars, own));
  const withDecay = await compile(settings);
  const without = settings.weightDecay === 0
    ? withDecay
    : await compile({ ...settings, weightDecay: 0 });
  return async (old, given) => {
    const scalars = mapRecord({ ...given }, (value) => number(value));
    for (const decaying of [true, false]) {
      const program = decaying ? withDecay : without;
      const memory: Views<keyof AdamArrays>[] = [];
      for (const [name, arrays] of old) {
        if (decays(name) === decaying) memory.push(await memoryOf(device, arrays));
      }
      for (const run of joined(memory)) {
        for await (const { parameter, gradient, first, second } of stretches(device, run)) {
          const into = { parameter, first, second };
          await program({ ...into, gradient, scalars }, into);
        }
      }
    }
    return old;
  };
}

function checkPlace({ kind }: Device): void {
  if (kind !== "cpu") {
    throw new RangeError(
      `Cannot write results over what is read on ${kind}: only the CPU allows it`,
    );
  }
}
