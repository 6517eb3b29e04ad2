import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { loadTokenizer, makeTokenizer, type Tokenizer } from "../../lib/lm/mod.ts";
import { withFiles } from "../helpers/folder.ts";
import { isRecord, parseJson, readJsonRecord, readText } from "../../lib/files/mod.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const DATA = new URL("../../data/", import.meta.url).pathname;

async function fixtureTokenizer(): Promise<Tokenizer> {
  const text = await readText(`${FIXTURES}tokenizer_vocab.txt`);
  return makeTokenizer(text.trimEnd().split("\n"));
}

Deno.test("awkward strings get the ids that transformers' BertTokenizer gives them", async (t) => {
  const tokenizer = await fixtureTokenizer();
  const { strings } = await readJsonRecord(`${FIXTURES}tokenizer.json`);
  ok(Array.isArray(strings) && strings.length > 90);
  for (const { text, ids } of strings) {
    await t.step(JSON.stringify(text).slice(0, 60), () => deepEqual(tokenizer.encode(text), ids));
  }
});

/** Every string under one of these keys, in the order of the file: what scripts/fixtures/passages.py collects. */
const TEXT_KEYS = new Set(["content", "query", "context", "question", "prompt", "answer", "text"]);

function collectTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(collectTexts);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === "string" ? (TEXT_KEYS.has(key) ? [item] : []) : collectTexts(item)
  );
}

