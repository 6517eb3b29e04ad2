/** Renaming: a name becomes another one in all texts about it, and nothing else changes. */
import assert from "node:assert/strict";
import { randomStream } from "../../lib/random/mod.ts";
import { createRenamer, hanOf, randomName } from "../../lib/passages/mod.ts";

const alphabet = ["甲", "乙", "丙"];
const names = new Map([["易北河流入北海，易北河长。", "易北河"]]);
const [passage] = names.keys();
const renamer = (proportion: number, seed = 1) =>
  createRenamer({ names, alphabet, proportion, random: randomStream(seed) });

Deno.test("every place of a name gets the same new name, in the passage and in its question", () => {
  const [content, query] = renamer(1)(passage, [passage, "易北河有多长？"]);
  const [, name, again] = /^(.+)流入北海，(.+)长。$/.exec(content) ?? [];
  assert.ok(name !== undefined && name !== "易北河", content);
  assert.equal(again, name);
  assert.equal(query, `${name}有多长？`);
});

Deno.test("a proportion of 0 changes nothing, and one of 1/2 about half", () => {
  assert.deepEqual(renamer(0)(passage, [passage]), [passage]);
  const rename = renamer(0.5);
  const changed = Array.from({ length: 1000 }, () => rename(passage, [passage])[0] !== passage)
    .filter(
      Boolean,
    );
  assert.ok(Math.abs(changed.length - 500) < 60, `${changed.length} of 1000`);
});

Deno.test("a passage without a known name keeps it", () => {
  assert.deepEqual(renamer(1)("泰山很高。", ["泰山很高。"]), ["泰山很高。"]);
});

Deno.test("a new name keeps the marks around it, has 2 to 6 characters, and often the last one of the old", () => {
  const random = randomStream(2);
  const drawn = Array.from({ length: 500 }, () => randomName("《春江》", { alphabet, random }));
  assert.ok(drawn.every((name) => /^《[甲乙丙]{1,5}[甲乙丙江]》$/.test(name)), drawn[0]);
  const kept = drawn.filter((name) => name.endsWith("江》")).length;
  assert.ok(Math.abs(kept - 250) < 50, `${kept} of 500`);
  assert.deepEqual(new Set(drawn.map((name) => [...name].length - 2)), new Set([2, 3, 4, 5, 6]));
});

Deno.test("the same seed gives the same names", () => {
  assert.deepEqual(renamer(1, 9)(passage, [passage]), renamer(1, 9)(passage, [passage]));
});

Deno.test("only single Han characters of a vocabulary are used for names", () => {
  assert.deepEqual(hanOf(["[CLS]", "a", "##a", "，", "山", "##山", "水"]), ["山", "水"]);
});
