/** GLOSSARY.md names what the code names. */
import assert from "node:assert/strict";
import { walk } from "./helpers/walk.ts";

const root = new URL("../", import.meta.url);
/** Columns of the glossary's tables that hold names of this project. */
const OURS = ["name in code", "flag", "metric"];

/** The cells of a row of a Markdown table. */
const cellsOf = (line: string): string[] =>
  line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());

/** The names in backticks in the columns of `OURS`. */
function namesIn(markdown: string): string[] {
  const names: string[] = [];
  let columns: number[] = [];
  for (const line of markdown.split("\n")) {
    if (!line.startsWith("|")) columns = [];
    else if (columns.length === 0) {
      columns = cellsOf(line).flatMap((cell, index) => OURS.includes(cell) ? [index] : []);
      if (columns.length === 0) columns = [-1]; // a table without such a column
    } else {
      const cells = columns.map((index) => cellsOf(line)[index] ?? "");
      names.push(...cells.flatMap((cell) => cell.match(/(?<=`)\w+(?=`)/g) ?? []));
    }
  }
  return names;
}

/** A program without its comments. */
const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

Deno.test("every name of this project in GLOSSARY.md occurs in the code", async () => {
  const names = namesIn(await Deno.readTextFile(new URL("GLOSSARY.md", root)));
  assert.ok(names.length > 60, `${names.length} names were found`);
  const words = new Set<string>();
  for (const folder of ["lib/", "scripts/", "notebooks/"]) {
    for await (const file of walk(new URL(folder, root))) {
      if (!/\.(ts|ipynb)$/.test(file.href)) continue;
      const source = withoutComments(await Deno.readTextFile(file));
      for (const [word] of source.matchAll(/\w+/g)) words.add(word);
    }
  }
  assert.deepEqual(names.filter((name) => !words.has(name)), []);
});
