/** From data files to token rows, and the sentences for files that are not as they should be. */
import assert from "node:assert/strict";
import { loadTokenizer } from "../../lib/lm/mod.ts";
import {
  exampleRows,
  formatOf,
  promptRow,
  readExamples,
  readNames,
  readPassages,
  readQuestionedPassages,
  readRankedLists,
  readTexts,
} from "../../lib/passages/mod.ts";
import { fileURLToPath } from "node:url";

/** Runs with a file that holds `content`. */
async function withFile<T>(
  content: string | Uint8Array,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

const read = <T>(text: string, reader: (path: string) => Promise<T>): Promise<T> =>
  withFile(text, reader);

/** The error for a file that holds `text`, with FILE for its path. */
const sentence = (
  text: string | Uint8Array,
  reader: (path: string) => Promise<unknown>,
): Promise<string> =>
  withFile(text, async (path) => {
    const error = await reader(path).then(
      () => new Error("nothing was refused"),
      (cause: unknown) => cause,
    );
    return error instanceof Error ? error.message.replace(path, "FILE") : String(error);
  });

const qa = { question: "法国在哪里？", answers: [{ text: "欧洲" }] };
const cmrc = (paragraph: unknown) =>
  JSON.stringify({ data: [{ title: "法国", paragraphs: [paragraph] }] });
const good = cmrc({ context: "法国在欧洲。", qas: [qa] });

Deno.test("questions are read from JSON lines and from CMRC files alike", async () => {
  const wanted = [{ content: "法国在欧洲。", query: "法国在哪里？" }];
  assert.deepEqual(await read(good, readExamples), wanted);
  assert.deepEqual(await read(JSON.stringify(wanted[0]) + "\n", readExamples), wanted);
});

Deno.test("names and answers come from the titles and answers of a CMRC file", async () => {
  assert.deepEqual(await read(good, readNames), new Map([["法国在欧洲。", "法国"]]));
  assert.deepEqual(await read(good, readQuestionedPassages), [
    {
      name: "法国",
      content: "法国在欧洲。",
      questions: [{ text: "法国在哪里？", answers: ["欧洲"] }],
    },
  ]);
});

Deno.test("a passage that stands on several lines is one prompt", async () => {
  const line = (content: string) => JSON.stringify({ content, query: "？" });
  assert.deepEqual(await read([line("甲"), line("乙"), line("甲")].join("\n"), readPassages), [
    "甲",
    "乙",
  ]);
});

Deno.test("what is missing is named with its file and its place", async () => {
  assert.equal(
    await sentence('{"content": "甲", "query": "？"}\n{"content": "乙"}\n', readExamples),
    'Cannot read FILE, line 2: it has no "query" (its keys: "content")',
  );
  assert.equal(
    await sentence('{"content": "甲"}\nnonsense\n', readPassages),
    'Cannot read FILE, line 2: it is not JSON (it begins with "nonsense")',
  );
  assert.equal(
    await sentence(cmrc({ qas: [] }), readExamples),
    'Cannot read FILE, line 1: data[0].paragraphs[0] has no text "context"',
  );
  assert.equal(
    await sentence(cmrc({ context: "甲", qas: [{}] }), readExamples),
    'Cannot read FILE, line 1: data[0].paragraphs[0].qas[0] has no text "question"',
  );
  assert.equal(
    await sentence('{"data": {}}', readNames),
    'Cannot read FILE: the file has no list "data"',
  );
  assert.equal(
    await sentence(
      cmrc({ context: "甲", qas: [{ question: "？", answers: 3 }] }),
      readQuestionedPassages,
    ),
    'Cannot read FILE, line 1: data[0].paragraphs[0].qas[0] has no list "answers"',
  );
  const pretty = JSON.stringify(JSON.parse(cmrc({ context: "甲", qas: [{}] })), null, 1);
  assert.equal(
    await sentence(pretty, readExamples),
    'Cannot read FILE, line 9: data[0].paragraphs[0].qas[0] has no text "question"', // "qas": [ is its line 8
  );
});

Deno.test("an empty passage or question is refused with its file and its line, an empty answer of a list is a rank", async () => {
  const line = (content: string, query: string) => JSON.stringify({ content, query }) + "\n";
  assert.equal(
    await sentence(line("甲", "？") + line("", "？"), readExamples),
    'Cannot read FILE, line 2: "content" is empty',
  );
  assert.equal(
    await sentence(line("甲", "\t"), readExamples),
    'Cannot read FILE, line 1: "query" is empty',
  );
  assert.equal(
    await sentence(line(" ", "？"), readPassages),
    'Cannot read FILE, line 1: "content" is empty',
  );
  assert.equal(
    await sentence(cmrc({ context: "", qas: [qa] }), readExamples),
    'Cannot read FILE, line 1: data[0].paragraphs[0] has an empty "context"',
  );
  const list = (prompt: string) =>
    JSON.stringify([{ prompt, answer: "？" }, { prompt, answer: "" }]) + "\n";
  assert.deepEqual((await read(list("甲"), readRankedLists))[0][1], { prompt: "甲", answer: "" });
  assert.equal(
    await sentence(list("甲") + list(""), readRankedLists),
    'Cannot read FILE, line 2: answer 1 has an empty "prompt"',
  );
});

/** A passage, its id said twice in two passages, as JSON lines and as CMRC. */
const repeated = {
  lines: ["甲", "乙", "甲"].map((content) =>
    JSON.stringify({ content, query: "？", content_id: "content_1" })
  ),
  cmrc: {
    data: ["甲", "乙", "甲"].map((context) => ({
      paragraphs: [{ id: "TRAIN_1", context, qas: [{ id: "TRAIN_1_QUERY_0", question: "？" }] }],
    })),
  },
};

Deno.test("a passage is its text: ids that repeat part nothing and join nothing", async () => {
  for (const text of [repeated.lines.join("\n"), JSON.stringify(repeated.cmrc)]) {
    assert.deepEqual(await read(text, readPassages), ["甲", "乙"]);
    assert.deepEqual((await read(text, readExamples)).map(({ content }) => content), [
      "甲",
      "乙",
      "甲",
    ]);
    const asked = await read(text, readQuestionedPassages);
    assert.deepEqual(asked.map(({ name, questions }) => [name, questions.length]), [["甲", 2], [
      "乙",
      1,
    ]]);
  }
});

Deno.test("a byte order mark, CRLF and a line of 10 MB are read in every format", async () => {
  const long = "山".repeat(10_000_000 / 3);
  const lines = `\ufeff${JSON.stringify({ content: long, query: "？" })}\r\n\r\n`;
  const whole = "\ufeff" +
    JSON.stringify({ data: [{ paragraphs: [{ context: long, qas: [qa] }] }] }, null, 1)
      .replaceAll("\n", "\r\n");
  for (const text of [lines, whole]) {
    assert.equal((await read(text, readExamples))[0].content.length, long.length);
    assert.equal((await read(text, readPassages))[0].length, long.length);
  }
  assert.equal((await read(`\ufeff${long}\r\n`, readTexts))[0].length, long.length);
  const list = `\ufeff${JSON.stringify([1, 2].map(() => ({ prompt: long, answer: "" })))}\r\n`;
  assert.equal((await read(list, readRankedLists))[0][0].prompt.length, long.length);
});

Deno.test("bytes that are not UTF-8 are refused with their file and their line in every format", async () => {
  const broken = (text: string) =>
    Uint8Array.from(new TextEncoder().encode(text), (byte) => byte === 0x7e ? 0xff : byte);
  const line = JSON.stringify({ content: "甲", query: "？" });
  for (const reader of [readExamples, readPassages, readTexts]) {
    assert.equal(
      await sentence(broken(`${line}\n${line.replace("甲", "~")}`), reader),
      "Cannot read FILE, line 2: it is not UTF-8 text",
    );
    const pretty = JSON.stringify(JSON.parse(good), null, 1).replace("法国在哪里", "~"); // its line 10
    assert.equal(
      await sentence(broken(pretty), reader),
      "Cannot read FILE, line 10: it is not UTF-8 text",
    );
  }
  assert.equal(
    await sentence(broken("甲\n\n~"), readTexts),
    "Cannot read FILE, line 3: it is not UTF-8 text",
  );
});

Deno.test("the format of a file is that of its first line", async () => {
  const formats: [string, string][] = [
    [good, "cmrc"],
    [JSON.stringify(JSON.parse(good), null, 2), "cmrc"],
    ['{"version": "v1.0", "data": [\n', "cmrc"],
    ['\r\n{"content": "甲"}\n', "json lines"],
    ['{"content": "甲"\n{"content": "乙"}\n', "json lines"], // its first line lacks a bracket
    ['[{"prompt": "甲", "answer": "？"}]\n', "lists"],
    ["[1] 甲是什么？\n", "text"],
    ["甲\n", "text"],
    ["\ufeff\n \n", "empty"],
  ];
  for (const [text, format] of formats) assert.equal(await read(text, formatOf), format, text);
});

Deno.test("a CMRC file that breaks off is named with the line where it does", async () => {
  const pretty = JSON.stringify(JSON.parse(good), null, 1).split("\n").slice(0, 8).join("\n");
  assert.equal(
    await sentence(pretty, readExamples),
    "Cannot read FILE, line 8: it is not JSON (it breaks off)",
  );
});

Deno.test("plain text has a passage a line, JSON lines and CMRC their passages once", async () => {
  assert.deepEqual(await read("甲 \r\n\r\n乙\n甲", readTexts), ["甲", "乙", "甲"]);
  assert.deepEqual(await read(repeated.lines.join("\n"), readTexts), ["甲", "乙"]);
  assert.deepEqual(await read(good, readTexts), ["法国在欧洲。"]);
});

Deno.test("a file that holds nothing is refused", async () => {
  assert.equal(await sentence("\n", readExamples), "Cannot use FILE: it holds no questions");
  assert.equal(await sentence("", readPassages), "Cannot use FILE: it holds no passages");
  assert.equal(await sentence("", readRankedLists), "Cannot use FILE: it holds no ranked lists");
});

Deno.test("ranked lists have at least two answers and all one length", async () => {
  const answer = { prompt: "甲", answer: "？" };
  const line = (length: number) => JSON.stringify(Array(length).fill(answer)) + "\n";
  assert.deepEqual(await read(line(2), readRankedLists), [[answer, answer]]);
  const where = "Cannot read FILE, line 2";
  assert.equal(
    await sentence(line(3) + line(2), readRankedLists),
    `${where}: it has 2 answers, and the first list has 3`,
  );
  assert.equal(
    await sentence(line(2) + line(1), readRankedLists),
    `${where}: a list of at least two answers, best first, is expected`,
  );
  assert.equal(
    await sentence(
      line(2) + '[{"prompt": "甲", "answer": "？"}, {"prompt": "甲"}]',
      readRankedLists,
    ),
    `${where}: answer 2 has no text "answer"`,
  );
});

Deno.test("a long passage is cut to what the lengths leave, and so is a question", async () => {
  const tokenizer = await loadTokenizer(fileURLToPath(new URL("../../data/", import.meta.url)));
  const example = { content: "山".repeat(50), query: "水".repeat(50) };
  const { prompt, answer } = exampleRows(tokenizer, example, { maxLen: 20, queryLen: 5 });
  const [mountain, water] = [tokenizer.idOf("山"), tokenizer.idOf("水")];
  assert.deepEqual(prompt, [tokenizer.clsId, ...Array(20 - 5 - 3).fill(mountain), tokenizer.sepId]);
  assert.deepEqual(answer, [...Array(5).fill(water), tokenizer.sepId]);
  assert.throws(() => promptRow(tokenizer, "山", { maxLen: 8, queryLen: 5 }), {
    name: "RangeError",
    message: "Cannot make a prompt: max_len 8 and query_len 5 leave 0 tokens for the passage",
  });
});
