/**
 * The first batch of the SFT and reward stages against PyTorch's (`scripts/fixtures/stages.py`): from the data file to the loss and
 * to the gradient of every weight, whatever the parts that the batch is computed in.
 */
import assert from "node:assert/strict";
import {
  downloadParameters,
  gpt2Spec,
  type ModelFolder,
  uploadParameters,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import {
  answerRow,
  exampleRows,
  promptRow,
  readExamples,
  readRankedLists,
} from "../../lib/passages/mod.ts";
import { createRewardTrainer, createSftTrainer, plannedSteps } from "../../lib/stages/mod.ts";
import { assertNear, fixtureModel, fixtureTensors, pathOf } from "../helpers/fixtures.ts";
import { device } from "../helpers/tiny.ts";

const torch = await fixtureTensors("stages");
const lengths = { maxLen: 64, queryLen: 16 };
const optimizer = { ...adamDefaults, maxGradNorm: 1 };
const optionsOf = ({ tokenizer: { padId } }: ModelFolder) => ({ padId, optimizer });

/** The first batch that a stage draws, of all that a file holds. */
function firstBatch<T>(items: readonly T[]): readonly T[] {
  const steps = plannedSteps(items, {
    epochs: 1,
    batchSize: items.length,
    lengthOf: () => 0,
    learningRate: 1,
    warmupProportion: 0,
  }, randomStream(1));
  const [{ batch }] = steps;
  assert.notDeepEqual(batch, items); // in an order of its own, which must not matter
  return batch;
}

/** Every gradient within 1e-5 of PyTorch's, in units of its largest number. */
async function assertGradients(gradients: unknown, stage: "sft" | "reward"): Promise<number> {
  const found = await downloadParameters(device, gradients);
  for (const [name, { data }] of found) {
    const wanted = torch.numbers(
      `${stage}.grad.${name === "value_fn.weight" ? "" : "transformer."}${name}`,
    );
    const isRounding = stage === "reward" && name === "ln_f.bias"; // it moves all values alike: its gradient is 0
    if (isRounding) assert.ok([...data, ...wanted].every((value) => Math.abs(value) < 1e-7));
    else assertNear(data, wanted, { name: `the gradient of ${name}` });
  }
  return found.size;
}

for (const microBatch of [8, 3]) {
  Deno.test(`the first SFT batch has PyTorch's loss and gradients, ${microBatch} examples a pass`, async () => {
    const folder = await fixtureModel("gpt2_tiny");
    const examples = firstBatch(await readExamples(pathOf("stages/sft.json")));
    const rows = examples.map((example) => exampleRows(folder.tokenizer, example, lengths));
    const longest = (part: "prompt" | "answer") => Math.max(...rows.map((row) => row[part].length));
    assert.deepEqual([longest("prompt"), longest("answer")], [64 - 16 - 3 + 2, 16 + 1]); // a passage of 60 and a question of 40, cut
    const trainer = await createSftTrainer(device, folder.config, optionsOf(folder));
    const parameters = await uploadParameters(device, gpt2Spec(folder.config), folder.weights);
    const { loss, gradients } = await trainer.gradient(parameters, rows, { microBatch });
    assertNear([loss], torch.numbers("sft.loss"), { name: "loss" });
    assert.equal(await assertGradients(gradients, "sft"), 2 + 3 * 12 + 2); // embeddings, three blocks, last norm
  });
}

for (const microBatch of [3, 1]) {
  Deno.test(`the first reward batch has PyTorch's loss and gradients, ${microBatch} lists a pass`, async () => {
    const folder = await fixtureModel("reward_tiny");
    const lists = firstBatch(await readRankedLists(pathOf("stages/reward.json")));
    const rows = lists.map((list) =>
      list.map(({ prompt, answer }) => [
        ...promptRow(folder.tokenizer, prompt, lengths),
        ...answerRow(folder.tokenizer, answer, lengths),
      ])
    );
    assert.deepEqual(lists.map(({ length }) => length), [7, 7, 7]);
    const trainer = await createRewardTrainer(device, folder.config, optionsOf(folder));
    const parameters = await uploadParameters(
      device,
      valueModelSpec(folder.config),
      folder.weights,
    );
    const { loss, gradients } = await trainer.gradient(parameters, rows, { microBatch });
    assertNear([loss], torch.numbers("reward.loss"), { name: "loss" });
    assert.equal(await assertGradients(gradients, "reward"), 2 + 3 * 12 + 2 + 1); // and the value head
  });
}

Deno.test("dropout changes the loss of a step, the same way in whatever parts, and another way in the next step", async () => {
  const folder = await fixtureModel("gpt2_tiny");
  const rows = (await readExamples(pathOf("stages/sft.json"))).map((e) =>
    exampleRows(folder.tokenizer, e, lengths)
  );
  const parameters = await uploadParameters(device, gpt2Spec(folder.config), folder.weights);
  const dropout = { body: 0.1, seed: 1 };
  const trainer = await createSftTrainer(device, folder.config, { ...optionsOf(folder), dropout });
  const lossOf = async (step: number, microBatch: number) =>
    (await trainer.gradient(parameters, rows, { microBatch, step })).loss;
  const whole = await lossOf(0, 8);
  assertNear([await lossOf(0, 3)], [whole], { name: "loss in parts" });
  const [plain] = torch.numbers("sft.loss");
  const others = [plain, await lossOf(1, 8)];
  assert.ok(
    others.every((loss) => Math.abs(loss - whole) > 1e-4 * whole),
    `${whole}, but ${others}`,
  );
  assertNear([await trainer.evaluate(parameters, [rows])], [plain], {
    name: "loss without a step",
  });
});

Deno.test("dropout before the value head alone changes a reward step, and no measurement", async () => {
  const folder = await fixtureModel("reward_tiny");
  const lists = await readRankedLists(pathOf("stages/reward.json"));
  const rows = lists.map((list) =>
    list.map(({ prompt, answer }) => [
      ...promptRow(folder.tokenizer, prompt, lengths),
      ...answerRow(folder.tokenizer, answer, lengths),
    ])
  );
  const parameters = await uploadParameters(device, valueModelSpec(folder.config), folder.weights);
  const dropout = { body: 0, head: 0.5, seed: 1 };
  const trainer = await createRewardTrainer(device, folder.config, {
    ...optionsOf(folder),
    dropout,
  });
  const [plain] = torch.numbers("reward.loss");
  const { loss } = await trainer.gradient(parameters, rows);
  assertNear([(await trainer.gradient(parameters, rows, { microBatch: 1 })).loss], [loss], {
    name: "loss in parts",
  });
  assert.ok(Math.abs(loss - plain) > 1e-2 * plain, `${loss}, without dropout ${plain}`);
  assertNear([await trainer.evaluate(parameters, [rows])], [plain], {
    name: "loss without a step",
  });
});
