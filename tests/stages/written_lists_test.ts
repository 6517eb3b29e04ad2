/** Ranked lists whose second rank a model writes: how many there are, and that they depend on the seed alone. */
import assert from "node:assert/strict";
import { openWriter, writeLists, type WrittenListOptions } from "../../lib/stages/mod.ts";
import { type QuestionedPassage } from "../../lib/passages/mod.ts";
import { fixtureModel } from "../helpers/fixtures.ts";
import { device } from "../helpers/tiny.ts";

const writer = await openWriter(device, await fixtureModel("gpt2_tiny"));
const asked = (content: string, ...texts: string[]): QuestionedPassage => ({
  name: content,
  content,
  questions: texts.map((text) => ({ text, answers: [] })),
});
const train = [
  asked("一丁，丂七。", "一丁？", "丂七？", "七丂？"),
  asked("丄丅，丆万。", "丄？"),
  asked("丈三，上下。", "三？", "上？"),
];
const test = [asked("丌不，与丏。", "不？"), asked("丐丑，丒专。", "丑？", "专？")];
const options: WrittenListOptions = {
  lengths: { maxLen: 40, queryLen: 8 },
  seed: 5,
  lists: 2,
  perQuestion: true,
  proportion: 0,
};

Deno.test("every question has its lists, held-out ones one each", async () => {
  const made = await writeLists(writer, { train, test }, options);
  const humans = (lists: typeof made.train) => lists.map(([human]) => human.answer).toSorted();
  const twice = train.flatMap(({ questions }) => questions.flatMap(({ text }) => [text, text]));
  assert.deepEqual(humans(made.train), twice.toSorted());
  assert.deepEqual(humans(made.test), ["不？", "丑？", "专？"].toSorted());
  assert.ok([...made.train, ...made.test].every((list) => list.length === 7));
  const lists = made.train.filter(([human]) => human.answer === "丂七？");
  assert.notDeepEqual(lists[0].map(({ answer }) => answer), lists[1].map(({ answer }) => answer)); // twice over, not the same twice
});

Deno.test("by passage there are as many lists as requested", async () => {
  const made = await writeLists(writer, { train, test }, {
    ...options,
    perQuestion: false,
    lists: 3,
  });
  assert.deepEqual([made.train.length, made.test.length], [3 * 3, 2]);
});

Deno.test("the same seed makes the same lists, with or without the held-out ones; another seed makes others", async () => {
  const made = await writeLists(writer, { train, test }, options);
  assert.deepEqual((await writeLists(writer, { train }, options)).train, made.train);
  assert.notDeepEqual(
    (await writeLists(writer, { train }, { ...options, seed: 6 })).train,
    made.train,
  );
});

Deno.test("progress counts the questions of both sides", async () => {
  const reported: number[][] = [];
  await writeLists(writer, { train, test }, {
    ...options,
    onWritten: (...counts) => reported.push(counts),
  });
  const total = 2 * (3 + 1 + 2) + 1 + 2;
  assert.deepEqual(reported.at(-1), [total, total]);
  assert.deepEqual(
    reported.map(([written]) => written),
    reported.map(([written]) => written).toSorted((a, b) => a - b),
  );
});
