/** The Chinese pages beside the English ones. */
import assert from "node:assert/strict";
import { root, shellOf } from "../helpers/markdown.ts";

const read = (path: string) => Deno.readTextFile(new URL(path, root));

/** Chinese pages without an English counterpart: questions and answers, and the list of pages. */
const CHINESE_ONLY = ["FAQ.md", "README.md"];

const names = (await Array.fromAsync(Deno.readDir(new URL("docs/zh/", root)))).map(({ name }) =>
  name
);

for (const name of names.filter((one) => !CHINESE_ONLY.includes(one)).toSorted()) {
  Deno.test(`docs/${name} and docs/zh/${name} lead to each other and show the same commands`, async () => {
    const [english, chinese] = [await read(`docs/${name}`), await read(`docs/zh/${name}`)];
    assert.ok(english.includes(`\n[中文](zh/${name})\n`), "the English page links the Chinese one");
    assert.ok(
      chinese.includes(`\n[English](../${name})\n`),
      "and the Chinese page the English one",
    );
    const inEnglish = (commands: string[]) =>
      commands.map((block) => block.replaceAll("--lang zh", "--lang en").replaceAll(/ +$/gm, ""));
    assert.deepEqual(inEnglish(shellOf(chinese)), inEnglish(shellOf(english)));
  });
}

Deno.test("docs/zh/README.md lists every Chinese page", async () => {
  const list = await read("docs/zh/README.md");
  const missing = names.filter((name) => name !== "README.md" && !list.includes(`](${name})`));
  assert.deepEqual(missing, []);
});

Deno.test("README.zh.md has the measured numbers of README.md, between its markers", async () => {
  const [english, chinese] = [await read("README.md"), await read("README.zh.md")];
  const [, rest] = chinese.split("<!-- measured -->");
  const [measured] = rest.split("<!-- /measured -->");
  const [, table] = english.split("## The course");
  const [seen] = english.split("## What you will see")[1].split("Every setting has a flag");
  const numbers = [
    ...seen.matchAll(/\d+(?:\.\d+)?(?: %)?/g),
    ...table.matchAll(/\d+ \/ [\d.]+/g),
  ].map(([number]) => number).filter((number) => number !== "06"); // of a file's name
  assert.ok(numbers.length > 8, `${numbers.length} numbers`);
  assert.deepEqual(numbers.filter((number) => !measured.includes(number)), []);
});
