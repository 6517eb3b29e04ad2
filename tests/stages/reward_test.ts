/** The reward stage: its loss and scores against PyTorch's values, its step, its data, and the committed model. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  createRowScorer,
  downloadParameters,
  readModelFolder,
  type TokenRow,
  uploadParameters,
  type ValueModelArrays,
  valueModelSpec,
  type Weight,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import { answerRow, promptRow, readRankedLists } from "../../lib/passages/mod.ts";
import { chunksOf } from "../../lib/lm/mod.ts";
import {
  createRewardTrainer,
  newModelWeights,
  pairAccuracy,
  type RankedRows,
  separation,
  withValueHead,
} from "../../lib/stages/mod.ts";
import { sha256Of } from "../../scripts/sha256.ts";
import { assertNear, fixtureModel, fixtureTensors } from "../helpers/fixtures.ts";
import { CLS, device, FIRST_WORD, PAD, SEP, tinyConfig } from "../helpers/tiny.ts";

const torch = await fixtureTensors("forward");
const lengths = torch.numbers("lengths");
const list: TokenRow[] = torch.rows("input_ids").map((row, index) => row.slice(0, lengths[index]));
const values = torch.rows("values").map((row, index) => row.slice(0, lengths[index]));
const optimizer = { ...adamDefaults, maxGradNorm: 1 };

async function fixtureReward() {
  const { config, weights } = await fixtureModel("reward_tiny");
  const parameters: ValueModelArrays = await uploadParameters(
    device,
    valueModelSpec(config),
    weights,
  );
  return { config, parameters };
}

/** -log sigmoid of a lead, averaged over the longer row; the shorter row's last value is repeated. */
function pairLoss(better: number[], worse: number[]): number {
  const at = (row: number[], t: number) => row[Math.min(t, row.length - 1)];
  const columns = Array.from({ length: Math.max(better.length, worse.length) }, (_, t) => t);
  const losses = columns.map((t) => Math.log(1 + Math.exp(at(worse, t) - at(better, t))));
  return losses.reduce((sum, loss) => sum + loss, 0) / columns.length;
}

Deno.test("the ranking loss through the model is that of PyTorch's values", async () => {
  assert.equal(new Set(list.map(([token]) => token)).size, 3); // the rows differ from their first token on
  const { config, parameters } = await fixtureReward();
  const trainer = await createRewardTrainer(device, config, { padId: PAD, optimizer });
  const [a, b, c] = values;
  const loss = await trainer.evaluate(parameters, [[list]]);
  assertNear([loss], [(pairLoss(a, b) + pairLoss(a, c) + pairLoss(b, c)) / 3], { name: "loss" });
  const reversed = (pairLoss(b, a) + pairLoss(c, a) + pairLoss(c, b)) / 3;
  const both = await trainer.evaluate(parameters, [[list], [[...list].reverse()]]);
  assertNear([both], [(loss + reversed) / 2], { name: "mean of two lists" });
});

Deno.test("lists of unequal length are averaged, and a list of two has the loss of its pair", async () => {
  const { config, parameters } = await fixtureReward();
  const trainer = await createRewardTrainer(device, config, { padId: PAD, optimizer });
  const [a, b, c] = values;
  const pair = await trainer.evaluate(parameters, [[list.slice(1)]]);
  assertNear([pair], [pairLoss(b, c)], { name: "a pair alone" });
  const three = (pairLoss(a, b) + pairLoss(a, c) + pairLoss(b, c)) / 3;
  const both = await trainer.evaluate(parameters, [[list, list.slice(1)]]);
  assertNear([both], [(three + pairLoss(b, c)) / 2], { name: "three answers and two" });
});

Deno.test("a score is PyTorch's value at a row's last token, whatever the padding", async () => {
  const { config, parameters } = await fixtureReward();
  const scorer = await createRowScorer(device, config, { padId: PAD });
  const wanted = values.map((row) => row[row.length - 1]);
  assertNear(await scorer(parameters, list), wanted, { name: "scores" });
  assertNear(await scorer(parameters, [list[2]]), [wanted[2]], { name: "score of a row alone" });
  const inBatches = await scorer(parameters, list, { batchSize: 2 });
  assertNear(inBatches, wanted, { name: "scores in batches by length, in the rows' order" });
});

/** Lists of answers to a random word: one word is good, another one bad; the best answer has two good ones, the worst two bad. */
const lists = Array.from({ length: 32 }, (_, index): RankedRows => {
  const [good, bad] = [FIRST_WORD, FIRST_WORD + 1];
  const prompt = [CLS, FIRST_WORD + 2 + index % 9, SEP];
  return [[...prompt, good, good, SEP], [...prompt, bad, good, SEP], [...prompt, bad, bad, SEP]];
});
const spec = valueModelSpec(tinyConfig);
const tinyTrainer = await createRewardTrainer(device, tinyConfig, { padId: PAD, optimizer });
async function tinyStart() {
  const random = randomStream(3);
  const weights = withValueHead(newModelWeights(tinyConfig, random), tinyConfig, random);
  return await tinyTrainer.start(await uploadParameters(device, spec, weights));
}