function parseFile(text: string, path: string): unknown {
  try {
    return parseJson(text, path);
  } catch {
    return text.split("\n").filter((line) => line.trim() !== "").map((line) =>
      parseJson(line, path)
    );
  }
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

Deno.test("every text of data/*.json gets the ids that BertTokenizer gives it", async (t) => {
  const { vocab_sha256, files } = await readJsonRecord(`${FIXTURES}tokenizer_passages.json`);
  const again = "has changed: run scripts/fixtures/passages.py again";
  equal(sha256(await readText(`${DATA}vocab.txt`)), vocab_sha256, `data/vocab.txt ${again}`);
  const tokenizer = await loadTokenizer(DATA);
  ok(isRecord(files));
  for (const [name, expected] of Object.entries(files)) {
    await t.step(name, async () => {
      ok(isRecord(expected) && Array.isArray(expected.first));
      const parsed = parseFile(await readText(`${DATA}${name}`), name);
      const rows = [...new Set(collectTexts(parsed))].map((text) => tokenizer.encode(text));
      equal(rows.length, expected.texts, `${name} ${again}`);
      deepEqual(rows.slice(0, expected.first.length), expected.first);
      equal(
        sha256(rows.map((row) => row.join(" ") + "\n").join("")),
        expected.sha256,
        `${name} ${again}`,
      );
    });
  }
});

Deno.test("decoding Chinese gives it back without spaces, and without special tokens", async () => {
  const tokenizer = await fixtureTokenizer();
  const text = "铁路全长20230102.5公里,多少?";
  equal(
    tokenizer.decode([
      tokenizer.clsId,
      ...tokenizer.encode(text),
      tokenizer.sepId,
      tokenizer.padId,
    ]),
    text,
  );
});

Deno.test("decoding parts two Latin words by a space, and glues pieces", async () => {
  const tokenizer = await fixtureTokenizer();
  equal(
    tokenizer.decode(tokenizer.encode("unaffable the iPhone,中the")),
    "unaffable the iphone,中the",
  );
  equal(tokenizer.decode([]), "");
});

Deno.test("tokens and ids are each other's inverse", async () => {
  const tokenizer = await fixtureTokenizer();
  for (let id = 0; id < tokenizer.vocabSize; id++) equal(tokenizer.idOf(tokenizer.tokenOf(id)), id);
});

Deno.test("an unknown token or id is refused with a sentence", async () => {
  const tokenizer = await fixtureTokenizer();
  throws(() => tokenizer.idOf("里程"), {
    name: "RangeError",
    message: 'Cannot find the token "里程": it is not in the vocabulary',
  });
  throws(() => tokenizer.tokenOf(9999), {
    name: "RangeError",
    message: `Cannot find the token of id 9999: the vocabulary has ids 0 to ${
      tokenizer.vocabSize - 1
    }`,
  });
  throws(() => tokenizer.decode([-1]), /Cannot find the token of id -1/);
});

Deno.test("a vocabulary without [SEP] is refused", () => {
  throws(() => makeTokenizer(["[PAD]", "[UNK]", "[CLS]"]), {
    message: 'Cannot find the token "[SEP]": it is not in the vocabulary',
  });
});

Deno.test("a folder gives its tokenizer, with any line ends", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/vocab.txt`,
      "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nA\r\na\r\n",
    );
    equal((await loadTokenizer(folder)).vocabSize, 6);
    deepEqual((await loadTokenizer(folder)).encode("A"), [5]);
    await Deno.writeTextFile(`${folder}/tokenizer_config.json`, '{"do_lower_case": false}');
    deepEqual((await loadTokenizer(folder)).encode("A"), [4]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder without vocab.txt is named", async () => {
  await rejects(
    loadTokenizer(`${FIXTURES}nowhere`),
    /Cannot read .*nowhere\/vocab\.txt: there is no such file/,
  );
});

const WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "全", "长", "1", "##7", "a", "A"];

/** A `tokenizer.json` as transformers' BertTokenizerFast writes it, with changes. */
function tokenizerJson(
  { model = {}, normalizer = {}, ...rest }: { model?: object; normalizer?: object } = {},
) {
  const vocab = Object.fromEntries(WORDS.map((token, id) => [token, id]));
  return {
    version: "1.0",
    added_tokens: WORDS.slice(0, 5).map((content, id) => ({
      id,
      content,
      special: true,
      normalized: false,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      lowercase: true,
      ...normalizer,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      vocab,
      ...model,
    },
    ...rest,
  };
}

Deno.test("tokenizer.json alone gives the tokenizer that vocab.txt gives", async () => {
  const text = "全长17 A[SEP]里";
  await withFiles({ "vocab.txt": WORDS.join("\n") }, async (folder) => {
    deepEqual((await loadTokenizer(folder)).encode(text), [5, 6, 7, 8, 9, 3, 1]);
  });
  await withFiles({ "tokenizer.json": tokenizerJson() }, async (folder) => {
    const tokenizer = await loadTokenizer(folder);
    deepEqual(tokenizer.encode(text), [5, 6, 7, 8, 9, 3, 1]);
    deepEqual([tokenizer.vocabulary, tokenizer.lowerCase], [WORDS, true]);
  });
  await withFiles(
    { "tokenizer.json": tokenizerJson({ normalizer: { lowercase: false } }) },
    async (folder) => {
      deepEqual((await loadTokenizer(folder)).encode(text), [5, 6, 7, 8, 10, 3, 1]);
    },
  );
});

const VOCAB = { "vocab.txt": WORDS.join("\n") };
const ADDED = { id: 5, content: "[extra]" };

/** Files of a folder, and what the error says is not supported. */
const REFUSED: [files: Record<string, unknown>, message: string][] = [
  [
    { "tokenizer.json": tokenizerJson({ model: { type: "BPE" } }) },
    'tokenizer.json: model.type is "BPE", and only "WordPiece" is supported',
  ],
  [
    { "tokenizer.json": tokenizerJson({ model: { continuing_subword_prefix: "@@" } }) },
    'tokenizer.json: continuing_subword_prefix is "@@", and only "##" is supported',
  ],
  [
    { "tokenizer.json": { ...tokenizerJson(), normalizer: null } },
    'tokenizer.json: normalizer.type is "none", and only "BertNormalizer" is supported',
  ],
  [
    { "tokenizer.json": tokenizerJson({ normalizer: { strip_accents: false } }) },
    "tokenizer.json: strip_accents is false, and only true is supported",
  ],
  [
    { "tokenizer.json": { ...tokenizerJson(), pre_tokenizer: { type: "ByteLevel" } } },
    'tokenizer.json: pre_tokenizer.type is "ByteLevel", and only "BertPreTokenizer" is supported',
  ],
  [
    { "tokenizer.json": { ...tokenizerJson(), added_tokens: [ADDED] } },
    'tokenizer.json: it adds "[extra]" as id 5, which is "全" in the vocabulary. Check that both files come from the same checkpoint.',
  ],
  [
    { "tokenizer.json": tokenizerJson({ model: { vocab: { "[PAD]": 0, "[UNK]": 2 ** 40 } } }) },
    'tokenizer.json: "[UNK]" has the id 1099511627776, and the ids must be 0 to 1, each of them once',
  ],
  [
    { ...VOCAB, "tokenizer_config.json": { do_basic_tokenize: false } },
    "tokenizer_config.json: do_basic_tokenize is false, and only true is supported",
  ],
  [
    { ...VOCAB, "tokenizer_config.json": { tokenize_chinese_chars: false } },
    "tokenizer_config.json: tokenize_chinese_chars is false, and only true is supported",
  ],
  [
    { ...VOCAB, "tokenizer_config.json": { do_lower_case: false, strip_accents: true } },
    "tokenizer_config.json: strip_accents is true, and only false is supported",
  ],
  [
    { ...VOCAB, "tokenizer_config.json": { never_split: ["[X]"] } },
    'tokenizer_config.json: never_split is ["[X]"], and only [] is supported',
  ],
  [
    { ...VOCAB, "special_tokens_map.json": { sep_token: { content: "</s>", lstrip: false } } },
    'special_tokens_map.json: sep_token is "</s>", and only "[SEP]" is supported',
  ],
];

for (const [files, message] of REFUSED) {
  Deno.test(`a tokenizer is refused by name: ${message}`, () =>
    withFiles(files, async (folder) => {
      await rejects(loadTokenizer(folder), {
        name: "RangeError",
        message: `Cannot use ${folder}/${message}`,
      });
    }));
}

Deno.test("a Git LFS pointer in the place of vocab.txt is recognised", () =>
  withFiles(
    { "vocab.txt": "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n" },
    async (folder) => {
      await rejects(
        loadTokenizer(folder),
        /vocab\.txt: it is a Git LFS pointer, not the file itself/,
      );
    },
  ));
