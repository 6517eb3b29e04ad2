/** The trainer that all stages share, on the SFT loss of a tiny model. */
import assert from "node:assert/strict";
import { gpt2Spec, uploadParameters } from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { type DeviceArray, flatten, isFloatArray } from "../../lib/runtime/mod.ts";
import { createSftTrainer } from "../../lib/stages/mod.ts";
import { device, PAD, tinyConfig, tinyPolicy } from "../helpers/tiny.ts";

const optimizer = { ...adamDefaults, maxGradNorm: 1 };
const trainer = await createSftTrainer(device, tinyConfig, { padId: PAD, optimizer });
const parameters = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
const examples = [3, 2, 1].map((length) => ({
  prompt: [2, 5, 3],
  answer: Array.from({ length }, (_, index) => 4 + index),
}));

Deno.test("losses and gradients of micro-batches add up to the batch's", async () => {
  const read = async (microBatch: number) => {
    const { loss, gradients } = await trainer.gradient(parameters, examples, { microBatch });
    const bias = [...await device.read(gradients.ln_f.bias)];
    return { loss, bias };
  };
  const [whole, parts] = [await read(3), await read(1)];
  assert.ok(Math.abs(whole.loss - parts.loss) < 1e-5, `${parts.loss}, wanted ${whole.loss}`);
  whole.bias.forEach((value, index) => assert.ok(Math.abs(parts.bias[index] - value) < 1e-5));
});

Deno.test("gradient arrays are made once and written again at every step", async () => {
  const seen = new Set<DeviceArray<"float32">>();
  for (let step = 0; step < 3; step++) {
    const { gradients } = await trainer.gradient(parameters, examples);
    flatten(gradients, isFloatArray).forEach((array) => seen.add(array));
  }
  assert.equal(seen.size, 2 + 2 * 12 + 2); // two embeddings, two blocks of twelve parameters, and the last norm
});

Deno.test("an empty batch is refused", async () => {
  await assert.rejects(trainer.gradient(parameters, []), {
    name: "RangeError",
    message: "Cannot train on an empty batch",
  });
});
