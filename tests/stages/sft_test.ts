/** The SFT stage: its loss and gradients against PyTorch's, its step, and the committed model. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  downloadParameters,
  type Gpt2Arrays,
  gpt2Spec,
  initialWeights,
  readModelFolder,
  type TokenRow,
  uploadParameters,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { normal, randomStream } from "../../lib/random/mod.ts";
import { checkSettings, validateSettings } from "../../lib/settings/mod.ts";
import { chunksOf, type PromptAndAnswer } from "../../lib/lm/mod.ts";
import { createSftTrainer, newModelWeights } from "../../lib/stages/mod.ts";
import { exampleRows, readExamples } from "../../lib/passages/mod.ts";
import { sha256Of } from "../../scripts/sha256.ts";
import { assertNear, fixtureModel, fixtureTensors } from "../helpers/fixtures.ts";
import { CLS, device, FIRST_WORD, PAD, SEP, tinyConfig } from "../helpers/tiny.ts";

const torch = await fixtureTensors("forward");
const lengths = torch.numbers("lengths");
const rows: TokenRow[] = torch.rows("input_ids").map((row, index) => row.slice(0, lengths[index]));
/** The fixture's rows, cut into prompt and answer. */
const examples = rows.map((row, index): PromptAndAnswer => {
  const cut = [7, 3, 1][index];
  return { prompt: row.slice(0, cut), answer: row.slice(cut) };
});
const optimizer = { ...adamDefaults, maxGradNorm: 1 };

async function fixtureLoss(passageWeight: number): Promise<number> {
  const { config, weights } = await fixtureModel("gpt2_tiny");
  const trainer = await createSftTrainer(device, config, { padId: PAD, optimizer, passageWeight });
  const parameters: Gpt2Arrays = await uploadParameters(device, gpt2Spec(config), weights);
  return await trainer.evaluate(parameters, [examples.slice(0, 2), examples.slice(2)]);
}

Deno.test("with passages at full weight the SFT loss is PyTorch's cross-entropy of all next tokens", async () => {
  assertNear([await fixtureLoss(1)], torch.numbers("loss"), { name: "loss" });
});

Deno.test("with passage weight 0 only the tokens of the answers count", async () => {
  const logProbs = torch.rows("log_probs"); // column t: of token t + 1
  const counted = examples.flatMap(({ prompt, answer }, row) =>
    answer.map((_, index) => -logProbs[row][prompt.length - 1 + index])
  );
  assert.equal(counted.length, 5 + 6 + 4); // rows of 12, 9, 5 tokens less prompts of 7, 3, 1
  const mean = counted.reduce((sum, value) => sum + value, 0) / counted.length;
  assertNear([await fixtureLoss(0)], [mean], { name: "loss of the answers" });
});

for (const blocksPerSegment of [0, 2]) {
  Deno.test(`the gradient of the SFT loss equals PyTorch's for every weight, blocks_per_program ${blocksPerSegment}`, async () => {
    const { config, weights } = await fixtureModel("gpt2_tiny");
    const trainer = await createSftTrainer(device, config, {
      padId: PAD,
      optimizer,
      blocksPerSegment,
    });
    const parameters: Gpt2Arrays = await uploadParameters(device, gpt2Spec(config), weights);
    const { loss, gradients } = await trainer.gradient(parameters, examples, { microBatch: 2 });
    assertNear([loss], torch.numbers("loss"), { name: "loss" });
    const found = await downloadParameters(device, gradients);
    assert.equal(found.size, 2 + 3 * 12 + 2); // embeddings, three blocks, last norm
    for (const [name, { data }] of found) {
      assertNear(data, torch.numbers(`grad.transformer.${name}`), {
        name: `the gradient of ${name}`,
      });
    }
  });
}

/** Prompts of a word and noise, whose answer repeats the word. */
const copies = Array.from({ length: 64 }, (_, index): PromptAndAnswer => {
  const word = FIRST_WORD + index % 4;
  return { prompt: [CLS, word, FIRST_WORD + 4 + index % 7, SEP], answer: [word, SEP] };
});
const spec = gpt2Spec(tinyConfig);
const freshWeights = () => newModelWeights(tinyConfig, randomStream(1));
const tinyTrainer = await createSftTrainer(device, tinyConfig, {
  padId: PAD,
  optimizer,
  passageWeight: 0,
});

