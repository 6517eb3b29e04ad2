/** ONNX Runtime against plain evaluation: every use of every primitive, forward and gradient, on one kind of device. */
import assert from "node:assert/strict";
import { grad } from "../../lib/autodiff/mod.ts";
import { lower } from "../../lib/onnx/mod.ts";
import type { Device, DeviceArray, HostArray as RuntimeArray } from "../../lib/runtime/mod.ts";
import { type AnyTensor, evaluate, type HostArray } from "../../lib/tensor/mod.ts";
import { weightedLoss } from "./check_grads.ts";
import type { PrimitiveCase } from "./primitive_case.ts";
import { everyCase } from "./primitive_cases.ts";

/** What is special about attention with a cache: padded positions are not compared, and a cache is written in place. */
interface Cache {
  /** The input that the result is written over. */
  readonly over: string | undefined;
}
const caches: Readonly<Record<string, Cache | undefined>> = {
  cachedAttention: { over: undefined },
  cachedKeys: { over: "keys" },
  cachedValues: { over: "values" },
};

type Feeds = Readonly<Record<string, HostArray>>;

/** Registers one test for each use; `open` says when the device is to be had. */
export function testAgreement(open: () => Promise<Device>): void {
  for (const { primitive, use } of everyCase()) {
    for (const axes of use.open.length > 0 ? [[], use.open] : [[]]) {
      const sizes = axes.length > 0 ? `, with unknown sizes of ${axes.join(", ")}` : "";
      Deno.test(`${primitive} of ${use.title} agrees with plain evaluation${sizes}`, async () => {
        await checkAgreement(await open(), use, { axes, cache: caches[primitive] });
      });
    }
  }
}

async function checkAgreement(
  device: Device,
  use: PrimitiveCase,
  { axes, cache }: { axes: readonly string[]; cache: Cache | undefined },
): Promise<void> {
  const { outputs, feeds } = withGradients(use, axes);
  const wanted = evaluate(Object.values(outputs), feeds);
  const found = await execute(device, { outputs, feeds, over: cache?.over });
  Object.keys(outputs).forEach((name, index) => {
    assert.deepEqual([...found[index].dims], wanted[index].dims, `sizes of ${name}`);
    wanted[index].data.forEach((number, at) => {
      if (cache !== undefined && number === 0) return; // padding: unspecified
      const message = `${name} at ${at} is ${found[index].data[at]} on the device, ${number} evaluated`;
      assert.ok(Math.abs(found[index].data[at] - number) <= 1e-5 * (1 + Math.abs(number)), message);
    });
  });
}

/** The result and, where it has a slope, the gradient of each float32 input. */
function withGradients(use: PrimitiveCase, axes: readonly string[]) {
  const { result, inputs, feeds } = use.graph(axes);
  if (use.gradient !== "slope") return { outputs: { result }, feeds };
  const weighted = weightedLoss(result, feeds);
  const names = Object.keys(inputs).filter((name) => inputs[name].dtype === "float32");
  const gradients = grad(weighted.loss, names.map((name) => inputs[name]));
  const named = gradients.map((gradient, index) => [`gradient of ${names[index]}`, gradient]);
  const outputs: Record<string, AnyTensor> = { result, ...Object.fromEntries(named) };
  return { outputs, feeds: weighted.feeds };
}

/** Runs a graph; a new cache is written over the old one, as generation does. */
async function execute(
  device: Device,
  { outputs, feeds, over }: {
    outputs: Readonly<Record<string, AnyTensor>>;
    feeds: Feeds;
    over: string | undefined;
  },
): Promise<{ dims: readonly number[]; data: ArrayLike<number> }[]> {
  const names = Object.keys(outputs);
  const executable = await device.compile(lower(outputs), names, () => false);
  const given = new Map<string, DeviceArray>();
  for (const [name, array] of Object.entries(feeds)) given.set(name, await device.upload(in32Bits(array)));
  const target = given.get(over ?? "");
  const results = await executable.run(given, new Map(target === undefined ? [] : [["result", target]]));
  const found = [];
  for (const array of results.values()) {
    found.push({ dims: array.dims, data: (await device.read(array)).slice() });
  }
  new Set([...given.values(), ...results.values()]).forEach((array) => device.free(array));
  await executable.release();
  return found;
}

const in32Bits = ({ dims, data }: HostArray): RuntimeArray => ({
  dims,
  data: data instanceof Float64Array ? Float32Array.from(data) : data.slice(),
});
