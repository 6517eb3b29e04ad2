/** float16 as storage: arrays of it, the cast to float32, tables looked up before they are cast, and what is refused. */
import assert from "node:assert/strict";
import { lower } from "../../lib/onnx/mod.ts";
import {
  type Device,
  type DeviceArray,
  float,
  floats,
  half,
  halves,
  type HostArray,
  int,
  ints,
  jit,
  openDevice,
} from "../../lib/runtime/mod.ts";
import {
  add,
  type AnyTensor,
  apply,
  cast,
  dot,
  evaluate,
  gather,
  input,
} from "../../lib/tensor/mod.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

/** Ordinary numbers, the largest, the smallest normal one and one in between; an odd number of them. */
const values = [0, -0.1, 1 / 3, 65504, -2, 1e-4, 6.1035e-5, 3.14159, 1234.5];
const tableOf = () => halves(values, [3, 3]); // on the CPU a device array is the very memory
const x = floats([1, -2, 3, 0.5, 0.25, 4], [2, 3]);
const indices = ints([2, 0, 2, 1]);

const spec = {
  table: half({ row: 3, column: 3 }),
  x: float({ time: -1, row: 3 }),
  indices: int({ place: -1 }),
};

/** What a program may do with a stored table: cast it, look rows up, multiply by it. */
const uses = (inputs: { table: AnyTensor; x: AnyTensor; indices: AnyTensor }) => {
  const wide = apply("cast", [inputs.table], { to: "float32" });
  return {
    wide,
    rows: apply("gather", [wide, inputs.indices], { axis: "row" }),
    product: apply("dot", [inputs.x, wide], { axes: ["row"] }),
    turned: apply("dot", [apply("rename", [inputs.x], { names: { row: "column" } }), wide], {
      axes: ["column"],
    }),
  };
};

/** What plain evaluation says of them. */
function evaluated(feeds: Readonly<Record<keyof typeof spec, HostArray>>) {
  const tensors = Object.entries(spec).map((
    [name, { shape, dtype }],
  ) => [name, input(name, shape, dtype)]);
  const named: Record<keyof typeof spec, AnyTensor> = Object.fromEntries(tensors);
  return evaluate(Object.values(uses(named)), feeds);
}

async function checkUses(device: Device): Promise<void> {
  const program = await jit(device, spec, uses, { toHost: ["wide", "rows", "product", "turned"] });
  const table = tableOf();
  const wanted = evaluated({ table, x, indices });
  const stored = await device.upload(table);
  const found = await program({ table: stored, x, indices });
  const results: readonly DeviceArray[] = [found.wide, found.rows, found.product, found.turned];
  for (const [index, array] of results.entries()) {
    assert.equal(array.dtype, "float32");
    const numbers = await device.read(array);
    wanted[index].data.forEach((value, at) =>
      assert.ok(
        Math.abs(numbers[at] - value) <= 1e-6 * (1 + Math.abs(value)),
        `${numbers[at]}, not ${value}`,
      )
    );
  }
  device.free(stored);
  await program.release();
}

async function checkStorage(device: Device): Promise<void> {
  const there = await device.upload(tableOf());
  assert.equal(there.dtype, "float16");
  assert.deepEqual([...await device.read(there)], [...Float16Array.from(values)]);
  device.free(there);
}

const cpu = await openDevice("cpu", { threads: 1 });

Deno.test("stored in float16 and back on the CPU", () => checkStorage(cpu));
Deno.test("a float16 table is cast, looked up and multiplied by on the CPU", () => checkUses(cpu));

Deno.test("a program rounds to the nearest float16 as the host does", async () => {
  const numbers = Float32Array.from(
    { length: 999 },
    (_, index) => Math.sin(index) * 10 ** (index % 9 - 4),
  );
  const program = await jit(cpu, { x: float({ at: -1 }) }, ({ x }) => ({ y: cast(x, "float16") }));
  const { y } = await program({ x: floats(numbers) });
  assert.deepEqual([...await cpu.read(y)], [...halves(numbers).data]);
  const { dims, data } =
    evaluate([cast(input("x", { at: -1 }), "float16")], { x: floats(numbers) })[0];
  assert.deepEqual([dims, [...data]], [[999], [...halves(numbers).data]]);
  await program.release();
});

Deno.test("rows of a float16 table, and the table turned, are what is cast, and not the table itself", () => {
  const table = cast(input("table", { row: 3, column: 4 }, "float16"), "float32");
  const rows = gather(table, input("i", { place: 2 }, "int32"), "row");
  const product = dot(input("x", { time: 5, column: 4 }), table, "column");
  for (const [output, first] of [[rows, "Gather"], [product, "Transpose"]] as const) {
    const text = new TextDecoder().decode(lower({ output }, { target: "webgpu" }).bytes);
    assert.equal(new Set(text.match(/Cast_\d+/g)).size, 1);
    assert.ok(text.indexOf(`${first}_`) < text.indexOf("Cast_"), text);
  }
});

Deno.test("nothing is computed with float16 values", () => {
  const stored = input("x", { time: 3 }, "float16");
  assert.throws(() => apply("add", [stored, stored], {}), {
    message: "Cannot add float16 values: cast them to float32 first",
  });
  assert.throws(() => apply("less", [stored, stored], {}), {
    message: 'Cannot apply "less" to float16 values',
  });
  assert.throws(() => apply("exp", [stored], {}), {
    message: "Cannot exp float16 values: float32 is wanted",
  });
  assert.throws(() => apply("dot", [stored, stored], { axes: ["time"] }), {
    message: "Cannot dot float16 values: float32 is wanted",
  });
  assert.throws(() => apply("pad", [stored], { axis: "time", before: 1, after: 0 }), {
    message: "Cannot pad float16 values: cast them to float32 first",
  });
  const condition = input("c", { time: 3 }, "bool");
  assert.throws(() => apply("where", [condition, stored, stored], {}), {
    message: "Cannot choose between float16 values: cast them to float32 first",
  });
});

Deno.test("a program that wants float32 refuses a float16 array", async () => {
  const program = await jit(cpu, { x: float({ at: -1 }) }, ({ x }) => ({ y: add(x, 1) }));
  const given: HostArray<never> = { dims: [2], data: halves([1, 2]).data as never }; // as a caller without types would
  await assert.rejects(program({ x: given }), {
    message: 'Cannot run the program: input "x" holds float16, and float32 is needed',
  });
  await program.release();
});

await onWebGpu("float16", (device) => {
  Deno.test("a float16 array takes two bytes a number on the GPU", async () => {
    const before = device.usage();
    const there = await device.upload(tableOf());
    const { bytes, toDevice } = device.usage();
    assert.equal(bytes - before.bytes, 2 * values.length);
    assert.equal(toDevice.bytes - before.toDevice.bytes, 2 * values.length);
    device.free(there);
    assert.equal(device.usage().bytes, before.bytes);
    await checkStorage(device);
  });

  Deno.test({
    name: "a float16 table is cast, looked up and multiplied by on the GPU",
    ignore: !device.adapter?.readsFloat16,
    fn: () => checkUses(device),
  });

  Deno.test({
    name: "a GPU whose adapter lacks shader-f16 computes nothing with a float16 array",
    ignore: device.adapter?.readsFloat16 === true,
    async fn() {
      const program = await jit(
        device,
        { table: half({ row: 3 }) },
        ({ table }) => ({ y: cast(table, "float32") }),
      );
      await assert.rejects(program({ table: halves([1, 2, 3]) }), /f16/);
      await program.release();
    },
  });
});
