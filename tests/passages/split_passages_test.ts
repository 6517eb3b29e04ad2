/** The split between SFT and PPO: by passage, in halves, by the seed. */
import assert from "node:assert/strict";
import { randomStream } from "../../lib/random/mod.ts";
import {
  numbered,
  type QuestionedPassage,
  questionLinesOf,
  splitPassages,
} from "../../lib/passages/mod.ts";

const passages = Array.from({ length: 21 }, (_, index): QuestionedPassage => ({
  name: `${index}`,
  content: `passage ${index}`,
  questions: Array.from(
    { length: index % 3 + 1 },
    (_, k) => ({ text: `question ${k}`, answers: [] }),
  ),
}));
const split = (seed: number) => splitPassages(passages, randomStream(seed));

Deno.test("every passage is in one half, and the halves differ by at most one", () => {
  const { sft, ppo } = split(1);
  assert.deepEqual([sft.length, ppo.length], [11, 10]);
  const all = [...sft, ...ppo].map(({ content }) => content);
  assert.deepEqual(all.toSorted(), passages.map(({ content }) => content).toSorted());
});

Deno.test("the halves are random but in the file's order, and the seed decides", () => {
  const numbers = (seed: number) =>
    split(seed).sft.map(({ contentId }) => Number(contentId.replace("content_", "")));
  assert.deepEqual(numbers(1), numbers(1).toSorted((a, b) => a - b));
  assert.deepEqual(numbers(1), numbers(1));
  assert.notDeepEqual(numbers(1), numbers(2));
  assert.notDeepEqual(numbers(1), Array.from({ length: 11 }, (_, index) => index));
});

Deno.test("a line a question, all of a passage under one id", () => {
  const lines = questionLinesOf(numbered(passages.slice(1, 3))).split("\n");
  assert.deepEqual(lines.map((line) => line && JSON.parse(line)), [
    { content: "passage 1", query: "question 0", content_id: "content_0" },
    { content: "passage 1", query: "question 1", content_id: "content_0" },
    { content: "passage 2", query: "question 0", content_id: "content_1" },
    { content: "passage 2", query: "question 1", content_id: "content_1" },
    { content: "passage 2", query: "question 2", content_id: "content_1" },
    "",
  ]);
});

Deno.test("one passage cannot be split", () => {
  assert.throws(() => splitPassages(passages.slice(0, 1), randomStream(1)), {
    name: "RangeError",
    message: "Cannot split 1 passages: at least two are needed",
  });
});
