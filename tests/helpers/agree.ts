/** ONNX Runtime against plain evaluation: every use of every primitive, forward and gradient, on one device. */
import assert from "node:assert/strict";
import { grad } from "../../lib/autodiff/mod.ts";
import { lower } from "../../lib/onnx/mod.ts";
import type { ArrayLike_, Device, DeviceArray } from "../../lib/runtime/mod.ts";
import {
  type AnyTensor,
  apply,
  evaluate,
  type HostArray,
  type NodeOf,
} from "../../lib/tensor/mod.ts";
import { weightedLoss } from "./check_grads.ts";
import type { PrimitiveCase } from "./primitive_case.ts";
import { everyCase, everyLargeCase } from "./primitive_cases.ts";

/** What is run and fed. */
interface Trial {
  readonly outputs: Readonly<Record<string, AnyTensor>>;
  readonly feeds: Readonly<Record<string, HostArray>>;
  /** Outputs that are written over inputs of the same name: key-value caches. */
  readonly inPlace: readonly string[];
  /** Whether an element of an output means nothing. */
  readonly isPadding: (output: string, at: number) => boolean;
}

/** Registers one test for each use; numbers may differ by `tolerance` (1 + |number|). */
export function testAgreement(
  device: Device,
  { tolerance, name = device.kind }: { tolerance: (primitive: string) => number; name?: string },
): void {
  for (const { primitive, use } of [...everyCase(), ...everyLargeCase()]) {
    for (const open of use.open.length > 0 ? [[], use.open] : [[]]) {
      const sizes = open.length > 0 ? `, with unknown sizes of ${open.join(", ")}` : "";
      Deno.test(`${primitive} of ${use.title} agrees with plain evaluation on ${name}${sizes}`, () =>
        checkAgreement(device, trialOf(use, open), tolerance(primitive)));
    }
  }
}

async function checkAgreement(device: Device, trial: Trial, tolerance: number): Promise<void> {
  const wanted = evaluate(Object.values(trial.outputs), trial.feeds);
  const found = await execute(device, trial);
  Object.keys(trial.outputs).forEach((name, index) => {
    assert.deepEqual([...found[index].dims], wanted[index].dims, `sizes of ${name}`);
    wanted[index].data.forEach((number, at) => {
      if (trial.isPadding(name, at)) return;
      const message = `${name} at ${at} is ${
        found[index].data[at]
      } on the device, ${number} evaluated`;
      assert.ok(
        Math.abs(found[index].data[at] - number) <= tolerance * (1 + Math.abs(number)),
        message,
      );
    });
  });
}

/** The result and, where it has a slope, the gradient of each float32 input; attention comes with its caches. */
function trialOf(use: PrimitiveCase, open: readonly string[]): Trial {
  const { result, inputs, feeds } = use.graph(open);
  if (isCached(result)) {
    return {
      outputs: cachedOutputs(result),
      feeds,
      inPlace: ["keys", "values"],
      isPadding: behindRows(feeds),
    };
  }
  const plain = { inPlace: [], isPadding: () => false };
  if (use.gradient !== "slope") return { outputs: { result }, feeds, ...plain };
  const weighted = weightedLoss(result, feeds);
  const names = Object.keys(inputs).filter((name) => inputs[name].dtype === "float32");
  const gradients = grad(weighted.loss, names.map((name) => inputs[name]));
  const named = gradients.map((gradient, index) => [`gradient of ${names[index]}`, gradient]);
  return { outputs: { result, ...Object.fromEntries(named) }, feeds: weighted.feeds, ...plain };
}

/** Queries behind a row's last token attend to nothing in particular, and slots behind it hold anything. */
function behindRows({ q, keys, lengths, total }: Readonly<Record<string, HostArray>>) {
  const [, time, embed] = q.dims, [, heads, slots, headDim] = keys.dims;
  return (output: string, at: number): boolean => {
    if (output !== "attended") {
      const row = Math.floor(at / (heads * slots * headDim));
      return Math.floor(at / headDim) % slots > lengths.data[row];
    }
    const isFirst = total.data[0] === time;
    return isFirst && Math.floor(at / embed) % time > lengths.data[Math.floor(at / (time * embed))];
  };
}

type Cached = "cachedAttention" | "cachedKeys" | "cachedValues";
const isCached = (node: AnyTensor): node is NodeOf<Cached> => node.primitive.startsWith("cached");

const cachedOutputs = ({ inputs, attributes }: NodeOf<Cached>) => ({
  attended: apply("cachedAttention", inputs, attributes),
  keys: apply("cachedKeys", inputs, attributes),
  values: apply("cachedValues", inputs, attributes),
});

/** Runs a trial: arrays go in from the host and results come back to it, but caches stay where they are. */
async function execute(device: Device, { outputs, feeds, inPlace }: Trial) {
  const names = Object.keys(outputs);
  const arrays = Object.entries(feeds).map((
    [name, array],
  ): [string, ArrayLike_] => [name, in32Bits(array)]);
  const given = new Map(arrays);
  const caches = new Map<string, DeviceArray>();
  for (const [name, array] of arrays) {
    if (inPlace.includes(name)) caches.set(name, await device.upload(array));
  }
  const renamed = Object.fromEntries(names.map((name) => [`${name} (out)`, outputs[name]]));
  const executable = await device.compile(
    lower(renamed, await device.lowering(Object.values(renamed))),
    Object.keys(renamed),
    (name) => !inPlace.includes(name.replace(" (out)", "")),
  );
  const into = [...caches].map(([name, array]): [string, DeviceArray] => [`${name} (out)`, array]);
  const results = await executable.run(new Map([...given, ...caches]), new Map(into));
  const found: { dims: readonly number[]; data: ArrayLike<number> }[] = [];
  for (const array of results.values()) {
    found.push({ dims: array.dims, data: (await device.read(array)).slice() });
  }
  caches.forEach((array) => device.free(array));
  await executable.release();
  return found;
}

const in32Bits = ({ dims, data }: HostArray): ArrayLike_ => ({
  dims,
  data: data instanceof Int32Array
    ? Int32Array.from(data)
    : data instanceof Float16Array
    ? Float16Array.from(data)
    : data instanceof Uint8Array
    ? Uint8Array.from(data)
    : Float32Array.from(data),
});
