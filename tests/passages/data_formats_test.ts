/** The formats of data files: the whole file decides, and each is read and named. */
import assert from "node:assert/strict";
import {
  readExamples,
  readNames,
  readPassages,
  readQuestionedPassages,
  readRankedLists,
  readRewardData,
  readTexts,
} from "../../lib/passages/mod.ts";
import { lines, pretty, read, wanted } from "../helpers/data_text.ts";

const answer = "青海省";
const squad = {
  version: "v1.0",
  data: wanted.map(({ content, query }) => ({
    title: content.slice(0, 2),
    paragraphs: [{ context: content, qas: [{ question: query, answers: [{ text: answer }] }] }],
  })),
};
const listFormat = wanted.map(({ content, query }) => ({
  context_id: "T",
  context_text: content,
  qas: [{ query_text: query, answers: [answer] }],
  title: content.slice(0, 2),
}));
const chat = (role: string, text: string, user: string, assistant: string) =>
  wanted.map(({ content, query }) => [
    { [role]: user, [text]: content },
    { [role]: assistant, [text]: query },
  ]);
const renamed = (passage: string, question: string) =>
  wanted.map(({ content, query }) => ({ [passage]: content, [question]: query }));
const alpaca = wanted.map(({ content, query }) => ({
  instruction: "提一个问题",
  input: content,
  output: query,
}));
const table = (delimiter: string) =>
  [`id${delimiter}Content${delimiter}Query`]
    .concat(wanted.map(({ content, query }) => ["1", content, query].join(delimiter))).join("\r\n");

/** The same two questions in every format, each with the start of the line printed about it. */
const QUESTIONS: readonly (readonly [string, string, string?])[] = [
  [lines(...wanted), "JSON lines with content, query"],
  [pretty(wanted), "JSON with content, query"],
  [JSON.stringify(wanted), "JSON with content, query"],
  [pretty({ version: 1, data: wanted }), "JSON with content, query"],
  [pretty({ samples: wanted }), "JSON with content, query"],
  [pretty({ a: wanted[0], b: wanted[1] }), "JSON with content, query"],
  [
    pretty({ content: wanted.map((row) => row.content), query: wanted.map((row) => row.query) }),
    "JSON with content, query",
  ],
  [
    JSON.stringify({
      content: { 0: wanted[0].content, 1: wanted[1].content },
      query: { 0: wanted[0].query, 1: wanted[1].query },
    }),
    "JSON with content, query",
  ],
  [pretty(squad), "CMRC 2018 (squad-style)"],
  [JSON.stringify(squad.data), "CMRC 2018 (squad-style)"],
  [lines(...squad.data), "JSON lines with CMRC 2018 (squad-style)"],
  [pretty(listFormat), "CMRC 2018 (list format)"],
  [lines(...listFormat), "JSON lines with CMRC 2018 (list format)"],
  [lines(...renamed("context", "question")), "JSON lines with context, question"],
  [pretty(renamed("正文", "问题")), "JSON with 正文, 问题"],
  [lines(...renamed("prompt", "completion")), "JSON lines with prompt, completion"],
  [lines(...renamed("input", "output")), "JSON lines with input, output"],
  [pretty(renamed("instruction", "output")), "JSON with instruction, output"],
  [pretty(alpaca), "JSON with instruction, input, output"],
  [lines(...alpaca), "JSON lines with instruction, input, output"],
  [
    lines(...chat("role", "content", "user", "assistant").map((messages) => ({ messages }))),
    "JSON lines with conversations",
  ],
  [
    pretty(chat("from", "value", "human", "gpt").map((conversations) => ({ conversations }))),
    "JSON with conversations",
  ],
  [pretty(chat("role", "content", "user", "assistant")), "JSON with conversations"],
  [table(","), "CSV with Content, Query", "data.csv"],
  [table("\t"), "TSV with Content, Query", "data.tsv"],
  [table("\t"), "TSV with Content, Query", "data.txt"],
  [table(";"), "CSV with Content, Query", "data.csv"],
];

