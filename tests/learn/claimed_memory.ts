/** A process of its own that prints how many MiB more it holds once an optimizer has begun, for weights of 64 MiB. */
import { adamDefaults } from "../../lib/optim/mod.ts";
import { createOptimizer } from "../../lib/learn/mod.ts";
import { float, floats, openDevice } from "../../lib/runtime/mod.ts";

const device = await openDevice("cpu");
const size = 16 * 2 ** 20;
const parameters = { weight: await device.upload(floats(new Float32Array(size).fill(1), [size])) };
const optimizer = await createOptimizer<typeof parameters>(device, { weight: float({ n: size }) }, {
  ...adamDefaults,
  maxGradNorm: 1,
  inPlace: true,
});
const before = Deno.memoryUsage().rss;
await optimizer.start(parameters);
console.log((Deno.memoryUsage().rss - before) / 2 ** 20);
