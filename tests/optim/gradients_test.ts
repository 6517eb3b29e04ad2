import { deepEqual, throws } from "node:assert/strict";
import { gradientsOf } from "../../lib/optim/mod.ts";
import { float, floats, jit, openDevice } from "../../lib/runtime/mod.ts";
import { input, mul, sum, type Tensor } from "../../lib/tensor/mod.ts";

const device = await openDevice("cpu", { threads: 1 });
const spec = { a: float({ entry: 2 }), deep: [{ b: float({ entry: 2 }) }] };
const tree = async (a: number[], b: number[]) => ({
  a: await device.upload(floats(a)),
  deep: [{ b: await device.upload(floats(b)) }],
});

Deno.test("gradients come as a tree of the parameters' form", async () => {
  const program = await jit(device, { parameters: spec }, ({ parameters }) => {
    const { a, deep: [{ b }] } = parameters;
    return { gradients: gradientsOf(sum(mul<{ entry: 2 }, { entry: 2 }>(a, b)), parameters) }; // d sum(a b) / d a = b
  });
  const { gradients } = await program({ parameters: await tree([1, 2], [3, 4]) });
  deepEqual([...await device.read(gradients.a)], [3, 4]);
  deepEqual([...await device.read(gradients.deep[0].b)], [1, 2]);
});

Deno.test("a parameter that the loss does not depend on is named", () => {
  const x: Tensor<{ entry: number }> = input("x", { entry: 2 });
  const unused: Tensor<{ entry: number }> = input("unused", { entry: 2 });
  throws(() => gradientsOf(sum(x), { x, unused }), {
    message:
      'Cannot differentiate with respect to input "unused": the result does not depend on it',
  });
});
