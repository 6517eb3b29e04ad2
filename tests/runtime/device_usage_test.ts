/** What a GPU holds, what crosses to it and back, and what is said when it cannot go on. */
import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import {
  bools,
  type Device,
  type DeviceArray,
  float,
  floats,
  ints,
  jit,
  openDevice,
  zeros,
} from "../../lib/runtime/mod.ts";
import { gpuFailure } from "../../lib/runtime/gpu_failure.ts";
import { mul } from "../../lib/tensor/mod.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

/** What changed while `work` ran. */
async function change(device: Device, work: () => Promise<unknown>) {
  const before = device.usage();
  await work();
  const { arrays, bytes, toDevice, toHost } = device.usage();
  return {
    held: [arrays - before.arrays, bytes - before.bytes],
    toDevice: [toDevice.arrays - before.toDevice.arrays, toDevice.bytes - before.toDevice.bytes],
    toHost: [toHost.arrays - before.toHost.arrays, toHost.bytes - before.toHost.bytes],
  };
}

const spec = { x: float({ row: -1 }), y: float({ column: -1 }) };

await onWebGpu("usage", (device) => {
  Deno.test("arrays of every type come back from the GPU as they went, and each copy is counted", async () => {
    for (const array of [floats([1.5, -2, 3]), ints([7, -8, 9]), bools([1, 0, 1])]) {
      const size = array.data.BYTES_PER_ELEMENT * 3;
      const seen = await change(device, async () => {
        const there = await device.upload(array);
        assert.deepEqual([...await device.read(there)], [...array.data]);
        device.free(there);
        device.free(there); // freed already: nothing happens
      });
      assert.deepEqual(seen, { held: [0, 0], toDevice: [1, size], toHost: [1, size] });
    }
  });

  Deno.test("results stay on the GPU unless they are asked for", async () => {
    const outer = await jit(device, spec, ({ x, y }) => ({ product: mul(x, y, { outer: true }) }));
    const feeds = { x: floats([1, 2]), y: floats([3, 4, 5]) };
    let product = zeros([0, 0]);
    const made = await change(device, async () => ({ product } = await outer(feeds)));
    assert.deepEqual(made, { held: [1, 24], toDevice: [2, 20], toHost: [0, 0] }); // 2 x 3 and 2 + 3 numbers
    const again = await change(device, () => outer(feeds, { product })); // into the same array
    assert.deepEqual(again, { held: [0, 0], toDevice: [2, 20], toHost: [0, 0] });
    assert.deepEqual([...await device.read(product)], [3, 4, 5, 6, 8, 10]);
    device.free(product);
    await outer.release();
  });

  Deno.test("a program writes into the arrays that are given, and makes, or brings back, its other results", async () => {
    const program = await jit(
      device,
      { x: float({ row: -1 }) },
      ({ x }) => ({ twice: mul(x, 2), thrice: mul(x, 3), square: mul(x, x) }),
      { toHost: ["square"] },
    );
    const x = floats([1, 2, 3]);
    const twice = await device.upload(floats([0, 0, 0])),
      thrice = await device.upload(floats([0, 0, 0]));
    const read = async (array: DeviceArray<"float32">) => [...await device.read(array)];
    const both = await program({ x }, { twice, thrice });
    assert.deepEqual([await read(twice), await read(thrice), await read(both.square)], [
      [2, 4, 6],
      [3, 6, 9],
      [1, 4, 9],
    ]);
    const before = device.usage().arrays;
    const one = await program({ x: floats([5, 6, 7]) }, { twice });
    assert.equal(device.usage().arrays, before + 1);
    assert.deepEqual([await read(twice), await read(one.thrice), await read(one.square)], [
      [10, 12, 14],
      [15, 18, 21],
      [25, 36, 49],
    ]);
    [twice, thrice, one.thrice].forEach((array) => device.free(array));
    await program.release();
  });

  Deno.test("the second handle that comes with an array written into is given back at once", async () => {
    const program = await jit(device, { x: float({ row: -1 }) }, ({ x }) => ({
      twice: mul(x, 2),
      thrice: mul(x, 3),
    }));
    const twice = await device.upload(floats([0])), thrice = await device.upload(floats([0]));
    const { dispose } = ort.Tensor.prototype;
    let disposed = 0;
    ort.Tensor.prototype.dispose = function () {
      disposed++;
      dispose.call(this);
    };
    try {
      await program({ x: floats([5]) }, { twice, thrice });
    } finally {
      ort.Tensor.prototype.dispose = dispose;
    }
    assert.equal(disposed, 2);
    assert.deepEqual([[...await device.read(twice)], [...await device.read(thrice)]], [[10], [15]]); // the arrays are there
    [twice, thrice].forEach((array) => device.free(array));
    await program.release();
  });

  Deno.test("an array that is too large for the GPU is refused with both sizes, and the next program runs", async () => {
    const outer = await jit(device, spec, ({ x, y }) => ({ product: mul(x, y, { outer: true }) }), {
      toHost: ["product"],
    });
    const wide = (size: number) => floats(new Float32Array(size));
    const wider = Math.ceil(Math.sqrt((device.adapter?.memoryBytes ?? 0) / 4)); // its square fills the memory
    const size = Math.max(40_000, wider);
    const held = await change(
      device,
      () =>
        assert.rejects(outer({ x: wide(size), y: wide(size) }), {
          message:
            /^Cannot continue on the GPU: .* Use smaller batches .*\. What was saved before is intact$/,
        }),
    );
    assert.deepEqual(held.held, [0, 0]);
    const { product } = await outer({ x: floats([2]), y: floats([3]) });
    assert.deepEqual([...await device.read(product)], [6]);
    await outer.release();
  });
});

