/** The embedded corpus: splits, lengths, vocabulary, formats, and that `data/` is what the generator writes. */
import assert from "node:assert/strict";
import {
  allEntities,
  dataFiles,
  isHan,
  makeCorpus,
  piecesOf,
  readGold,
} from "../../lib/corpus/mod.ts";

const corpus = makeCorpus();
const files = dataFiles(corpus);
const test = corpus.filter(({ split }) => split === "test");
const training = corpus.filter(({ split }) => split !== "test");

Deno.test("the corpus has at least 2,400 passages of at least 800 entities, and 12 question types", () => {
  assert.ok(corpus.length >= 2400);
  assert.ok(allEntities().length >= 800);
  assert.ok(
    new Set(corpus.flatMap(({ facts }) => facts.map(({ relation }) => relation))).size >= 12,
  );
});

Deno.test("no two entities share a name", () => {
  const names = allEntities().map(({ name }) => name);
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("no entity of the test split is the subject of a training passage", () => {
  const trained = new Set(training.map(({ entity }) => entity));
  assert.deepEqual(test.filter(({ entity }) => trained.has(entity)), []);
});

Deno.test("at least 100 entities and 350 passages are held out", () => {
  assert.ok(new Set(test.map(({ entity }) => entity)).size >= 100);
  assert.ok(test.length >= 350);
});

Deno.test("a passage has at most 60 pieces and a question at most 22", () => {
  for (const { content, questions } of corpus) {
    assert.ok(piecesOf(content).length <= 60, content);
    for (const { text } of questions) assert.ok(piecesOf(text).length <= 22, text);
  }
});

Deno.test("every piece of every passage and question is in the vocabulary, which has at most 1,300 entries", () => {
  const vocabulary = (files["vocab.txt"] ?? "").trimEnd().split("\n");
  assert.deepEqual(vocabulary.slice(0, 5), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  assert.ok(vocabulary.length <= 1300);
  const known = new Set(vocabulary);
  assert.equal(known.size, vocabulary.length);
  const texts = corpus.flatMap(({ content, written, questions }) => [
    content,
    ...written.map(({ text }) => text),
    ...questions.map(({ text }) => text),
  ]);
  assert.deepEqual(texts.flatMap(piecesOf).filter((piece) => !known.has(piece)), []);
});

Deno.test("every Han character of a held-out passage also stands in a training passage", () => {
  const seen = new Set(training.flatMap(({ content }) => [...content]));
  const unseen = test.flatMap(({ content }) => [...content]).filter((c) =>
    isHan(c) && !seen.has(c)
  );
  assert.deepEqual(unseen, []);
});

Deno.test("every value of a record and its entity stand in the passage literally", () => {
  for (const { content, facts, entity } of corpus) {
    assert.ok(content.includes(entity), content);
    for (const { value } of facts) assert.ok(content.includes(value), `${content} ${value}`);
  }
});

Deno.test("a value is never in the list of what the passage leaves unsaid", () => {
  for (const { facts, absent } of corpus) {
    assert.deepEqual(facts.filter(({ relation }) => absent.includes(relation)), []);
  }
});

Deno.test("the generator writes the same bytes twice, and others from another seed", () => {
  assert.deepEqual(dataFiles(makeCorpus()), files);
  assert.notEqual(dataFiles(makeCorpus(1))["test.json"], files["test.json"]);
});

Deno.test("the committed data are what the generator writes now", async () => {
  for (const [name, text] of Object.entries(files)) {
    const committed = await Deno.readTextFile(new URL(`../../data/${name}`, import.meta.url));
    assert.ok(committed === text, `data/${name} is stale: run deno run -A scripts/make_data.ts`);
  }
});

Deno.test("a CMRC answer stands in its context where answer_start says", () => {
  for (const name of ["cmrc_train.json", "cmrc_dev.json"]) {
    const { data } = JSON.parse(files[name] ?? "");
    for (const { paragraphs: [{ context, qas }] } of data) {
      for (const { answers: [{ text, answer_start: start }] } of qas) {
        assert.equal(context.slice(start, start + text.length), text);
      }
    }
  }
});

Deno.test("gold records are read back as they were written, and a broken line is named", () => {
  const read = readGold(files["gold.json"] ?? "");
  const expected = corpus.filter(({ split }) => split !== "sft").map(({ content_id }) =>
    content_id
  );
  assert.deepEqual(new Set(read.map(({ content_id }) => content_id)), new Set(expected));
  assert.throws(() => readGold('{"content":"长江"}\n'), /gold record on line 1/);
  assert.throws(() => readGold("长江\n"), /gold record on line 1/);
});
