/** Rows that cannot be used are left out, told and counted; files that cannot be read are refused. */
import assert from "node:assert/strict";
import { readExamples, readPassages, readRankedLists, readTexts } from "../../lib/passages/mod.ts";
import { lines, pretty, read, refused, wanted } from "../helpers/data_text.ts";

const pair = { prompt: "甲", chosen: "好", rejected: "坏" };

/** 30 good rows and then these. */
const after30 = (...rows: string[]) =>
  lines(...Array.from({ length: 30 }, (_, n) => ({ content: `${n}`, query: "？" }))) +
  rows.join("\n");

/** One unusable row, and the reason that is printed. */
const UNUSABLE: readonly (readonly [string, string])[] = [
  ['{"content": "甲", "query": ""}', 'it has an empty "query"'],
  ['{"content": " ", "query": "？"}', 'it has an empty "content"'],
  ['{"content": "甲"}', 'it has no question (its keys: "content")'],
  ['{"content": "甲", "query": null}', 'it has no question (its keys: "content", "query" (null))'],
  ['{"content": 3, "query": "？"}', 'it has the number 3 as "content", and text is expected'],
  ['{"para": "甲"}', 'it has no passage (its keys: "para")'],
  [
    '["甲"]',
    "it is a list, and neither of messages (role, content) nor of ranked answers (prompt, answer)",
  ],
  ["3", 'it is not a JSON object: "3"'],
];

Deno.test("a row that cannot be used is left out with line and reason, and strict refuses it", async () => {
  for (const [row, reason] of UNUSABLE) {
    const { value, told } = await read(after30(row), readExamples);
    assert.equal(value.length, 30, row);
    assert.equal(told[1], `FILE: left out 1 of 31 rows: line 31: ${reason}`);
    assert.equal(
      await refused(after30(row), readExamples, { strict: true }),
      `Cannot use FILE: 1 of 31 rows cannot be used, and --strict allows none: line 31: ${reason}`,
    );
  }
  const { told } = await read(after30(), readExamples, { strict: true });
  assert.equal(told.length, 1);
});

Deno.test("a line with a syntax error is left out with its column, its kind and the text around", async () => {
  const broken = [
    ['{"content": "C:\\data", "query": "？"}', "column 16", "is no valid escape"],
    ['{"content": "甲\t", "query": "？"}', "column 15", "a raw tab"],
    ['{"content": "甲", "query": "？"},', "column 31", "a comma after the value"],
    ['{"content": "他说"好"。", "query": "？"}', "column 17", "a double quote inside a text"],
    ['{"content": "甲", "que', "column 22", "it breaks off inside a text"],
  ];
  for (const [row, column, kind] of broken) {
    const { told } = await read(after30(row), readExamples);
    assert.match(
      told[1],
      new RegExp(`^FILE: left out 1 of 31 rows: line 31, ${column}: .*${kind}.*>>>`),
    );
    assert.match(
      await refused(lines(wanted[0]) + row, readExamples),
      new RegExp(`line 2, ${column}: .*${kind}`),
    );
  }
});

Deno.test("a tenth of the rows may be left out, and more is an error that lists five of them", async () => {
  const bad = Array(4).fill('{"content": "甲"}');
  assert.equal((await read(after30(...bad.slice(0, 3)), readExamples)).value.length, 30);
  assert.match(
    await refused(after30(...bad), readExamples),
    /^Cannot use FILE: 4 of 34 rows cannot be used, more than a tenth: line 31: .*; line 34: [^;]*$/,
  );
  assert.match(
    await refused(after30(...bad, ...bad), readExamples),
    /; line 35: [^;]*; and 3 more$/,
  );
});

Deno.test("a single empty question of CMRC is left out whatever the share, and passages do not need it", async () => {
  const qas = (...questions: string[]) => questions.map((question) => ({ question, answers: [] }));
  const file = (...questions: string[]) =>
    pretty({ data: [{ title: "甲", paragraphs: [{ context: "甲", qas: qas(...questions) }] }] });
  const { value, told } = await read(file("？", ""), readExamples);
  assert.deepEqual(value, [{ content: "甲", query: "？" }]);
  assert.match(
    told[1],
    /left out 1 of 2 questions: line \d+: data\[0\].*qas\[1\] has an empty "question"$/,
  );
  assert.match(await refused(file("？", "", ""), readExamples), /2 of 3 questions cannot be used/);
  assert.equal((await read(file("？", ""), readPassages)).told.length, 1);
});