Deno.test("the CPU needs no copies", async () => {
  const device = await openDevice("cpu");
  const seen = await change(device, async () => device.read(await device.upload(floats([1, 2]))));
  assert.deepEqual(seen, { held: [0, 0], toDevice: [0, 0], toHost: [0, 0] });
});

const usage = {
  arrays: 12,
  bytes: 3 * 2 ** 29,
  peakBytes: 2 ** 31,
  toDevice: { arrays: 0, bytes: 0 },
  toHost: { arrays: 0, bytes: 0 },
};

const told: readonly [string, string][] = [
  [
    "WebGPU validation failed. Buffer size (2621440000) exceeds the max buffer size limit (1073741824).\n - While calling",
    "one array needs 2.44 GiB, and this GPU allows 1.00 GiB in one. Use smaller batches or shorter texts, or --device cpu",
  ],
  [
    "Too many storage buffers in shader. Current: 16, Max is 12",
    "one step needs 16 buffers at once, because an array is larger than a buffer may be, and this GPU allows 12. Use smaller batches or shorter texts, or --device cpu",
  ],
  [
    "WebGPU device error(3): vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY",
    "its memory is full. 12 arrays of 1.50 GiB in total are held between programs, and this step needs more than is left. Use smaller batches or shorter texts, or --device cpu",
  ],
  [
    "WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.",
    "its memory is full. 12 arrays of 1.50 GiB in total are held between programs, and this step needs more than is left. Use smaller batches or shorter texts, or --device cpu",
  ],
  [
    "Non-zero status code returned while running Mul node. Name:'Mul_2' Status Message: narrowing_error",
    "one array has more numbers than a kernel can count (4294967296). Use smaller batches or shorter texts, or --device cpu",
  ],
  [
    "WebGPU device lost (1): A valid external Instance reference no longer exists.",
    "the GPU was lost: it was reset or removed, or a program took too long. Start again from the last checkpoint",
  ],
];

for (const [text, sentence] of told) {
  Deno.test(`"${text.slice(0, 50)}..." becomes a sentence that keeps it as its cause`, () => {
    const cause = new Error(text);
    const error = gpuFailure(cause, usage);
    assert.ok(error instanceof Error);
    assert.equal(
      error.message,
      `Cannot continue on the GPU: ${sentence}. What was saved before is intact`,
    );
    assert.equal(error.cause, cause);
  });
}

Deno.test("an error that is none of these stays what it is", () => {
  const error = new TypeError("The axis is missing");
  assert.equal(gpuFailure(error, usage), error);
});