Deno.test("questions are read from JSON of any layout, JSON lines, conversations and tables", async () => {
  for (const [text, format, name] of QUESTIONS) {
    const { value, told } = await read(text, readExamples, { name });
    assert.deepEqual(value, wanted, text);
    assert.equal(told.length, 1, text);
    assert.ok(told[0].startsWith(`FILE: ${format}, 2 passages, 2 questions`), told[0]);
  }
});

Deno.test("both formats of CMRC have titles and answers", async () => {
  for (const value of [squad, listFormat]) {
    const [first] = (await read(pretty(value), readQuestionedPassages)).value;
    assert.deepEqual([first.name, first.questions[0].answers], ["黄河", [answer]]);
    assert.equal((await read(pretty(value), readNames)).value.get(wanted[0].content), "黄河");
  }
});

/** The same three passages, which all stand in the file. */
const PASSAGES: readonly (readonly [string, string])[] = [
  ["甲\n\n乙\n甲\n", "plain text with one passage per line"],
  ['["甲", "乙", "甲"]', "JSON with texts"],
  ['[\n"甲",\n"乙",\n"甲"]', "JSON with texts"],
  ['"甲"\n"乙"\n"甲"\n', "JSON lines with texts"],
  [lines({ content: "甲" }, { content: "乙" }, { content: "甲" }), "JSON lines with content"],
  [lines({ text: "甲" }, { text: "乙" }, { text: "甲" }), "JSON lines with text"],
  [
    lines(...["甲", "乙", "甲"].map((content) => ({ prompt: [{ role: "user", content }] }))),
    "JSON lines with prompt",
  ],
];

Deno.test("passages are read with repetitions, and the distinct ones once", async () => {
  for (const [text, format] of PASSAGES) {
    const { value, told } = await read(text, readTexts);
    assert.deepEqual(value, ["甲", "乙", "甲"], text);
    assert.deepEqual(told, [`FILE: ${format}, 3 passages (2 different)`]);
    assert.deepEqual((await read(text, readPassages)).value, ["甲", "乙"]);
  }
});

Deno.test("brackets, braces and numbers do not make a text JSON", async () => {
  const texts = [
    "[[黄河]]发源于青海省。\n长江\n",
    "{{stub}}是条目\n长江\n",
    "[1] 黄河\n[2] 长江\n",
    "[1]\n[2]\n",
    "2023\n2024\n",
    '"你好。"他说。\n"再见。"\n',
    "【黄河】\n{长江}\n",
    "黄河, content\n长江\n北京\n",
  ];
  for (const text of texts) {
    assert.deepEqual(
      (await read(text, readTexts, { name: "wiki.txt" })).value,
      text.trim().split("\n"),
    );
  }
});

const pair = { prompt: "甲", chosen: "好", rejected: "坏" };
const message = (role: string, content: string) => ({ role, content });
const pairs: readonly unknown[] = [
  pair,
  { question: "甲", chosen: "好", rejected: "坏" },
  { instruction: "甲", input: "", chosen: "好", rejected: "坏" },
  {
    prompt: [message("user", "甲")],
    chosen: [message("assistant", "好")],
    rejected: [message("assistant", "坏")],
  },
  {
    chosen: [message("user", "甲"), message("assistant", "好")],
    rejected: [message("user", "甲"), message("assistant", "坏")],
  },
  {
    conversations: [{ from: "human", value: "甲" }],
    chosen: { from: "gpt", value: "好" },
    rejected: { from: "gpt", value: "坏" },
  },
  { query: "甲", better: "好", worse: "坏" },
  { prompt: "甲", responses: ["好", "坏"], scores: [1, 0] },
  { instruction: "甲", output: ["好", "坏"] },
  [{ prompt: "甲", answer: "好" }, { prompt: "甲", answer: "坏" }],
];

