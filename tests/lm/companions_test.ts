/** Files beside the vocabulary: what they add, pad and declare, kept when a model is written. */
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import {
  isRecord,
  readJsonRecord,
  readSafetensors,
  writeSafetensors,
} from "../../lib/files/mod.ts";
import {
  gpt2Spec,
  initialWeights,
  loadTokenizer,
  makeTokenizer,
  type ModelFolder,
  plainSampling,
  readModelFolder,
  requireSameTokenizer,
  writeModelFolder,
} from "../../lib/lm/mod.ts";
import { createPredictor } from "../../lib/stages/mod.ts";
import { pathOf } from "../helpers/fixtures.ts";
import { withFiles, withFolder } from "../helpers/folder.ts";
import { device } from "../helpers/tiny.ts";

const source = pathOf("gpt2_tiny");
const config = await readJsonRecord(`${source}/config.json`);
const vocab = await Deno.readTextFile(`${source}/vocab.txt`); // 97 lines
const tensors = await readSafetensors(`${source}/model.safetensors`);
const { shape: [, embed], data: table } = tensors.get("transformer.wte.weight") ??
  { shape: [0, 0], data: new Float32Array() };
const words = vocab.trimEnd().split("\n");

/** Reads the tiny model with an embedding of so many rows and these files beside it. */
const readWith = <T>(
  rows: number,
  files: Record<string, unknown>,
  use: (model: ModelFolder, notes: string[], folder: string) => Promise<T> | T,
) =>
  withFiles(
    { "vocab.txt": vocab, "config.json": { ...config, vocab_size: rows }, ...files },
    async (
      folder,
    ) => {
      const data = Float32Array.from({ length: rows * embed }, (_, i) => table[i] ?? 0);
      const wte = { shape: [rows, embed], data };
      await writeSafetensors(
        `${folder}/model.safetensors`,
        new Map([...tensors, ["transformer.wte.weight", wte]]),
      );
      const notes: string[] = [];
      const model = await readModelFolder(folder, { tell: (note) => void notes.push(note) });
      return await use(model, notes, folder);
    },
  );

const ADDED = { "[speaker1]": 97, "[speaker2]": 98 };

/** Folders that are read: rows of the embedding, files, size of the vocabulary, and a note. */
const READ: [what: string, rows: number, files: object, size: number, note: RegExp | undefined][] =
  [
    ["added_tokens.json", 99, { "added_tokens.json": ADDED }, 99, undefined],
    ["padding to a multiple of 64", 128, {}, 97, /97 entries, .* 128; the other rows are padding/],
    ["padding to a multiple of 8", 104, {}, 97, /vocab_size 104; the other rows are padding/],
    [
      "padding and added tokens",
      128,
      { "added_tokens.json": ADDED },
      99,
      /its vocabulary has 99 entries/,
    ],
    ["a blank last line", 97, { "vocab.txt": vocab + "\n" }, 97, undefined],
    ["three blank last lines", 97, { "vocab.txt": vocab + "\n\r\n\n" }, 97, undefined],
    ["a blank last line with a row of its own", 98, { "vocab.txt": vocab + "\n" }, 98, undefined],
    [
      "a blank last line before an added token",
      98,
      { "vocab.txt": vocab + "\n", "added_tokens.json": { "[speaker1]": 97 } },
      98,
      undefined,
    ],
    [
      "a declared token without a row",
      97,
      { "tokenizer_config.json": { pad_token: "[PAD]", bos_token: "<s>" } },
      97,
      /"<s>" is declared, but has no row in the embedding; ignored/,
    ],
  ];

for (const [what, rows, files, size, note] of READ) {
  Deno.test(`a folder with ${what} is read`, () =>
    readWith(rows, { ...files }, ({ tokenizer, weights }, notes) => {
      equal(tokenizer.vocabSize, size);
      deepEqual(weights.get("wte.weight")?.shape, [rows, embed]);
      equal(notes.length, note === undefined ? 0 : 1);
      if (note !== undefined) match(notes[0], note);
    }));
}

Deno.test("padding and holes decode to nothing, and other ids are refused", () =>
  readWith(128, {}, ({ tokenizer }) => {
    const id = tokenizer.idOf("一");
    equal(tokenizer.decode([id, 97, 127, id]), "一一");
    throws(() => tokenizer.decode([128]), /Cannot find the token of id 128/);
  }));

