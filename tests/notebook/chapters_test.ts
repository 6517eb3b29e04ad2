/**
 * Rules for every chapter: two editions of one source, short cells, small files, and no number in
 * the prose that no cell shows.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Language, LANGUAGES } from "../../lib/text/mod.ts";
import { chapterCells, chapterNames, editionFault, sourcePath } from "../../scripts/chapters.ts";
import { committedNotebooks, type Notebook } from "../helpers/notebooks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const editions = LANGUAGES.flatMap((language) =>
  committedNotebooks(language).map((notebook) => ({ language, notebook }))
);

/** Paragraphs, headings, list items, table rows, formulas and code blocks, by kind and in order. */
function blocks(text: string): string[] {
  const kinds: string[] = [];
  let open = ""; // the block that the next line may continue
  let fenced = false;
  for (const line of text.split("\n").map((line) => line.trim())) {
    const kind = fenced || line.startsWith("```") ? "code" : kindOf(line);
    if (line.startsWith("```")) fenced = !fenced;
    if (kind !== "" && (kind !== open || kind === "heading" || kind === "item" || kind === "row")) {
      kinds.push(kind);
    }
    open = kind;
  }
  return kinds;
}

function kindOf(line: string): string {
  if (line === "") return "";
  if (line.startsWith("#")) return "heading";
  if (/^([-*]|\d+\.) /.test(line)) return "item";
  if (line.startsWith("|")) return "row";
  return "text";
}

Deno.test("the counting of blocks tells paragraphs, items, rows and headings apart", () => {
  const text = "## A\n\nOne\nline.\n\nTwo.\n\n- a\n- b\n\n| x |\n| - |\n\n```ts\na\n\nb\n```";
  assert.deepEqual(blocks(text), ["heading", "text", "text", "item", "item", "row", "row", "code"]);
});