Deno.test("a tiny model learns in 30 steps to repeat the word it reads", async () => {
  let state = await tinyTrainer.start(
    await uploadParameters(device, spec, freshWeights()),
  );
  const first = await tinyTrainer.evaluate(state.parameters, [copies]);
  for (let step = 0; step < 30; step++) {
    const batch = copies.slice(step % 2 * 32, step % 2 * 32 + 32);
    ({ state } = await tinyTrainer.step(state, batch, { learningRate: 0.02 }));
  }
  const last = await tinyTrainer.evaluate(state.parameters, [copies]);
  assert.ok(first > 2, `before: ${first}`); // about log 23
  assert.ok(last < 0.6, `after: ${last}`); // who guesses among the four words has log(4) / 2 = 0.69
});

Deno.test("a batch in parts makes the same step as the batch at once", async () => {
  const stepped = async (microBatch: number) => {
    const state = await tinyTrainer.start(
      await uploadParameters(device, spec, freshWeights()),
    );
    const done = await tinyTrainer.step(state, copies.slice(0, 7), {
      learningRate: 0.01,
      microBatch,
    });
    return { ...done, weights: await downloadParameters(device, done.state.first) };
  };
  const [whole, parts] = [await stepped(7), await stepped(3)];
  assertNear([parts.loss, parts.gradNorm], [whole.loss, whole.gradNorm], { name: "loss and norm" });
  for (const [name, { data }] of whole.weights) {
    assertNear(parts.weights.get(name)?.data ?? [], data, { name: `moments of ${name}` });
  }
});

Deno.test("a new model has token embeddings of length about 1, and is otherwise GPT-2's", () => {
  const random = randomStream(1);
  const plain = initialWeights(spec, { normal: () => normal(random), layers: tinyConfig.layers });
  const [fresh, ordinary] = [
    freshWeights().get("wte.weight")?.data ?? [],
    plain.get("wte.weight")?.data ?? [],
  ];
  assertNear(fresh, Array.from(ordinary, (value) => value * 0.25 / 0.02), { name: "embeddings" }); // 1/sqrt(16) = 0.25
  assert.deepEqual(freshWeights().get("wpe.weight"), plain.get("wpe.weight"));
});

const folder = fileURLToPath(new URL("../../models/sft_model/", import.meta.url));
const readme = await Deno.readTextFile(folder + "README.md");
/** The second cell of the row of the README's table that begins so. */
const written = (name: string): string => {
  const row = readme.split("\n").find((line) => line.startsWith(`| ${name}`));
  return row?.split("|")[2].trim().replaceAll("`", "") ?? "missing";
};

Deno.test("the README of the committed SFT model has the hash of its weights and a mediocre gold rate", async () => {
  assert.equal(await sha256Of(folder + "model.safetensors"), written("sha256"));
  const gold = parseFloat(written("gold rate"));
  assert.ok(gold >= 30 && gold <= 60, `gold rate ${gold} %`);
});

Deno.test("the committed SFT model has on a tenth of the held-out questions nearly the loss of its README", async () => {
  const { config, weights, tokenizer } = await readModelFolder(folder);
  const heldOut = await readExamples(
    fileURLToPath(new URL("../../data/test.json", import.meta.url)),
  );
  const sample = heldOut.filter((_, index) => index % 10 === 0)
    .map((example) => exampleRows(tokenizer, example, { maxLen: 96, queryLen: 24 }));
  const trainer = await createSftTrainer(device, config, {
    padId: tokenizer.padId,
    optimizer,
    passageWeight: 0,
  });
  const parameters: Gpt2Arrays = await uploadParameters(device, gpt2Spec(config), weights);
  const loss = await trainer.evaluate(parameters, chunksOf(sample, 32));
  const stated = Number(written("held-out loss"));
  assert.ok(Math.abs(loss - stated) < 0.15 * stated, `${loss} here, ${stated} in the README`);
});

Deno.test("the settings that travel with the committed SFT model are settings of PPO and fit its positions", async () => {
  const { settings = {}, config } = await readModelFolder(folder);
  checkSettings(settings);
  assert.equal(validateSettings(settings).max_len, config.positions);
});
