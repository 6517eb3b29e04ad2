/** The gold judge: clean questions are right, every kind of noise is wrong for its own reason. */
import assert from "node:assert/strict";
import {
  acceptedPhrases,
  expand,
  judgeQuestion,
  makeCorpus,
  NOISE_SHARES,
  type NoiseKind,
  type PassageRecord,
  relationNames,
  relations,
} from "../../lib/corpus/mod.ts";

const corpus = makeCorpus();

const taishan: PassageRecord = {
  content_id: "content_0",
  content: "泰山坐落在山东。它的海拔高度为1545米，因日出而闻名。",
  entity: "泰山",
  kind: "mountain",
  facts: [
    { relation: "province", value: "山东" },
    { relation: "altitude", value: "1545米" },
    { relation: "known", value: "日出" },
  ],
  absent: ["what"],
};
const reason = (question: string) => judgeQuestion(question, taishan).reason;

Deno.test("every clean question of the corpus is judged right", () => {
  for (const passage of corpus) {
    for (const { text } of passage.questions) {
      assert.deepEqual(judgeQuestion(text, passage), { right: true, reason: "right" }, text);
    }
  }
});

Deno.test("every spoiled question of the SFT file is judged wrong for the reason it was spoiled", () => {
  for (const passage of corpus) {
    for (const { text, noise } of passage.written) {
      const expected = noise === "clean" ? "right" : noise;
      assert.equal(judgeQuestion(text, passage).reason, expected, `${passage.content} ${text}`);
    }
  }
});

Deno.test("the shares of noise are near the recipe, and only the SFT split has any", () => {
  const count = (kind: NoiseKind, split: string) =>
    corpus.filter((p) => p.split === split).flatMap((p) => p.written).filter(({ noise }) =>
      noise === kind
    )
      .length;
  const lines =
    corpus.filter(({ split }) => split === "sft").flatMap(({ written }) => written).length;
  const wanted = { "not answerable": 0.12, "wrong entity": 0.10, "cut off": 0.08, "copy": 0.05 };
  for (const kind of ["not answerable", "wrong entity", "cut off", "copy"] as const) {
    const share = count(kind, "sft") / lines;
    assert.ok(Math.abs(share - wanted[kind]) < 0.01, `${kind}: ${share}`);
    assert.ok(NOISE_SHARES[kind] >= wanted[kind]);
    assert.equal(count(kind, "ppo") + count(kind, "test"), 0);
  }
});

Deno.test("phrasings that our writer never uses are right where a reader would say so", () => {
  for (
    const question of ["泰山在什么省？", "泰山位于何处？", "泰山有多少米高？", "泰山因为什么出名？"]
  ) {
    assert.equal(reason(question), "right", question);
  }
});

Deno.test("spaces between pieces, a half-width question mark and capitals make no difference", () => {
  assert.equal(reason("泰 山 有 多 高 ?"), "right");
  const iron: PassageRecord = {
    ...taishan,
    content: "《阿Q正传》的作者是鲁迅。",
    entity: "《阿Q正传》",
    facts: [{ relation: "author", value: "鲁迅" }],
  };
  assert.equal(judgeQuestion("《阿q正传》的作者是谁？", iron).reason, "right");
});

Deno.test("each wrong question gets its own reason", () => {
  assert.equal(reason(""), "empty");
  assert.equal(reason("  "), "empty");
  assert.equal(reason("泰山有多"), "cut off");
  assert.equal(reason("泰山有多高"), "cut off");
  assert.equal(reason("泰山"), "cut off");
  assert.equal(reason("泰山坐落在山东。"), "copy");
  assert.equal(reason("泰山是什么？"), "not answerable");
  assert.equal(reason("泰山的面积是多少？"), "not answerable");
  assert.equal(reason("华山有多高？"), "wrong entity");
  assert.equal(reason("泰泰山有多高？"), "wrong entity");
  assert.equal(reason("泰山有多高？泰山有多高？"), "wrong entity");
  assert.equal(reason("泰山山东海拔因"), "malformed");
  assert.equal(reason("泰山有多高吗？"), "malformed");
  assert.equal(reason("泰山有多高？？"), "malformed");
});

Deno.test("every relation has two to four phrasings to ask with, all of them accepted", () => {
  for (const relation of relationNames) {
    const { ask } = relations[relation];
    assert.ok(ask.length >= 2 && ask.length <= 4, relation);
    const accepted = new Set(
      acceptedPhrases.filter((phrase) => phrase.relation === relation).map((p) =>
        `${p.before}{n}${p.behind}`
      ),
    );
    assert.deepEqual(ask.filter((phrasing) => !accepted.has(phrasing)), []);
  }
});

Deno.test("every accepted phrase has one name, a question word and a full-width question mark", () => {
  for (const { before, behind } of acceptedPhrases) {
    const text = before + behind;
    assert.match(behind, /？$/);
    assert.match(text, /谁|什么|哪|何|几|多少|多长|多高|多大|怎|如何|啥/, text);
    assert.ok(!/[(|){}]/.test(text), text);
  }
});

Deno.test("a pattern expands to all its strings", () => {
  assert.deepEqual(expand("{n}(哪年|何时)通车(|的)？"), [
    "{n}哪年通车？",
    "{n}哪年通车的？",
    "{n}何时通车？",
    "{n}何时通车的？",
  ]);
});