/** Numbers of a text that a run could have measured: with decimals or a percent sign. Formulas and code do not count. */
function measured(text: string): string[] {
  const prose = text.replaceAll(/(?:Exercise|练习) \d+\.\d+/g, " ").replaceAll(
    /\$\$[\s\S]*?\$\$|\$[^$\n]*\$|```[\s\S]*?```|`[^`]*`|https?:\S+|\[[^\]]*\]\([^)]*\)/g,
    " ",
  );
  const found = prose.match(/(?<![\d.\w])−?\d+\.\d+(?![\d.])|(?<![\d.\w])−?\d+(?= ?%)/g) ?? [];
  return found.map((number) => number.replace("−", "-"));
}

/** Whether one of `shown` is this number, rounded as it is written. */
function stands(number: string, shown: readonly number[]): boolean {
  const digits = number.split(".")[1]?.length ?? 0;
  return shown.some((value) => [value, 100 * value].some((at) => at.toFixed(digits) === number));
}

/** Every number of the code and of what the cells show (pictures apart). */
function numbersOf({ cells }: Notebook): number[] {
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  const outputs = code.flatMap(({ outputs }) =>
    outputs.map(({ data, text }) => {
      const { "application/vnd.plotly.v1+json": figure, "text/plain": plain } = isRecord(data)
        ? data
        : {};
      return JSON.stringify([figure, plain, text]);
    })
  );
  const all = [...code.map(({ source }) => source), ...outputs].join("\n");
  return (all.replaceAll("−", "-").match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? []).map(Number);
}

/** An English line may quote a Chinese word and go on with an English comma. */
const isEnglish = (line: string): boolean =>
  /\b(?:a|after|and|at|for|from|is|logits|of|one|over|the|to|what|which)\b/.test(line);

/** Each place of Chinese with an ASCII mark beside it, in the lines that are not English. */
function asciiMarks(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```|`[^`]*`|<script[\s\S]*?<\/script>/g, "");
  return prose.split("\n").filter((line) => !isEnglish(line)).flatMap((line) =>
    line.match(/.{0,20}(?:\p{Script=Han} ?[,;:?!]|[,;:?!]\p{Script=Han}).{0,20}/gu) ?? []
  );
}

/** The strings of an output, each line by itself; a page's by its tags. */
function linesOf(value: unknown): string {
  if (typeof value === "string") return value.replaceAll(/<(?!\/?script)[^>]*>/g, "\n");
  if (Array.isArray(value)) return value.map(linesOf).join("\n");
  return isRecord(value) ? Object.values(value).map(linesOf).join("\n") : "";
}

const TRY_THIS: Readonly<Record<Language, string>> = { en: "## Try this", zh: "## 试一试" };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

Deno.test("a measured number is found in prose, and not in a formula, a setting or a name", () => {
  assert.deepEqual(
    measured("ends near 0.9, at 48.9 % of `0.5`, $1.5$, PPO2 and 3 models, 20 % or −1.5"),
    [
      "0.9",
      "48.9",
      "20",
      "-1.5",
    ],
  );
  assert.ok(stands("0.9", [0.8712]) && stands("48.9", [0.4889]) && !stands("0.9", [0.84]));
});

Deno.test("an ASCII mark beside Chinese is found, but not where English quotes a Chinese word", () => {
  assert.deepEqual(asciiMarks("At 流, there was a choice.\n还不对:输入 `a,b`\n还不对：输入"), [
    "还不对:输入 ",
  ]);
  assert.equal(linesOf([{ html: "<p>A</p><p>对,错</p>" }]), "\nA\n\n对,错\n");
  assert.deepEqual(asciiMarks(linesOf([{ html: "<p>The word</p><p>对,错</p>" }])), ["对,错"]);
});

for (const name of await chapterNames(root)) {
  Deno.test(`${name}: every passage has the same blocks in English and in Chinese`, async () => {
    for (const { text, line, kind } of await chapterCells(root, name)) {
      if (kind === "code") continue;
      const place = `${sourcePath(name)}, line ${line}`;
      assert.deepEqual(blocks(text.zh), blocks(text.en), place);
      assert.match(text.zh, /\p{Script=Han}/u, place);
    }
  });

  Deno.test(`${name}: both editions are what the source gives`, async () => {
    for (const language of LANGUAGES) {
      assert.equal(await editionFault({ root, name, language }), undefined);
    }
  });
}

/** The lines of code that count: imports are a list. */
const countedLines = (source: string): number =>
  source.split("\n").filter((line) => !line.startsWith("import ")).length;

/** Whether an edition has been executed since it was built. */
const isExecuted = ({ cells }: Notebook): boolean =>
  cells.some(({ outputs }) => outputs.length > 0);

for (const { language, notebook } of editions) {
  const { cells, text } = notebook;
  const name = `${notebook.name} (${language})`;

  Deno.test(`${name}: its Chinese, text and outputs, has Chinese punctuation`, () => {
    const shown = cells.map(({ source, outputs }) => `${source}\n${linesOf(outputs)}`).join("\n");
    assert.deepEqual(asciiMarks(shown), []);
  });

  Deno.test({
    name: `${name}: every number that its prose quotes stands in a cell or an output`,
    ignore: !isExecuted(notebook),
    fn: () => {
      const shown = numbersOf(notebook);
      for (const { source } of cells.filter(({ cell_type }) => cell_type === "markdown")) {
        const missing = measured(source).filter((number) => !stands(number, shown));
        assert.deepEqual(missing, [], source.slice(0, 200));
      }
    },
  });

  Deno.test(`${name}: cells have at most 8 lines apart from imports, and none failed`, () => {
    for (const { cell_type, source, outputs } of cells) {
      if (cell_type !== "code") continue;
      assert.ok(countedLines(source) <= 8, `more than 8 lines: ${source.slice(0, 80)}`);
      assert.ok(!outputs.some(({ output_type }) => output_type === "error"), source.slice(0, 80));
    }
    assert.ok(language === "zh" || isExecuted(notebook), "the notebook is executed");
  });

  Deno.test(`${name}: has a quiz, a slider, something to try, and is smaller than 1 MiB`, () => {
    const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source)
      .join("\n");
    assert.match(code, /^quiz\("\w+"\)/m);
    assert.match(code, /^slider\("\w+"\)/m);
    assert.ok(cells.some(({ source }) => source.includes(TRY_THIS[language])));
    assert.ok(new TextEncoder().encode(text).length < 2 ** 20);
    assert.doesNotMatch(text, /\/(?:home|root|Users|tmp)\//, "no machine path");
  });
}
