/** The second edition of the corpus: splits, lengths, breadth, vocabulary and formats. */
import assert from "node:assert/strict";
import { commonHan, piecesOf } from "../../lib/corpus/mod.ts";
import {
  allEntities,
  dataFiles,
  judgeQuestion,
  makeCorpus,
  readGold,
} from "../../lib/world/mod.ts";

const corpus = makeCorpus();
const files = dataFiles(corpus);
const test = corpus.filter(({ split }) => split === "test");
const training = corpus.filter(({ split }) => split !== "test");

Deno.test("the corpus is at least as broad as it was: 3,800 passages, 91 relations, 190 ways to ask", () => {
  assert.ok(corpus.length >= 3800, `${corpus.length} passages`);
  const relations = new Set(corpus.flatMap(({ facts }) => facts.map(({ relation }) => relation)));
  assert.ok(relations.size >= 91, `${relations.size} relations`);
  const forms = new Set(corpus.flatMap(({ questions }) => questions.map(({ form }) => form)));
  assert.ok(forms.size >= 190, `${forms.size} forms`);
});

Deno.test("no form has more than 12 % of the clean questions, and a faulty one more than any clean one", () => {
  const shareOf = (texts: readonly string[]) =>
    Math.max(...[...Map.groupBy(texts, (text) => text)].map(([, { length }]) => length)) /
    texts.length;
  const clean = corpus.flatMap(({ questions }) => questions.map(({ form }) => form));
  assert.ok(shareOf(clean) <= 0.12, `${shareOf(clean)}`);
  const sft = corpus.filter(({ split }) => split === "sft").flatMap((passage) =>
    passage.written.map(({ text }) => judgeQuestion(text, passage))
  );
  const of = (right: boolean) =>
    sft.flatMap((verdict) => verdict.right === right ? [verdict.form ?? "?"] : []);
  const faulty = of(false).length / sft.length * shareOf(of(false));
  assert.ok(faulty > of(true).length / sft.length * shareOf(of(true)), `${faulty}`);
});

Deno.test("passages have 50 to 160 characters, 80 on average, and half of them a second entity", () => {
  const lengths = corpus.map(({ content }) => piecesOf(content).length);
  assert.ok(Math.min(...lengths) >= 50 && Math.max(...lengths) <= 160);
  assert.ok(lengths.reduce((a, b) => a + b) / lengths.length >= 80);
  assert.ok(corpus.filter(({ second }) => second !== undefined).length >= corpus.length / 2);
});

Deno.test("no two entities share a name", () => {
  const names = allEntities().map(({ name }) => name);
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("no held-out entity is described in a training passage", () => {
  const heldOut = new Set(test.map(({ entity }) => entity));
  const described = ({ entity, second }: (typeof corpus)[number]) =>
    second === undefined ? [entity] : [entity, second.entity];
  assert.deepEqual(training.filter((p) => described(p).some((name) => heldOut.has(name))), []);
});

Deno.test("at least 100 entities and 500 passages are held out", () => {
  assert.ok(new Set(test.map(({ entity }) => entity)).size >= 100);
  assert.ok(test.length >= 500, `${test.length}`);
});

Deno.test("a question fits in 28 pieces", () => {
  for (const { questions, written } of corpus) {
    for (const { text } of [...questions, ...written]) assert.ok(piecesOf(text).length <= 28, text);
  }
});

Deno.test("the vocabulary holds every piece and the common characters, about 3,500", () => {
  const vocabulary = (files["vocab.txt"] ?? "").trimEnd().split("\n");
  assert.deepEqual(vocabulary.slice(0, 5), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  assert.ok(vocabulary.length >= 3500 && vocabulary.length <= 4200, `${vocabulary.length}`);
  const known = new Set(vocabulary);
  assert.equal(known.size, vocabulary.length);
  const texts = corpus.flatMap(({ content, written, questions }) => [
    content,
    ...written.map(({ text }) => text),
    ...questions.map(({ text }) => text),
  ]);
  assert.deepEqual(texts.flatMap(piecesOf).filter((piece) => !known.has(piece)), []);
  assert.deepEqual(commonHan().filter((piece) => !known.has(piece)), []);
});

Deno.test("ten independently written passages need no unknown token", async () => {
  const path = new URL("../fixtures/independent_10.json", import.meta.url);
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const texts = lines.map((line): string => JSON.parse(line).content);
  assert.equal(texts.length, 10);
  const described = new Set(allEntities().map(({ name }) => name));
  const known = new Set(files["vocab.txt"].trimEnd().split("\n"));
  for (const text of texts) {
    assert.deepEqual(piecesOf(text).filter((piece) => !known.has(piece)), []);
    assert.ok(!described.has(text.split(/[是位发]/)[0]), text);
  }
});

Deno.test("every value of a record and its entity stand in the passage literally", () => {
  for (const passage of corpus) {
    for (const { entity, facts, absent } of [passage, ...passage.second ? [passage.second] : []]) {
      assert.ok(passage.content.includes(entity), passage.content);
      for (const { relation, value } of facts) {
        assert.ok(passage.content.includes(value), `${passage.content} ${value}`);
        assert.ok(!absent.includes(relation), `${relation} is stated`);
      }
    }
  }
});

Deno.test("a sentence has no gap and no slot left", () => {
  for (const { content, questions } of corpus) {
    for (const text of [content, ...questions.map(({ text }) => text)]) {
      assert.doesNotMatch(text, /[{}[\]|~-]|，，|。。|，。|^[，。]/, text);
    }
  }
});

Deno.test("the generator writes the same bytes twice, and others from another seed", () => {
  assert.deepEqual(dataFiles(makeCorpus()), files);
  assert.notEqual(dataFiles(makeCorpus(1))["test.json"], files["test.json"]);
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
