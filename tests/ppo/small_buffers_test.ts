/** Where a GPU's buffers are smaller than the largest array of all rows, passes hold fewer rows, and nothing else changes. */
import assert from "node:assert/strict";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { gpt2Spec, uploadParameters } from "../../lib/lm/mod.ts";
import { createSftTrainer } from "../../lib/stages/mod.ts";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";
import { fittingSettings } from "../../lib/ppo/mod.ts";
import type { Adapter, Device } from "../../lib/runtime/mod.ts";
import { device, PAD, tinyConfig, tinyInputs, tinyPolicy } from "../helpers/tiny.ts";

/** Bytes of the logits of one row of six tokens, and of the scores of one of as many as PPO's tiny settings allow. */
const ROW = 4 * 6 * tinyConfig.vocabSize, SCORES = 4 * tinyConfig.heads * 20 ** 2;

/** The CPU with a GPU's small buffers, and the rows of every array of whole numbers that its programs were given. */
function smallDevice(maxBufferBytes: number) {
  const adapter: Adapter = {
    name: "small",
    isSoftware: true,
    maxBufferBytes,
    maxBindingBytes: maxBufferBytes,
    readsFloat16: false,
    memoryBytes: undefined,
  };
  const rows = new Set<number>();
  const small: Device = {
    ...device,
    adapter,
    async compile(graph, outputs, toHost) {
      const program = await device.compile(graph, outputs, toHost);
      return {
        ...program,
        run(feeds, into) {
          const ids = [...feeds].find(([name]) => name.endsWith("inputIds"));
          if (ids !== undefined) rows.add(ids[1].dims[0]);
          return program.run(feeds, into);
        },
      };
    },
  };
  return { small, rows };
}

Deno.test("PPO's passes hold as many rows as fit, and settings that fit stay as they are", () => {
  const rowsOf = (maxBufferBytes: number, micro: number) => {
    const { small } = smallDevice(maxBufferBytes);
    const settings = fittingSettings(tinyInputs({ micro_batch_size: micro }, { device: small }));
    return [settings.micro_batch_size, settings.score_batch_size];
  };
  assert.deepEqual(rowsOf(6 * SCORES, 0), [0, 0]); // 3 prompts x 2 timesteps
  assert.deepEqual(rowsOf(2.5 * SCORES, 0), [2, 2]);
  assert.deepEqual(rowsOf(2.5 * SCORES, 1), [1, 2]);
  assert.deepEqual(rowsOf(0.5 * SCORES, 0), [1, 1]); // fewer there is not
  assert.equal(fittingSettings(tinyInputs()).micro_batch_size, 0); // the CPU has no such limit
});

Deno.test("passes of a large model stay in ONNX Runtime's buckets, unless a number is asked for or the buffers are exact", () => {
  const { small } = smallDevice(2 ** 32);
  const rowsOf = (settings: Partial<Settings>) => {
    const base = validateSettings({ max_len: 768, query_len: 64, batch_size: 16, ...settings });
    const config = { ...tinyConfig, vocabSize: 21128, heads: 12 };
    return fittingSettings({ device: small, policy: { config }, settings: base }).micro_batch_size;
  };
  assert.equal(rowsOf({}), 5); // 12 x 768 x 768 float32 are 27 MiB, five of them 135
  assert.equal(rowsOf({ max_len: 128 }), 31); // now 64 x 21,128 logits are the largest: 5.2 MiB
  assert.equal(rowsOf({ micro_batch_size: 8 }), 8);
  assert.equal(rowsOf({ gpu_buffers: "exact" }), 151); // as many as a buffer holds
});

Deno.test("SFT's passes hold as many rows as fit, with the loss of all at once", async () => {
  const examples = [3, 2, 3, 2, 1].map((length) => ({
    prompt: [2, 5, 3],
    answer: Array.from({ length }, (_, index) => 4 + index),
  }));
  const lossOn = async (where: Device) => {
    const trainer = await createSftTrainer(where, tinyConfig, {
      padId: PAD,
      optimizer: { ...adamDefaults, maxGradNorm: 0 },
    });
    const parameters = await uploadParameters(where, gpt2Spec(tinyConfig), tinyPolicy.weights);
    const loss = await trainer.evaluate(parameters, [examples]);
    const step = await trainer.step(await trainer.start(parameters), examples, {
      learningRate: 0,
    });
    return { loss, stepLoss: step.loss };
  };
  const { small, rows } = smallDevice(2 * ROW);
  const [wanted, found] = [await lossOn(device), await lossOn(small)];
  assert.deepEqual([...rows].sort(), [1, 2]);
  assert.ok(Math.abs(found.loss - wanted.loss) < 1e-5, `${found.loss} for ${wanted.loss}`);
  assert.ok(
    Math.abs(found.stepLoss - wanted.stepLoss) < 1e-5,
    `${found.stepLoss} for ${wanted.stepLoss}`,
  );
});