Deno.test("preference pairs are ranked lists of two, in every notation", async () => {
  const list = [{ prompt: "甲", answer: "好" }, { prompt: "甲", answer: "坏" }];
  for (const row of pairs) {
    for (const text of [lines(row, row), pretty([row, row]), lines(row)]) {
      const { value, told } = await read(text, readRankedLists);
      assert.deepEqual(value, text === lines(row) ? [list] : [list, list], text);
      assert.match(told[0], /, 1 passage, [12] pairs?$/);
    }
  }
  const csv = "prompt,chosen,rejected\n甲,好,坏\n";
  assert.deepEqual((await read(csv, readRankedLists, { name: "a.csv" })).value, [list]);
});

Deno.test("ranked lists may stand in one JSON list, and the reward stage takes lists before questions", async () => {
  const list = (length: number) =>
    Array.from({ length }, (_, rank) => ({ prompt: "甲", answer: `${rank}` }));
  const file = await read(pretty([list(2), list(4)]), readRewardData);
  assert.deepEqual(file.value, { lists: [list(2), list(4)] });
  assert.deepEqual(file.told, [
    "FILE: JSON with ranked lists, 1 passage, 2 ranked lists of 2 to 4 answers, best first",
  ]);
  const { value } = await read(lines(...wanted), readRewardData);
  assert.deepEqual(value.passages?.map(({ content }) => content), wanted.map((row) => row.content));
  const rows = [{ prompt: "甲", answer: "好" }, { prompt: "乙", answer: "坏" }];
  assert.deepEqual(
    (await read(pretty(rows), readExamples)).value,
    rows.map(({ prompt, answer }) => ({ content: prompt, query: answer })),
  );
});

Deno.test("answers whose ranks or scores do not begin with the best are left out", async () => {
  const list = (key: string, numbers: readonly number[]) =>
    numbers.map((number, index) => ({ prompt: "甲", answer: `${index}`, [key]: number }));
  const good = [list("rank", [1, 2]), list("score", [2, 1, 1]), { ...pair, ranks: [3, 1] }];
  const rising = { prompt: "甲", responses: ["乙", "丙"], scores: [1, 2] };
  for (
    const [bad, found] of [
      [list("rank", [2, 1]), "rank 1 after 2"],
      [list("score", [1, 2]), "score 2 after 1"],
      [rising, "score 2 after 1"],
    ]
  ) {
    const rows = [...good, ...good, ...good, ...good, bad];
    const { value, told } = await read(lines(...rows), readRankedLists);
    assert.equal(value.length, 12);
    assert.match(
      told[1],
      new RegExp(`line 13: it has the ${found}; the best answer must come first`),
    );
  }
});

Deno.test("each answer of a conversation answers all that comes before it", async () => {
  const messages = ["问", "答", "再问", "再答"].map((text, index) =>
    message(index % 2 === 0 ? "user" : "assistant", text)
  );
  assert.deepEqual((await read(lines({ messages }), readExamples)).value, [
    { content: "问", query: "答" },
    { content: "问\n答\n再问", query: "再答" },
  ]);
  const open = await read(lines({ messages: messages.slice(0, 3) }), readExamples);
  assert.deepEqual(open.value.length, 1);
  assert.equal(open.told[1], "FILE: skipped 1 passage without questions");
});

Deno.test("an instruction that all rows share is left out with a note, and another one comes first", async () => {
  const { told } = await read(lines(...alpaca), readExamples);
  assert.match(told[0], /; the instruction "提一个问题" of all rows is left out$/);
  const rows = ["译", "改"].map((instruction) => ({ instruction, input: "甲", output: "乙" }));
  assert.deepEqual(
    (await read(lines(...rows), readExamples)).value.map(({ content }) => content),
    ["译\n甲", "改\n甲"],
  );
  const system = {
    messages: [message("system", "译"), message("user", "甲"), message("assistant", "乙")],
  };
  assert.match(
    (await read(lines(system, system), readExamples)).told[0],
    /"译" of all rows is left out/,
  );
});

Deno.test("keys that are read in no row are named", async () => {
  const row = { content: "甲", query: "？", title: "名", content_id: "1", history: [] };
  const { told } = await read(lines(row, { ...row, query: "！" }), readExamples);
  assert.deepEqual(told, [
    "FILE: JSON lines with content, query, 1 passage, 2 questions; not read: content_id, history",
  ]);
});
