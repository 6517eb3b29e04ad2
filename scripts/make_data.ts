/**
 * The `make-data` task: writes `data/` with the corpus in the tutorial's formats, its vocabulary
 * and the gold records, and the tables of `data/README.md` between their markers. The same seed
 * gives the same bytes.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CorpusPassage,
  DATA_SEED,
  dataFiles,
  makeCorpus,
  type NoiseKind,
} from "../lib/corpus/mod.ts";
import { readText, writeAtomically } from "../lib/files/mod.ts";
import { type CommandContext, runCommand } from "./command.ts";
import { readFlags } from "./read_flags.ts";
import { sha256OfText } from "./sha256.ts";
import { betweenMarkers, table } from "./readme_tables.ts";

const folder = fileURLToPath(new URL("../data/", import.meta.url));

const ABOUT = {
  command: "deno task make-data",
  does: {
    en: "Makes data/ again: the passages, their questions and the vocabulary.",
    zh: "重新生成 data/：短文、问题和词表。",
  },
  usesEnvironment: false,
};

function kindTable(corpus: readonly CorpusPassage[]): string {
  const kinds = [...new Set(corpus.map(({ kind }) => kind))].sort();
  const row = (name: string, passages: readonly CorpusPassage[]) => [
    name,
    new Set(passages.map(({ entity, kind }) => `${kind}:${entity}`)).size,
    ...(["sft", "ppo", "test"] as const).map((split) =>
      passages.filter((p) => p.split === split).length
    ),
    passages.reduce((sum, { questions }) => sum + questions.length, 0),
  ];
  const rows = kinds.map((kind) => row(kind, corpus.filter((passage) => passage.kind === kind)));
  return table(["kind", "entities", "sft passages", "ppo passages", "test passages", "questions"], [
    ...rows,
    row("all", corpus),
  ]);
}

function noiseTable(corpus: readonly CorpusPassage[]): string {
  const written = corpus.filter(({ split }) => split === "sft").flatMap((passage) =>
    passage.written
  );
  const kinds: NoiseKind[] = ["clean", "not answerable", "wrong entity", "cut off", "copy"];
  const count = (kind: NoiseKind) => written.filter(({ noise }) => noise === kind).length;
  const share = (kind: NoiseKind) => `${(100 * count(kind) / written.length).toFixed(1)} %`;
  return table(
    ["question in sft_train.json", "lines", "share"],
    kinds.map((k) => [k, count(k), share(k)]),
  );
}

async function fileTable(files: Readonly<Record<string, string>>): Promise<string> {
  const rows = Object.entries(files).map(async ([name, text]) => [
    `\`${name}\``,
    text.trimEnd().split("\n").length,
    new TextEncoder().encode(text).length,
    `\`${await sha256OfText(text)}\``,
  ]);
  return table(["file", "lines", "bytes", "sha256"], await Promise.all(rows));
}

/** Writes all files of `data/` and the tables of its README, and prints the tables. */
async function makeData({ terminal }: CommandContext): Promise<void> {
  const flags = readFlags({}, ABOUT, { args: Deno.args, terminal });
  if (flags === undefined) return;
  const corpus = makeCorpus(DATA_SEED);
  const files = dataFiles(corpus);
  for (const [name, text] of Object.entries(files)) {
    await writeAtomically(join(folder, name), text);
  }
  const tables = [
    { name: "kinds", text: kindTable(corpus) },
    { name: "noise", text: noiseTable(corpus) },
    { name: "files", text: await fileTable(files) },
  ];
  const path = join(folder, "README.md");
  const readme = tables.reduce(
    (readme, part) => betweenMarkers(readme, { path, ...part }),
    await readText(path),
  );
  await writeAtomically(path, readme);
  terminal.print(tables.map(({ text }) => text).join("\n\n"));
}

if (import.meta.main) await runCommand(makeData);
