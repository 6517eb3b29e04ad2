/**
 * Programs that write their results over what they read, a stretch of numbers at a time: no second set of arrays.
 *
 * Only for the CPU and only for what goes number by number: there a program may be given one array as input and as result. ONNX
 * Runtime computes its nodes one after the other, and a result's memory is written by the node that makes it, which has read that
 * place before; every other reader of the old numbers must come earlier. `adam` is so: m and v are made from the old ones at once,
 * and the parameter is read by the last node. (A GPU forbids a buffer to be read and written in one pass.)
 */
import { type Device, type DeviceArray, float, jit, number, type Program } from "../runtime/mod.ts";
import { add } from "../tensor/mod.ts";
import { adam, type AdamSettings, type StepScalars } from "../optim/mod.ts";
import { joined } from "./array_pool.ts";

/** Numbers that one call works on: its few results between nodes then need 4 MiB each. */
const STRETCH = 2 ** 20;

const flat = float({ n: -1 });
const scalar = float({});

type Views<K extends string> = Readonly<Record<K, Float32Array<ArrayBuffer>>>;

/** The arrays' own memory. */
async function memoryOf<K extends string>(
  device: Device,
  arrays: Readonly<Record<K, DeviceArray<"float32">>>,
): Promise<Views<K>> {
  const views: [string, Float32Array][] = [];
  for (const [name, array] of Object.entries<DeviceArray<"float32">>(arrays)) {
    views.push([name, await device.read(array)]);
  }
  return Object.fromEntries(views) as Views<K>; // the same names
}

/** Memory of one size, stretch by stretch. */
async function* stretches<K extends string>(
  device: Device,
  memory: Views<K>,
): AsyncGenerator<Record<K, DeviceArray<"float32">>> {
  const entries = Object.entries<Float32Array<ArrayBuffer>>(memory);
  const size = entries[0][1].length;
  for (let start = 0; start < size; start += STRETCH) {
    const views: [string, DeviceArray<"float32">][] = [];
    for (const [name, whole] of entries) {
      const data = whole.subarray(start, start + STRETCH);
      views.push([name, await device.upload({ dims: [data.length], data })]);
    }
    yield Object.fromEntries(views) as Record<K, DeviceArray<"float32">>; // the same names
  }
}

/** Adds arrays to others where they lie. */
export interface Adder {
  /** total += part, of the same dimensions. */
  add(total: DeviceArray<"float32">, part: DeviceArray<"float32">): Promise<void>;
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
  Record<"parameter" | "gradient" | "first" | "second", DeviceArray<"float32">>
>;

/** Adam where the arrays lie. */
export interface AdamInPlace {
  /** One step of some parameters; `decays`: with weight decay. */
  step(
    parameters: readonly AdamArrays[],
    scalars: StepScalars<number>,
    decays: boolean,
  ): Promise<void>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

/**
 * Compiles Adam for arrays of any size, which are written over.
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
