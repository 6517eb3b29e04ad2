/** From data files to token rows, and the sentences for files that are not as they should be. */
import assert from "node:assert/strict";
import { loadTokenizer } from "../../lib/lm/mod.ts";
import {
  exampleRows,
  promptRow,
  readExamples,
  readNames,
  readPassages,
  readQuestionedPassages,
  readRankedLists,
} from "../../lib/rlhf/mod.ts";
import { fileURLToPath } from "node:url";

/** Runs with a file that holds `text`. */
async function withFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

const read = <T>(text: string, reader: (path: string) => Promise<T>): Promise<T> => withFile(text, reader);

/** The error for a file that holds `text`, with FILE for its path. */
const sentence = (text: string, reader: (path: string) => Promise<unknown>): Promise<string> =>
  withFile(text, async (path) => {
    const error = await reader(path).then(() => new Error("nothing was refused"), (cause: unknown) => cause);
    return error instanceof Error ? error.message.replace(path, "FILE") : String(error);
  });

const qa = { question: "法国在哪里？", answers: [{ text: "欧洲" }] };
const cmrc = (paragraph: unknown) => JSON.stringify({ data: [{ title: "法国", paragraphs: [paragraph] }] });
const good = cmrc({ context: "法国在欧洲。", qas: [qa] });

Deno.test("questions are read from JSON lines and from CMRC files alike", async () => {
  const wanted = [{ content: "法国在欧洲。", query: "法国在哪里？" }];
  assert.deepEqual(await read(good, readExamples), wanted);
  assert.deepEqual(await read(JSON.stringify(wanted[0]) + "\n", readExamples), wanted);
});

Deno.test("names and answers come from the titles and answers of a CMRC file", async () => {
  assert.deepEqual(await read(good, readNames), new Map([["法国在欧洲。", "法国"]]));
  assert.deepEqual(await read(good, readQuestionedPassages), [
    { name: "法国", content: "法国在欧洲。", questions: [{ text: "法国在哪里？", answers: ["欧洲"] }] },
  ]);
});

Deno.test("a passage that stands on several lines is one prompt", async () => {
  const line = (content: string) => JSON.stringify({ content, query: "？" });
  assert.deepEqual(await read([line("甲"), line("乙"), line("甲")].join("\n"), readPassages), ["甲", "乙"]);
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
    'Cannot read FILE: data[0].paragraphs[0] has no text "context"',
  );
  assert.equal(
    await sentence(cmrc({ context: "甲", qas: [{}] }), readExamples),
    'Cannot read FILE: data[0].paragraphs[0].qas[0] has no text "question"',
  );
  assert.equal(await sentence('{"data": {}}', readNames), 'Cannot read FILE: the file has no list "data"');
  assert.equal(
    await sentence(cmrc({ context: "甲", qas: [{ question: "？" }] }), readQuestionedPassages),
    'Cannot read FILE: data[0].paragraphs[0].qas[0] has no list "answers"',
  );
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
    await sentence(line(2) + '[{"prompt": "甲", "answer": "？"}, {"prompt": "甲"}]', readRankedLists),
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
