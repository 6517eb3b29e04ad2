/**
 * A small network trained on the GPU: parameters, gradients and Adam's moments stay there, only the loss comes back, and ONNX
 * Runtime's fall-back to the CPU is off (lib/runtime/device.ts), so that every operator really runs on the GPU.
 */
import assert from "node:assert/strict";
import { linear } from "../../lib/nn/mod.ts";
import { adamDefaults, gradientsOf } from "../../lib/optim/mod.ts";
import { createOptimizer } from "../../lib/learn/mod.ts";
import { normal, randomStream } from "../../lib/random/mod.ts";
import {
  type Device,
  type DeviceArray,
  type DeviceUsage,
  float,
  floats,
  jit,
  openDevice,
} from "../../lib/runtime/mod.ts";
import { gelu, mean, square, sub, sum } from "../../lib/tensor/mod.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

const spec = {
  hidden: { weight: float({ input: 2, embed: 16 }), bias: float({ embed: 16 }) },
  output: { weight: float({ embed: 16, out: 1 }), bias: float({ out: 1 }) },
};
type Parameters = Record<"hidden" | "output", Record<"weight" | "bias", DeviceArray<"float32">>>;

/** The losses of `steps` steps towards y = x_0 x_1, and what the device held after the second and the last step. */
async function train(
  device: Device,
  steps: number,
): Promise<{ losses: number[]; live: DeviceUsage[] }> {
  const random = randomStream(3);
  const array = (dims: number[], scale: number) =>
    device.upload(
      floats(
        Array.from({ length: dims.reduce((a, b) => a * b) }, () => scale * normal(random)),
        dims,
      ),
    );
  const parameters: Parameters = {
    hidden: { weight: await array([2, 16], 1), bias: await array([16], 0.5) },
    output: { weight: await array([16, 1], 0.25), bias: await array([1], 0) },
  };
  const points = Array.from({ length: 64 }, () => [2 * random() - 1, 2 * random() - 1]);
  const x = await device.upload(floats(points.flat(), [64, 2]));
  const y = await device.upload(floats(points.map(([a, b]) => a * b), [64, 1]));
  const inputs = {
    parameters: spec,
    x: float({ batch: 64, input: 2 }),
    y: float({ batch: 64, out: 1 }),
  };
  const program = await jit(device, inputs, ({ parameters, x, y }) => {
    const hidden = gelu(linear(x, parameters.hidden, "input"));
    const loss = mean(
      sum(square(sub(linear(hidden, parameters.output, "embed"), y)), "out"),
      "batch",
    );
    return { loss, gradients: gradientsOf(loss, parameters) };
  }, { toHost: ["loss"] });
  const optimizer = await createOptimizer<Parameters>(device, spec, {
    ...adamDefaults,
    maxGradNorm: 1,
  });
  let state = await optimizer.start(parameters);
  let gradients: Parameters | undefined;
  const losses: number[] = [];
  const live: DeviceUsage[] = [];
  for (let step = 0; step < steps; step++) {
    const result = await program(
      { parameters: state.parameters, x, y },
      gradients && { gradients },
    );
    gradients = result.gradients;
    ({ state } = await optimizer.update(state, gradients, 0.02));
    losses.push((await device.read(result.loss))[0]);
    live.push(device.usage());
  }
  return { losses, live: [live[1], live[steps - 1]] };
}

Deno.test("a small network learns a product on the CPU", async () => {
  const { losses } = await train(await openDevice("cpu"), 60);
  assert.ok(losses[59] < losses[0] / 4, `from ${losses[0]} to ${losses[59]}`);
});

await onWebGpu("training", (device) => {
  Deno.test("a small network learns on the GPU as on the CPU, and no array leaks", async () => {
    const there = await train(device, 20);
    const here = await train(await openDevice("cpu"), 20);
    there.losses.forEach((loss, step) =>
      assert.ok(Math.abs(loss - here.losses[step]) < 1e-3 * here.losses[0], `step ${step}: ${loss}`)
    );
    const [early, late] = there.live;
    assert.deepEqual([late.arrays, late.bytes, late.peakBytes], [
      early.arrays,
      early.bytes,
      early.peakBytes,
    ]);
    assert.ok(early.bytes > 0);
    const steps = 18; // of which only the loss and the gradient's norm come back, 4 bytes each
    assert.equal(late.toHost.bytes - early.toHost.bytes, steps * 2 * 4);
    // and go there: Adam's numbers, of which one is for weight decay, which is off
    assert.equal(late.toDevice.bytes - early.toDevice.bytes, steps * 3 * 4);
  });
});