/** Folders that are refused, and why. */
const REFUSED: [rows: number, files: object, message: RegExp][] = [
  [
    97,
    { "added_tokens.json": ADDED },
    /added_tokens\.json: it adds "\[speaker1\]" as id 97, but the model's embedding has only 97 rows\. .*resize_token_embeddings/,
  ],
  [99, {}, /97 entries, but config\.json has vocab_size 99\. Check that both files come from/],
  [96, {}, /97 entries, but config\.json has vocab_size 96/],
  [97, { "added_tokens.json": { "[new]": 5 } }, /adds "\[new\]" as id 5, which is "一" in the voc/],
  [98, { "added_tokens.json": { "[new]": "98" } }, /"\[new\]" has the id "98", and a whole number/],
  [
    98,
    {
      "tokenizer_config.json": {
        added_tokens_decoder: { 97: { content: "[new]", single_word: true } },
      },
    },
    /"\[new\]" has single_word true, and only false is supported/,
  ],
  [
    97,
    { "generation_config.json": { eos_token_id: [3, 8] } },
    /generation_config\.json: eos_token_id is \[3,8\], and only one end token is supported/,
  ],
  [
    97,
    { "tokenizer_config.json": { tokenizer_class: "T5Tokenizer" } },
    /is "T5Tokenizer", and only/,
  ],
  [97, { "tokenizer_config.json": { sep_token: "</s>" } }, /sep_token is "<\/s>", and only/],
];

for (const [rows, files, message] of REFUSED) {
  Deno.test(`a folder is refused by name: ${message.source}`, async () => {
    await rejects(readWith(rows, { ...files }, () => {}), message);
  });
}

/** Tokenizers of other kinds, by their files. */
const OTHER_KINDS: [files: Record<string, unknown>, message: RegExp][] = [
  [
    { "vocab.json": "{}", "merges.txt": "" },
    /it has a byte-level BPE tokenizer \(merges\.txt, vocab\.json\), and only BERT's WordPiece/,
  ],
  [{ "spiece.model": "" }, /it has a SentencePiece tokenizer \(spiece\.model\)/],
  [{ "qwen.tiktoken": "" }, /it has a tiktoken tokenizer/],
  [{ "vocab_small.txt": "" }, /it has vocab_small\.txt; if that is the vocabulary, rename it: mv /],
  [{}, /there is no such file, and no tokenizer\.json; copy vocab\.txt from the model/],
];

for (const [files, message] of OTHER_KINDS) {
  Deno.test(`a folder without vocab.txt is explained: ${message.source}`, () =>
    withFiles({ README: "", ...files }, async (folder) => {
      await rejects(loadTokenizer(folder), message);
    }));
}

