import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { loadTokenizer, makeTokenizer, type Tokenizer } from "../../lib/lm/mod.ts";
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
    return text.split("\n").filter((line) => line.trim() !== "").map((line) => parseJson(line, path));
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
      equal(sha256(rows.map((row) => row.join(" ") + "\n").join("")), expected.sha256, `${name} ${again}`);
    });
  }
});

Deno.test("decoding Chinese gives it back without spaces, and without special tokens", async () => {
  const tokenizer = await fixtureTokenizer();
  const text = "铁路全长20230102.5公里,多少?";
  equal(
    tokenizer.decode([tokenizer.clsId, ...tokenizer.encode(text), tokenizer.sepId, tokenizer.padId]),
    text,
  );
});

Deno.test("decoding parts two Latin words by a space, and glues pieces", async () => {
  const tokenizer = await fixtureTokenizer();
  equal(tokenizer.decode(tokenizer.encode("unaffable the iPhone,中the")), "unaffable the iphone,中the");
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
    message: `Cannot find the token of id 9999: the vocabulary has ids 0 to ${tokenizer.vocabSize - 1}`,
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
    await Deno.writeTextFile(`${folder}/vocab.txt`, "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nA\r\na\r\n");
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
