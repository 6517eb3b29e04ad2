/** The Markdown files: every relative link leads somewhere, and every `deno task` exists. */
import assert from "node:assert/strict";
import * as settings from "../lib/settings/mod.ts";
import { walk } from "./helpers/walk.ts";

const root = new URL("../", import.meta.url);
const FOLDERS = ["docs/", "bench/", "data/", "models/", "notebooks/", "scripts/", ".github/"];

/** Every Markdown file of the project. */
async function documents(): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name } of Deno.readDir(root)) found.push(new URL(name, root));
  for (const folder of FOLDERS) found.push(...await Array.fromAsync(walk(new URL(folder, root))));
  return found.filter(({ href }) => href.endsWith(".md"));
}

/** The anchors that GitHub gives a document's headings. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.replaceAll(/```[\s\S]*?```/g, "").matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-")
  );

const exists = (file: URL): Promise<boolean> => Deno.stat(file).then(() => true, () => false);

/** Why a link is broken; undefined if it is not. */
async function problemWith(link: string, from: URL): Promise<string | undefined> {
  const { pathname, hash } = new URL(link, from);
  const target = new URL(`file://${pathname}`);
  if (!await exists(target)) return "no such file";
  if (hash === "" || !pathname.endsWith(".md")) return undefined;
  const anchors = anchorsOf(await Deno.readTextFile(target));
  return anchors.includes(decodeURIComponent(hash.slice(1))) ? undefined : "no such heading";
}

const files = await documents();
const shown = ({ href }: URL) => href.slice(root.href.length);

Deno.test("every relative link of the Markdown files leads to a file and a heading", async () => {
  const broken: string[] = [];
  let count = 0;
  for (const file of files) {
    const prose = (await Deno.readTextFile(file)).replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "code");
    for (const [, link] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      count++;
      const problem = await problemWith(link, file);
      if (problem !== undefined) broken.push(`${shown(file)}: ${link}: ${problem}`);
    }
  }
  assert.ok(count > 40, `${count} links in ${files.length} files`);
  assert.deepEqual(broken, []);
});

Deno.test("every deno task in the Markdown files is a task of deno.json", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const unknown: string[] = [];
  for (const file of files) {
    const text = await Deno.readTextFile(file);
    for (const [, name] of text.matchAll(/(?:deno|deno@[\d.]+) task ([a-z-]+)/g)) {
      if (!(name in tasks)) unknown.push(`${shown(file)}: deno task ${name}`);
    }
  }
  assert.deepEqual(unknown, []);
});

Deno.test("docs/TRAINING.md lists every task", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const page = await Deno.readTextFile(new URL("docs/TRAINING.md", root));
  const [, table] = page.split("## Every task");
  const listed = [...table.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)
  );
  assert.deepEqual(listed.toSorted(), Object.keys(tasks).toSorted());
});

Deno.test("every program that deno.json or a Markdown file names exists", async () => {
  const missing: string[] = [];
  for (const file of [...files, new URL("deno.json", root)]) {
    const text = await Deno.readTextFile(file);
    for (
      const [, path] of text.matchAll(/\b((?:lib|scripts|bench|tests)\/[\w/.-]+\.(?:ts|py))\b/g)
    ) {
      if (!await exists(new URL(path, root))) missing.push(`${shown(file)}: ${path}`);
    }
  }
  assert.deepEqual(missing, []);
});

/** Flags by command; the commands that are not listed take no settings. */
const FLAGS: Readonly<Record<string, object>> = {
  start: settings.CHAPTER_FLAGS,
  notebooks: settings.NOTEBOOKS_FLAGS,
  data: settings.DATA_SETTINGS,
  sft: settings.SFT_SETTINGS,
  reward: settings.REWARD_SETTINGS,
  train: settings.TRAIN_FLAGS,
  predict: settings.PREDICT_SETTINGS,
  score: settings.SCORE_SETTINGS,
  export: settings.EXPORT_FLAGS,
  control: settings.CONTROL_FLAGS,
  sweep: { ...settings.SWEEP_FLAGS, ...settings.SETTINGS },
};

Deno.test("every flag of a command in the Markdown files is a flag of that command", async () => {
  const unknown: string[] = [];
  let count = 0;
  for (const file of files) {
    const text = (await Deno.readTextFile(file)).replaceAll("\\\n", " ");
    for (const [, task, rest] of text.matchAll(/\btask ([a-z]+)((?: [^`#\n|]*)?)/g)) {
      for (const [, flag] of rest.matchAll(/ --([a-z_]+)/g)) {
        if (FLAGS[task] === undefined) continue;
        count++;
        if (!(flag in FLAGS[task])) unknown.push(`${shown(file)}: deno task ${task} --${flag}`);
      }
    }
  }
  assert.ok(count > 60, `${count} flags`);
  assert.deepEqual(unknown, []);
});
