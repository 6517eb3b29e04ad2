/** The source of a chapter and the two notebooks made from it. */
import { deepEqual, equal, match, notEqual, throws } from "node:assert/strict";
import { readChapter } from "../../scripts/chapter_source.ts";
import { cellText, type NotebookFile, notebookOf } from "../../scripts/chapter_notebook.ts";
import { buildEdition, editionFault } from "../../scripts/chapters.ts";
import type { Language } from "../../lib/text/mod.ts";
import { withFiles } from "../helpers/folder.ts";

const SOURCE = `%% en
# A chapter

One.

%% zh
# 一章

一。

%% code
const x = f("one || 一"); // a number || 一个数

%% solution
const f = (word) => word.length; // of the word || 词的

%% en
The length.

%% zh
长度。

%% code
x;
`;

const read = (source: string) => readChapter(source, "notebooks/source/01_a.txt");

function make(source: string, language: Language, previous?: NotebookFile): NotebookFile {
  return JSON.parse(notebookOf(read(source), { name: "01_a", language, previous }));
}

Deno.test("a source becomes one notebook in each language, with a link to the other first", () => {
  const texts = (["en", "zh"] as const).map((language) =>
    make(SOURCE, language).cells.map(cellText)
  );
  deepEqual(texts[0], [
    "**English** · [中文](zh/01_a.ipynb)\n\n# A chapter\n\nOne.",
    'const x = f("one"); // a number',
    "<details><summary>Solution</summary>\n\n```ts\n" +
    "const f = (word) => word.length; // of the word\n```\n\nThe length.\n\n</details>",
    "x;",
  ]);
  deepEqual(texts[1], [
    "[English](../01_a.ipynb) · **中文**\n\n# 一章\n\n一。",
    'const x = f("一"); // 一个数',
    "<details><summary>参考答案</summary>\n\n```ts\nconst f = (word) => word.length; // 词的\n" +
    "```\n\n长度。\n\n</details>",
    "x;",
  ]);
});

Deno.test("a cell knows its line in the source", () => {
  deepEqual(read(SOURCE).map(({ kind, line }) => [kind, line]), [
    ["text", 2],
    ["code", 12],
    ["solution", 15],
    ["code", 24],
  ]);
});

const FAULTS: [name: string, source: string, line: number, problem: RegExp][] = [
  ["text before the first part", "\nHello\n%% en\nA\n", 2, /the first part needs a line such as/],
  ["an unknown kind", "%% en\nA\n%% zh\n甲\n%% md\nB\n", 5, /found "%% md"; .*"%% solution"/],
  ["an empty part", "%% en\nA\n%% zh\n\n%% code\n1\n", 3, /the part "%% zh" is empty/],
  ["English without Chinese", "%% en\n\nA\n%% code\n1\n", 3, /needs its Chinese in "%% zh"/],
  ["Chinese without English", "%% en\nA\n%% zh\n甲\n%% zh\n乙\n", 6, /"%% zh" must follow/],
  ["a solution without words", "%% en\nA\n%% zh\n甲\n%% solution\n1\n", 6, /needs an explanation/],
  ["no title", "%% code\n1\n", 1, /a chapter begins with "%% en" and its title/],
  ["half a pair", '%% en\nA\n%% zh\n甲\n%% code\n1\nf("a || ")\n', 7, /Cannot read "a \|\| "/],
];

for (const [name, source, line, problem] of FAULTS) {
  Deno.test(`${name} is refused with the file and the line`, () => {
    throws(() => read(source), (error: SyntaxError) => {
      match(error.message, problem);
      return error.message.startsWith(`Cannot read notebooks/source/01_a.txt, line ${line}: `);
    });
  });
}

/** The notebook with an output in each code cell, as if it had been executed. */
const executed = (notebook: NotebookFile): NotebookFile => ({
  ...notebook,
  cells: notebook.cells.map((cell, index) =>
    cell.cell_type === "code" ? { ...cell, execution_count: index, outputs: [`of ${index}`] } : cell
  ),
});

Deno.test("a cell keeps its output while its code stays the same, comments apart", () => {
  const before = executed(make(SOURCE, "en"));
  const reworded = SOURCE.replace("One.", "Another.").replace("a number", "a digit");
  deepEqual(make(reworded, "en", before).cells.map(({ outputs }) => outputs?.length), [
    undefined,
    1,
    undefined,
    1,
  ]);
  const recoded = make(SOURCE.replace("one ||", "two ||"), "en", before);
  deepEqual(recoded.cells.map(({ execution_count }) => execution_count), [
    undefined,
    null,
    undefined,
    3,
  ]);
});

Deno.test("both editions have the same ids, and a new cell changes no other id", () => {
  const ids = (source: string, language: Language) =>
    make(source, language).cells.map(({ id }) => id);
  deepEqual(ids(SOURCE, "zh"), ids(SOURCE, "en"));
  const longer = SOURCE.replace("%% solution", "%% code\nx;\n\n%% solution");
  const [title, code, added, solution, last] = ids(longer, "en");
  deepEqual([title, code, solution, added], ids(SOURCE, "en"));
  equal(last, `${added}-2`); // the same code once more
  notEqual(title, code);
});

Deno.test("a notebook is rewritten only if it differs, and an edited cell is reported with its source line", () =>
  withFiles({ "notebooks/source/01_a.txt": SOURCE }, async (root) => {
    const edition = { root, name: "01_a", language: "zh" } as const;
    const missing = await editionFault(edition);
    deepEqual([await buildEdition(edition), await buildEdition(edition)], [true, false]);
    const fine = await editionFault(edition);
    const path = `${root}/notebooks/zh/01_a.ipynb`;
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("一个数", "两个数"));
    deepEqual([missing, fine, await editionFault(edition)], [
      "notebooks/zh/01_a.ipynb is missing. Run: deno task notebooks --build 01_a",
      undefined,
      "notebooks/zh/01_a.ipynb, cell 2 differs from notebooks/source/01_a.txt, line 12. " +
      "Change the source, and run: deno task notebooks --build 01_a",
    ]);
  }));