/** Whole files that cannot be read, and the reason. */
const REFUSED: readonly (readonly [string, RegExp, string?])[] = [
  [pretty(wanted).replace('",\n', '"\n'), /line 4, column 3: it is not JSON: a comma is missing/],
  [
    `[\n${lines(...wanted).replace("}\n{", "},\n{").replace(": ", " ").replace(":", " ")}]`,
    /line 2, column \d+: it is not JSON: a colon is missing/,
  ],
  [
    JSON.stringify({ data: wanted }).slice(0, 60),
    /line 1, column 61: it is not JSON: it breaks off/,
  ],
  ['["黄河", "长江', /line 1, column 11: it is not JSON: it breaks off inside a text/],
  ["{'content': '甲'}\n{'content': '乙'}\n", /line 1, column 2: .*a single quote/],
  [lines(...wanted).replaceAll("}\n", "},\n"), /line 1, column \d+: .*a comma after the value/],
  ['长江\n黄河\n{"content": "甲"}\n', /line 3 is JSON and line 1 is not/],
  [
    pretty({ train: wanted, dev: wanted }),
    /has the lists "train", "dev"; put the one that is needed/,
  ],
  [lines({ para: "甲", ask: "？" }), /has no passage \(its keys: "para", "ask"\)/],
  [
    lines(["甲", "乙"], ["丙", "丁"]),
    /neither of messages \(role, content\) nor of ranked answers/,
  ],
  [lines({ prompt: "甲", completion: "乙", label: true }), /"chosen" and "rejected" are needed/],
  ["黄河,哪里？\n长江,哪里？\n", /names no known column .*such as content and query/, "a.csv"],
  ["黄河\t哪里？\n长江\t哪里？\n", /looks like a table.*names no known column/, "a.txt"],
  [
    'content,query\n甲,？\n"乙,？\n丙,？\n',
    /line 3, column 1: the quote that opens a cell is never closed \(here: .*>>>"乙/,
    "a.csv",
  ],
  [
    'content,query\n甲,"？"乙\n',
    /line 2, column 3: text follows the closing quote of a cell/,
    "a.csv",
  ],
  ["content,content\n甲,乙\n", /line 1 names the column "content" twice/, "a.csv"],
  [
    '{"question": "？", "answers": ["甲", "乙"]}',
    /has no passage \(its keys: "question", "answers"\)/,
  ],
  ["[]", /holds no passages \(it is JSON\)/],
  ["<!DOCTYPE html>\n<html>", /it is an HTML page/],
];

Deno.test("a file whose format cannot be told is refused with what was found and what is needed", async () => {
  for (const [text, reason, name] of REFUSED) {
    const message = await refused(text, readTexts, { name });
    assert.match(message, /^Cannot (read|use) FILE/);
    assert.match(message, reason, text);
  }
});

Deno.test("a command that needs something else says what the file holds", async () => {
  assert.match(
    await refused("甲\n", readExamples),
    /holds no questions \(it is plain text with one passage per line; .*\)\. Questions are read from/,
  );
  assert.match(
    await refused(lines(pair), readExamples),
    /holds no questions \(it is JSON with preference pairs; line 1: it has ranked answers/,
  );
  assert.match(
    await refused(lines(...wanted), readRankedLists),
    /it has no ranked answers.*"chosen"/,
  );
});

Deno.test("cells may hold delimiters and line breaks, and a row with too few is named by its first line", async () => {
  const good = '"甲,\n乙",？\n'.repeat(10);
  const { value, told } = await read(`content,query\n${good}丙\n`, readExamples, { name: "a.csv" });
  assert.deepEqual(value[0], { content: "甲,\n乙", query: "？" });
  assert.equal(
    told[1],
    "FILE: left out 1 of 11 rows: line 22: its number of cells is 1, and there are 2 columns",
  );
});
