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
import { type Device, float, jit, number, type Program } from "../runtime/mod.ts";
import { add } from "../tensor/mod.ts";
import { adam, type AdamSettings, type StepScalars } from "../optim/mod.ts";
import { joined } from "./array_pool.ts";
import { type Array32, mapRecordAsync } from "./records.ts";

/** The number of elements per call, for which each of the few intermediate results needs 4 MiB. */
const STRETCH = 2 ** 20;

const flat = float({ n: -1 });
const scalar = float({});

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

/** Adds arrays to others in place. */
export interface Adder {
  /** total += part, both of the same dimensions. */
  add(total: Array32, part: Array32): Promise<void>;
  /** Frees the compiled program. */
  release(): Promise<void>;
}

/**
 * Compiles an adder.
 *
 * @throws RangeError when the device is not the CPU.
 */
export async function createAdder(device: Device): Promise<Adder> {
  checkPlace(device);
  const program = await jit(device, { total: flat, part: flat }, ({ total, part }) => ({
    total: add(total, part),
  }));
  return {
    async add(total, part) {
      for await (const views of stretches(device, await memoryOf(device, { total, part }))) {
        await program(views, { total: views.total });
      }
    },
    release: () => program.release(),
  };
}

/** One parameter with its gradient and moments. */
export type AdamArrays = Readonly<
  Record<"parameter" | "gradient" | "first" | "second", Array32>
>;

/** Adam in place. */
export interface AdamInPlace {
  /** Makes one step of some parameters, with weight decay if `decays` is set. */
  step(
    parameters: readonly AdamArrays[],
    scalars: StepScalars<number>,
    decays: boolean,
  ): Promise<void>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

/**
 * Compiles Adam for arrays of any size, which it overwrites.
 *
 * @throws RangeError when the device is not the CPU.
 */
export async function createAdamInPlace(
  device: Device,
  settings: AdamSettings,
): Promise<AdamInPlace> {
  checkPlace(device);
  const decaying = await adamProgram(device, settings);
  const plain = settings.weightDecay === 0
    ? decaying
    : await adamProgram(device, { ...settings, weightDecay: 0 });
  return {
    async step(parameters, scalars, decays) {
      const numbers = {
        scale: number(scalars.scale),
        stepSize: number(scalars.stepSize),
        rootCorrection: number(scalars.rootCorrection),
        keep: number(scalars.keep),
      };
      const program = decays ? decaying : plain;
      const memory: Views<keyof AdamArrays>[] = [];
      for (const arrays of parameters) memory.push(await memoryOf(device, arrays));
      for (const run of joined(memory)) {
        for await (const { parameter, gradient, first, second } of stretches(device, run)) {
          await program({ parameter, gradient, first, second, numbers }, {
            parameter,
            first,
            second,
          });
        }
      }
    },
    async release() {
      await decaying.release();
      if (plain !== decaying) await plain.release();
    },
  };
}

const adamSpec = {
  parameter: flat,
  gradient: flat,
  first: flat,
  second: flat,
  numbers: { scale: scalar, stepSize: scalar, rootCorrection: scalar, keep: scalar },
};

function adamProgram(
  device: Device,
  settings: AdamSettings,
): Promise<Program<typeof adamSpec, ReturnType<typeof adam>>> {
  return jit(device, adamSpec, ({ numbers, ...arrays }) => adam(arrays, numbers, settings));
}

function checkPlace({ kind }: Device): void {
  if (kind !== "cpu") {
    throw new RangeError(
      `Cannot write results over what is read on ${kind}: only the CPU allows it`,
    );
  }
}
