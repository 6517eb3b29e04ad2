/** The ranking list: seven answers in the tutorial's order, from a seed. */
import assert from "node:assert/strict";
import {
  dataFiles,
  makeCorpus,
  NOISE_CHARACTERS,
  rankingList,
  RANKS,
  seededRandom,
} from "../../lib/corpus/mod.ts";

const content = "法国是欧洲国家，首都是巴黎。";
const parts = {
  humanQuestion: "法国的首都是哪里？",
  modelQuestion: "法国在哪里？",
  otherQuestion: "泰山有多高？",
};

Deno.test("the seven ranks stand from best to worst", () => {
  const list = rankingList(content, { ...parts, random: seededRandom(1) });
  const answers = list.map(({ answer }) => answer);
  assert.equal(list.length, RANKS.length);
  assert.ok(list.every(({ prompt }) => prompt === content));
  assert.deepEqual(answers.slice(0, 3), [
    parts.humanQuestion,
    parts.modelQuestion,
    parts.otherQuestion,
  ]);
  assert.ok(content.includes(answers[3] ?? "missing"));
  assert.notEqual(answers[4], parts.humanQuestion);
  assert.equal(answers[4]?.slice(0, 3), parts.humanQuestion.slice(0, 3));
  assert.equal(answers[5], "");
  assert.ok((answers[6] ?? "").length >= 4);
});

Deno.test("the same seed builds the same list, another seed another one", () => {
  const build = (seed: number) => rankingList(content, { ...parts, random: seededRandom(seed) });
  assert.deepEqual(build(7), build(7));
  assert.notDeepEqual(build(7), build(8));
});

Deno.test("noise characters are in the vocabulary", () => {
  const known = new Set((dataFiles(makeCorpus())["vocab.txt"] ?? "").split("\n"));
  assert.deepEqual(NOISE_CHARACTERS.filter((character) => !known.has(character)), []);
});

Deno.test("random numbers are in [0, 1) and repeat from their seed", () => {
  const [left, right] = [seededRandom(3), seededRandom(3)];
  for (let i = 0; i < 1000; i++) {
    const value = left();
    assert.equal(value, right());
    assert.ok(value >= 0 && value < 1);
  }
});