const json = {
  added_tokens: [],
  normalizer: { type: "BertNormalizer", lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  model: { type: "WordPiece", vocab: Object.fromEntries(words.map((word, id) => [word, id])) },
};

Deno.test("vocab.txt and tokenizer.json that contradict each other are refused", async () => {
  const swapped = { ...json.model.vocab, "一": 6, "丁": 5 };
  const files = { "tokenizer.json": { ...json, model: { ...json.model, vocab: swapped } } };
  const message =
    /vocab\.txt: it has "一" as id 5, but .*tokenizer\.json has "丁"\. Remove the file that does not/;
  await rejects(readWith(97, files, () => {}), message);
  const cased = {
    "tokenizer.json": json,
    "tokenizer_config.json": { do_lower_case: false },
  };
  await rejects(readWith(97, cased, () => {}), /do_lower_case is false, but .* has lowercase true/);
  await readWith(97, { "tokenizer.json": json }, ({ tokenizer }) => equal(tokenizer.vocabSize, 97));
});

/** Where an end token is declared. */
const ENDS: [what: string, files: Record<string, unknown>][] = [
  ["config.json", { "config.json": { ...config, eos_token_id: 9 } }],
  ["generation_config.json", { "generation_config.json": { eos_token_id: 9 } }],
  ["generation_config.json as a list", { "generation_config.json": { eos_token_id: [9] } }],
  [
    "tokenizer_config.json",
    {
      "config.json": { ...config, eos_token_id: 50256 }, // GPT2Config's default, outside 97 rows
      "tokenizer_config.json": { eos_token: words[9] },
    },
  ],
  [
    "special_tokens_map.json",
    {
      "config.json": { ...config, eos_token_id: null },
      "special_tokens_map.json": { eos_token: { content: words[9] } },
    },
  ],
];

/** A model that gives a token after any text, because every last hidden state points to it. */
function always(model: ModelFolder, id: number): ModelFolder {
  const { weights, config: { embed } } = model;
  const bias = Float32Array.from({ length: embed }, (_, i) => 1e3 * table[id * embed + i]);
  return { ...model, weights: new Map(weights).set("ln_f.bias", { shape: [embed], data: bias }) };
}

for (const [what, files] of ENDS) {
  Deno.test(`the end token that ${what} declares ends an answer and is kept`, () =>
    readWith(97, files, async (model, notes) => {
      equal(model.tokenizer.endId, 9);
      match(notes[0], /answers end with .*, the declared end token/);
      const { predict } = await createPredictor(device, always(model, 9), {
        lengths: { maxLen: 40, queryLen: 9 },
        sampling: plainSampling,
        minNewTokens: 0,
        questions: 1,
        seed: 7,
      });
      deepEqual((await predict(["一丁丂七"], 0))[0].questions, [""]);
      await withFolder(async (target) => {
        await writeModelFolder(target, model);
        equal((await readModelFolder(target)).tokenizer.endId, 9);
      });
    }));
}

Deno.test("every tokenizer that was read is written with the same ids", async () => {
  for (const version of [4, 5]) {
    const { texts, folders } = await readJsonRecord(
      pathOf(`tokenizers/transformers-${version}.json`),
    );
    ok(Array.isArray(texts) && isRecord(folders));
    for (const [name, saved] of Object.entries(folders)) {
      if (/single_word/.test(name)) continue;
      ok(isRecord(saved) && isRecord(saved.files));
      const rows = Number(saved.rows);
      const tokenizer = await withFiles(saved.files, (folder) => loadTokenizer(folder, { rows }));
      const sizes = { vocabSize: rows, positions: 4, embed: 4, heads: 1, layers: 1 };
      const config = { ...sizes, layerNormEpsilon: 1e-5 };
      const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
      await withFolder(async (folder) => {
        await writeModelFolder(folder, { config, weights, tokenizer });
        const back = (await readModelFolder(folder)).tokenizer;
        const idsOf = ({ encode }: typeof back) => texts.map((text) => encode(text));
        deepEqual(idsOf(back), idsOf(tokenizer), name);
        equal(back.endId, tokenizer.endId, name);
      });
    }
  }
});

const modelOf = (path: string, entries: readonly string[], options = {}) => {
  const tokenizer = makeTokenizer(entries, options);
  return { path, config: { vocabSize: tokenizer.vocabSize }, tokenizer };
};

Deno.test("a reward model with another vocabulary, case or embedding is refused", async () => {
  const policy = modelOf("sft", words);
  const refused = (reward: typeof policy) =>
    Promise.try(() => requireSameTokenizer(policy, reward));
  const swapped = words.with(5, words[6]).with(6, words[5]);
  await rejects(refused(modelOf("rm", swapped)), {
    name: "RangeError",
    message: 'Cannot use the reward model rm: id 5 is "丁" there, but "一" in the policy sft. ' +
      "Train the reward model from this policy, or use the policy that it was trained from.",
  });
  await rejects(refused(modelOf("rm", words.slice(0, -1))), /id 96 is no token there/);
  await rejects(
    refused(modelOf("rm", words, { lowerCase: false })),
    /it keeps the case of texts, but the policy sft lower-cases texts \(do_lower_case\)/,
  );
  await rejects(
    Promise.try(() =>
      requireSameTokenizer({ ...policy, config: { vocabSize: 128 } }, modelOf("rm", words))
    ),
    /its embedding has 97 rows, but that of the policy sft has 128\. .*resize_token_embeddings\(128\)/,
  );
  await refused(modelOf("rm", [...words, "[extra]"]));
});