Deno.test("a tiny reward model learns in 30 steps which word is good", async () => {
  let state = await tinyStart();
  const first = await tinyTrainer.evaluate(state.parameters, [lists]);
  for (let step = 0; step < 30; step++) {
    ({ state } = await tinyTrainer.step(state, lists, { learningRate: 0.01 }));
  }
  assert.ok(Math.abs(first - Math.log(2)) < 0.1, `before: ${first}`); // no information yet: log 2 per pair
  const scorer = await createRowScorer(device, tinyConfig, { padId: PAD });
  const scores = await scorer(state.parameters, lists.flat());
  const scored = lists.map((rows, i) =>
    rows.map((row, j) => ({ answer: row.join(), score: scores[3 * i + j] }))
  );
  const { overall } = pairAccuracy(scored);
  assert.ok(overall > 0.9, `pairs in order: ${overall}`);
});

Deno.test("a batch of lists in parts makes the same step as the batch at once", async () => {
  const stepped = async (microBatch: number) => {
    const unequal = lists.slice(0, 5).map((list, index) => list.slice(index % 2)); // 3, 2, 3, 2, 3
    const done = await tinyTrainer.step(await tinyStart(), unequal, {
      learningRate: 0.01,
      microBatch,
    });
    return { ...done, first: await downloadParameters(device, done.state.first) };
  };
  const [whole, parts] = [await stepped(5), await stepped(2)];
  assertNear([parts.loss, parts.gradNorm], [whole.loss, whole.gradNorm], { name: "loss and norm" });
  // all together: the gradient of ln_f.bias is 0 but for rounding, since it moves all values alike
  const numbers = (first: Map<string, Weight>) =>
    [...first.values()].flatMap(({ data }) => [...data]);
  assertNear(numbers(parts.first), numbers(whole.first), { name: "moments" });
});

Deno.test("equal texts are not counted as a pair, and equal scores count one half", () => {
  const same = [{ answer: "a", score: 1 }, { answer: "a", score: 2 }, { answer: "b", score: 1 }];
  assert.deepEqual(pairAccuracy([same]), { overall: (0.5 + 1) / 2, neighbours: [NaN, 1] });
  assert.equal(separation([1], [1, 0]), 0.75); // (1/2 + 1) / 2
});

Deno.test("pairs of lists of unequal length are counted in the ranks that a list has", () => {
  const [best, middle, worst] = [3, 2, 1].map((score) => ({ answer: `${score}`, score }));
  const lists = [[middle, best], [best, middle, worst]]; // 0 of 1 and 3 of 3 pairs in order
  assert.deepEqual(pairAccuracy(lists), { overall: 3 / 4, neighbours: [1 / 2, 1] });
  assert.deepEqual(pairAccuracy([...lists].reverse()), pairAccuracy(lists));
});

const folder = fileURLToPath(new URL("../../models/rm_model/", import.meta.url));
const readme = await Deno.readTextFile(folder + "README.md");
/** The last number of the row of the README's tables that begins so. */
const written = (name: string): number => {
  const row = readme.split("\n").find((line) => line.startsWith(`| ${name}`));
  return parseFloat(row?.split("|").at(-2) ?? "missing");
};

Deno.test("the README of the committed reward model has the hash of its weights and sufficient quality", async () => {
  assert.ok(readme.includes(`\`${await sha256Of(folder + "model.safetensors")}\``));
  assert.ok(written("human question above a wrong model question") >= 80);
  assert.ok(written("all wrong ones") >= 0.82);
  assert.ok(written("not answerable") >= 0.65);
});

Deno.test("the committed reward model orders a tenth of the held-out lists nearly as well as its README states", async () => {
  const { config, weights, tokenizer, settings } = await readModelFolder(folder, {
    valueHead: true,
  });
  assert.equal(typeof settings?.score_mean, "number");
  assert.ok(Number(settings?.score_deviation) > 0);
  const path = fileURLToPath(new URL("../../data/reward_test.json", import.meta.url));
  const sample = (await readRankedLists(path)).filter((_, index) => index % 10 === 0);
  const scorer = await createRowScorer(device, config, { padId: tokenizer.padId });
  const parameters: ValueModelArrays = await uploadParameters(
    device,
    valueModelSpec(config),
    weights,
  );
  const size = { maxLen: 96, queryLen: 24 };
  const rows = sample.flat().map(({ prompt, answer }) => [
    ...promptRow(tokenizer, prompt, size),
    ...answerRow(tokenizer, answer, size),
  ]);
  const scores = await scorer(parameters, rows);
  const scored = chunksOf(
    sample.flat().map(({ answer }, index) => ({ answer, score: scores[index] })),
    7,
  );
  const found = 100 * pairAccuracy(scored).overall;
  const stated = written("pairs in the right order");
  assert.ok(Math.abs(found - stated) < 3, `${found} % here, ${stated} % in the README`);
});
