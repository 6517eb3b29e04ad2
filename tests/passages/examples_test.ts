/** From data files to token rows, and the sentences for files that are not as they should be. */
import assert from "node:assert/strict";
import { loadTokenizer } from "../../lib/lm/mod.ts";
import {
  comparableLists,
  exampleRows,
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
    'Cannot use FILE: 1 of 2 rows cannot be used, more than a tenth: line 2: it has no question (its keys: "content")',
  );
  assert.equal(
    await sentence('{"content": "甲"}\nnonsense\n', readPassages),
    'Cannot use FILE: 1 of 2 rows cannot be used, more than a tenth: line 2: it is not a JSON object: "nonsense"',
  );
  const passage = "data[0].paragraphs[0]";
  assert.match(
    await sentence(cmrc({ qas: [] }), readExamples),
    new RegExp(`holds no questions .*line 1: ${RegExp.escape(passage)} has no text "context"`),
  );
  assert.match(
    await sentence(cmrc({ context: "甲", qas: [{}] }), readExamples),
    new RegExp(`line 1: ${RegExp.escape(passage)}.qas\\[0\\] has no text "question"`),
  );
  assert.equal(
    await sentence('{"data": {}}', readNames),
    'Cannot read FILE: the file has no list "data"',
  );
  assert.match(
    await sentence(
      cmrc({ context: "甲", qas: [{ question: "？", answers: 3 }] }),
      readQuestionedPassages,
    ),
    /qas\[0\] has the number 3 as "answers", and a list is expected/,
  );
  const pretty = JSON.stringify(JSON.parse(cmrc({ context: "甲", qas: [{}] })), null, 1);
  assert.match(await sentence(pretty, readExamples), /line 9: data\[0\].*qas\[0\] has no text/); // "qas": [ is line 8
});

Deno.test("an empty passage or question is named with its line, an empty answer of a list is a rank", async () => {
  const line = (content: string, query: string) => JSON.stringify({ content, query }) + "\n";
  const refused =
    "Cannot use FILE: 1 of 2 rows cannot be used, more than a tenth: line 2: it has an empty";
  assert.equal(
    await sentence(line("甲", "？") + line("", "？"), readExamples),
    `${refused} "content"`,
  );
  assert.equal(
    await sentence(line("甲", "？") + line("甲", "\t"), readExamples),
    `${refused} "query"`,
  );
  assert.equal(
    await sentence(line("甲", "？") + line(" ", "？"), readPassages),
    `${refused} "content"`,
  );
  const list = (prompt: string) =>
    JSON.stringify([{ prompt, answer: "？" }, { prompt, answer: "" }]) + "\n";
  assert.deepEqual((await read(list("甲"), readRankedLists))[0][1], { prompt: "甲", answer: "" });
  assert.equal(
    await sentence(list("甲") + list(""), readRankedLists),
    'Cannot use FILE: 1 of 2 rows cannot be used, more than a tenth: line 2: [0] has an empty "prompt"',
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
  const list = `\ufeff${
    JSON.stringify(["甲", ""].map((answer) => ({ prompt: long, answer })))
  }\r\n`;
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

Deno.test("a CMRC file that breaks off is named with the line where it does", async () => {
  const pretty = JSON.stringify(JSON.parse(good), null, 1).split("\n").slice(0, 8).join("\n");
  assert.equal(
    await sentence(pretty, readExamples),
    'Cannot read FILE, line 8, column 14: it is not JSON: it breaks off (here: ... "法国在欧洲。",\\n     "qas": [>>>)',
  );
});

Deno.test("every format has its passages in its order, each as often as it occurs", async () => {
  assert.deepEqual(await read("甲 \r\n\r\n乙\n甲", readTexts), ["甲", "乙", "甲"]);
  assert.deepEqual(await read(repeated.lines.join("\n"), readTexts), ["甲", "乙", "甲"]);
  assert.deepEqual(await read(good, readTexts), ["法国在欧洲。"]);
});

Deno.test("a file that holds nothing is refused, and what could be read is named", async () => {
  const refused = (what: string) =>
    new RegExp(`^Cannot use FILE: it holds no ${what} \\(it is an empty file\\)\\. `);
  assert.match(await sentence("\n", readExamples), refused("questions"));
  assert.match(await sentence("", readPassages), refused("passages"));
  assert.match(await sentence("", readRankedLists), refused("ranked lists"));
});

Deno.test("ranked lists have any length from two answers on, and all answers the same prompt", async () => {
  const answers = (length: number) =>
    Array.from({ length }, (_, rank) => ({ prompt: "甲", answer: `${rank}` }));
  const line = (length: number) => JSON.stringify(answers(length)) + "\n";
  assert.deepEqual(await read(line(2), readRankedLists), [answers(2)]);
  assert.deepEqual(
    await read(line(3) + line(2) + line(5), readRankedLists),
    [3, 2, 5].map(answers),
  );
  const refused = "Cannot use FILE: 1 of 2 rows cannot be used, more than a tenth: line 2:";
  assert.equal(
    await sentence(line(2) + line(1), readRankedLists),
    `${refused} it has fewer than two answers to rank`,
  );
  assert.equal(
    await sentence(
      line(2) + '[{"prompt": "甲", "answer": "？"}, {"prompt": "甲"}]',
      readRankedLists,
    ),
    `${refused} [1] has no text "answer"`,
  );
  assert.equal(
    await sentence(
      line(2) + '[{"prompt": "甲", "answer": "？"}, {"prompt": "乙", "answer": "。"}]',
      readRankedLists,
    ),
    `${refused} [1] has another prompt than the first answer of its list`,
  );
  assert.equal(
    await sentence(
      line(2) + '[{"prompt": "甲", "answer": "？"}, {"prompt": "甲", "answer": "？"}]',
      readRankedLists,
    ),
    `${refused} it has no two answers that differ`,
  );
});

Deno.test("lists whose answers have the same tokens cannot be compared", async () => {
  const tokenizer = await loadTokenizer(fileURLToPath(new URL("../../data/", import.meta.url)));
  const list = (...answers: string[]) => answers.map((answer) => ({ prompt: "山", answer }));
  const cut = list("山水山水甲", "山水山水乙"),
    unknown = list("龘", "靐"),
    good = list("山", "水", "山");
  const kept = comparableLists(tokenizer, [cut, unknown, good], { maxLen: 20, queryLen: 4 });
  assert.deepEqual(kept, [good]);
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
