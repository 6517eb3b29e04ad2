import { createOptimizer } from "ppo/learn/mod.ts";
import { adamDefaults, gradientsOf } from "ppo/optim/mod.ts";
import { type DeviceArrays, float, floats, jit, openDevice } from "ppo/runtime/mod.ts";
import { constant, mul, neg, softmax, sum } from "ppo/tensor/mod.ts";

const device = await openDevice("cpu");
const spec = { logits: float({ action: 3 }) }; // a softmax policy over three actions

const objective = await jit(device, spec, (policy) => {
  const rewards = constant([0, 0.5, 1], { action: 3 });
  const expected = sum(mul(softmax(policy.logits, "action"), rewards)); // E[R]
  return { expected, gradients: gradientsOf(neg(expected), policy) };
}, { toHost: ["expected"] });

const adam = await createOptimizer<DeviceArrays<typeof spec>>(device, spec, {
  ...adamDefaults,
  maxGradNorm: 1,
});
let state = await adam.start({ logits: await device.upload(floats([0, 0, 0])) });
for (let step = 0; step <= 100; step++) {
  const { expected, gradients } = await objective(state.parameters);
  if (step % 20 === 0) console.log(step, (await device.read(expected))[0].toFixed(3));
  ({ state } = await adam.update(state, gradients, 0.1));
}
