/** Ranked lists from passages: which question stands at which rank. */
import assert from "node:assert/strict";
import { judgeQuestion, makeCorpus, seededRandom } from "../../lib/corpus/mod.ts";
import {
  type QuestionedPassage,
  rankingLists,
  siblingQuestions,
  type Unanswerable,
  writersQuestions,
} from "../../lib/passages/mod.ts";

const question = (text: string, answer: string) => ({ text, answers: [answer] });
const passages: QuestionedPassage[] = [
  {
    name: "法国",
    content: "法国在欧洲，首都是巴黎。",
    questions: [question("法国在哪里？", "欧洲"), question("法国的首都是哪里？", "巴黎")],
  },
  {
    name: "法国",
    content: "法国的货币是欧元，首都是巴黎。",
    questions: [question("法国用什么钱？", "欧元"), question("法国的首都是哪里？", "巴黎")],
  },
  { name: "泰山", content: "泰山高1545米。", questions: [question("泰山有多高？", "1545米")] },
];
const modelQuestions = [["甲？", "乙？"], ["丙？", "丁？"], ["戊？", "己？"]];
const none: Unanswerable = () => undefined;
const build = (unanswerable: Unanswerable, proportion: number, seed = 1) =>
  rankingLists(passages, { modelQuestions, unanswerable, proportion, random: seededRandom(seed) });

Deno.test("each passage has its lists, with its own questions, the model's, and those of another passage", () => {
  const lists = build(none, 1);
  assert.equal(lists.length, 3 * 2);
  assert.ok(lists.every((list) => list.length === 7));
  assert.deepEqual(
    lists.map(([{ prompt }]) => prompt),
    passages.flatMap(({ content }) => [content, content]),
  );
  assert.deepEqual(lists.map((list) => list[1].answer), modelQuestions.flat());
  assert.deepEqual(lists.slice(0, 2).map(([human]) => human.answer), [
    "法国在哪里？",
    "法国的首都是哪里？",
  ]);
  assert.deepEqual(lists.slice(0, 4).map((list) => list[2].answer), Array(4).fill("泰山有多高？"));
  assert.ok(lists.slice(4).every((list) => list[2].answer.startsWith("法国")));
});

Deno.test("with a proportion of 1 rank 3 is what the passage leaves out, where that is known", () => {
  const third = build(siblingQuestions(passages), 1).map((list) => list[2].answer);
  assert.deepEqual(third.slice(0, 4), [
    "法国用什么钱？",
    "法国用什么钱？",
    "法国在哪里？",
    "法国在哪里？",
  ]);
  assert.ok(third.slice(4).every((answer) => answer.startsWith("法国"))); // 泰山 has one passage only
  assert.ok(
    build(siblingQuestions(passages), 0).every((list) =>
      list[2].answer !== "法国用什么钱？" || list[0].prompt.startsWith("泰山")
    ),
  );
});

Deno.test("a question whose answer nobody knows is not taken for an unanswerable one", () => {
  const asked = siblingQuestions([{
    name: "法国",
    content: "法国在欧洲。",
    questions: [{ text: "？", answers: [] }],
  }]);
  assert.equal(asked({ name: "法国", content: "法国很大。", questions: [] }, () => 0), undefined);
});

Deno.test("the same seed makes the same lists", () => {
  assert.deepEqual(build(none, 0.5, 4), build(none, 0.5, 4));
  assert.notDeepEqual(build(none, 0.5, 4), build(none, 0.5, 5));
});

Deno.test("passages that all have the same questions cannot be ranked", () => {
  const alone = passages.slice(0, 1);
  assert.throws(
    () =>
      rankingLists(alone, {
        modelQuestions,
        unanswerable: none,
        proportion: 0,
        random: seededRandom(1),
      }),
    {
      name: "RangeError",
      message:
        'Cannot rank answers to "法国在欧洲，首都是巴黎。": no other passage asks something else',
    },
  );
});

Deno.test("what the corpus' writer asks as unanswerable the gold judge finds well formed and not answerable", () => {
  const corpus = makeCorpus();
  const unanswerable = writersQuestions(corpus);
  const random = seededRandom(1);
  const reasons = corpus.slice(0, 1000).flatMap((passage) => {
    const asked = unanswerable(
      { name: passage.entity, content: passage.content, questions: [] },
      random,
    );
    return asked === undefined ? [] : [judgeQuestion(asked, passage).reason];
  });
  assert.ok(reasons.length > 500, `${reasons.length} of 1000`);
  assert.deepEqual(new Set(reasons), new Set(["not answerable"]));
});
