/** Asking with a trained model: how long questions are, what decides them, and how they are printed. */
import assert from "node:assert/strict";
import { makeTokenizer, plainSampling } from "../../lib/lm/mod.ts";
import { createPredictor, type PredictorOptions, questionText } from "../../lib/stages/mod.ts";
import { modelLengths } from "../../lib/passages/mod.ts";
import { fixtureModel } from "../helpers/fixtures.ts";
import { device } from "../helpers/tiny.ts";

const folder = await fixtureModel("gpt2_tiny");
const options: PredictorOptions = {
  lengths: { maxLen: 40, queryLen: 9 },
  sampling: { ...plainSampling, topP: 0.9, repetitionPenalty: 1.2 },
  minNewTokens: 3,
  questions: 2,
  seed: 7,
};
const passages = ["一丁丂七", "丄".repeat(50), "丈", "三上下丌不"];

Deno.test("each passage has its questions, and the number of tokens that were read", async () => {
  const { predict } = await createPredictor(device, folder, options);
  const predictions = await predict(passages, 0);
  assert.ok(
    predictions.every(({ questions }) => questions.length === 2 && questions[0] !== questions[1]),
  );
  const room = 40 - 9 - 3;
  assert.deepEqual(predictions.map(({ tokens, read }) => [tokens, read]), [[4, 4], [50, room], [
    1,
    1,
  ], [
    5,
    5,
  ]]);
});

Deno.test("a passage's questions depend on its number and the seed, not on its neighbours", async () => {
  const { predict } = await createPredictor(device, folder, options);
  const together = await predict(passages, 0);
  assert.deepEqual(await predict(passages.slice(2), 2), together.slice(2));
  assert.notDeepEqual(await predict(passages.slice(2), 0), together.slice(2));
  const other = await createPredictor(device, folder, { ...options, seed: 8 });
  assert.notDeepEqual(await other.predict(passages, 0), together);
});

/** The same model with [SEP] nearly always the likeliest token: its embedding is added to every last hidden state. */
function hasty(): typeof folder {
  const { sepId } = folder.tokenizer;
  const { weights, config: { embed } } = folder;
  const [table, bias] = [weights.get("wte.weight")?.data ?? [], weights.get("ln_f.bias")];
  if (bias === undefined) throw new Error("Cannot change the model: it has no ln_f.bias");
  const data = bias.data.map((value, channel) => value + 20 * table[sepId * embed + channel]);
  return { ...folder, weights: new Map(weights).set("ln_f.bias", { ...bias, data }) };
}

Deno.test("a question has its least length, though the model would rather end", async () => {
  const lengthsOf = async (minNewTokens: number) => {
    const { predict } = await createPredictor(device, hasty(), {
      ...options,
      minNewTokens,
      questions: 20,
    });
    return (await predict(["一丁丂七"], 0))[0].questions.map(({ length }) => length);
  };
  assert.deepEqual(await lengthsOf(0), Array(20).fill(0));
  const longer = await lengthsOf(6); // special tokens are not printed, so some are shorter than their tokens
  assert.ok(longer.filter((length) => length === 6).length > 10, `${longer}`);
  assert.ok(Math.max(...longer) <= 6, `${longer}`);
});

Deno.test("words keep the space between them, and Han characters have none", () => {
  const words = ["what", "is", "new", "in", "##g", "北", "京"];
  const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", ...words]);
  const text = (...tokens: string[]) => questionText(tokenizer, tokens.map(tokenizer.idOf));
  assert.equal(text("what", "is", "new", "in", "北", "京", "[SEP]"), "what is new in北京");
  assert.equal(text("北", "京", "new", "##g"), "北京newg");
  assert.equal(text("what", "[UNK]", "is"), "what is");
});

Deno.test("[SEP], ## and [UNK] are not printed", () => {
  const { tokenizer } = folder;
  const { unkId, sepId, padId } = tokenizer;
  const [a, b] = [tokenizer.idOf("一"), tokenizer.idOf("丁")];
  assert.equal(questionText(tokenizer, [a, unkId, b, sepId, padId]), "一丁");
});

const config = folder.config; // 64 positions

Deno.test("lengths are those given, else the folder's, else the tutorial's as far as there are positions", () => {
  assert.deepEqual(modelLengths({ config }), { maxLen: 64, queryLen: 64 });
  assert.deepEqual(modelLengths({ config: { ...config, positions: 1024 } }), {
    maxLen: 768,
    queryLen: 64,
  });
  const settings = { max_len: 50, query_len: 10, kl_coef: 1 };
  assert.deepEqual(modelLengths({ config, settings }), { maxLen: 50, queryLen: 10 });
  assert.deepEqual(modelLengths({ config, settings }, { queryLen: 5 }), {
    maxLen: 50,
    queryLen: 5,
  });
});

Deno.test("more positions than there are, and settings that are no lengths, are refused", () => {
  assert.throws(() => modelLengths({ config }, { maxLen: 768 }), {
    name: "RangeError",
    message: "Cannot use max_len 768: the model has 64 positions; give --max_len 64 or less",
  });
  assert.throws(() => modelLengths({ config, settings: { query_len: "24" } }), {
    name: "RangeError",
    message:
      'Cannot use the model\'s settings.json: query_len is "24", and a positive whole number is expected',
  });
});
