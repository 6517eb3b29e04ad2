/** The commands on data files of many formats: one line about each, and nothing left out in silence. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { pathOf } from "../helpers/fixtures.ts";
import { lines, pretty } from "../helpers/data_text.ts";
import { withFolder } from "../helpers/folder.ts";
import { type Ended, runScript } from "../helpers/run_script.ts";
import { runTrain, tinyFlags } from "../helpers/train_command.ts";

const TINY = ["--pretrained_model_path", pathOf("gpt2_tiny")];
const LENGTHS = ["--max_len", "64", "--query_max_len", "16", "--threads", "1"];
const passages = ["一丁丂七", "丄丅丆", "万丈三上下"];

/** Runs a stage on a training file of this content, with the same file held out. */
const stage = async (name: string, text: string, ...flags: string[]): Promise<Ended> => {
  let ended: Ended | undefined;
  await withFolder(async (folder) => {
    const file = join(folder, "data.json");
    await Deno.writeTextFile(file, text);
    const paths = ["--train_file_path", file, "--test_file_path", file, "--output_dir", folder];
    const { code, out, err } = await runScript(name, [...paths, ...TINY, ...LENGTHS, ...flags]);
    ended = { code, out: out.replaceAll(file, "FILE"), err: err.replaceAll(file, "FILE") };
  });
  if (ended === undefined) throw new Error("the command did not run");
  return ended;
};

const asked = (out: string) => out.split("\n").filter((line) => line.startsWith("生成的"));

Deno.test("predict answers a repeated passage each time, whatever the format of the file", async () => {
  const repeated = [...passages, passages[0]];
  const files = {
    "a.txt": repeated.join("\n"),
    "a.jsonl": lines(...repeated.map((content) => ({ content }))),
    "a.json": JSON.stringify(repeated),
    "a.csv": ["content", ...repeated].join("\n"),
  };
  await withFolder(async (folder) => {
    const answers: string[][] = [];
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.writeTextFile(path, text);
      const flags = [
        "--model_path",
        pathOf("gpt2_tiny"),
        "--query_max_len",
        "16",
        "--threads",
        "1",
      ];
      const { code, out, err } = await runScript("predict", [...flags, "--file", path]);
      equal(code, 0, err);
      match(err, /4 passages \(3 different\)/);
      answers.push(asked(out));
    }
    equal(answers[0].length, 2 * repeated.length);
    for (const other of answers) deepEqual(other, answers[0]);
  });
});

Deno.test("predict refuses a piped line that is JSON, and reads one that begins with brackets", async () => {
  const flags = ["--model_path", pathOf("gpt2_tiny"), "--query_max_len", "16", "--threads", "1"];
  for (const line of ['{"content": "甲"}', '["甲", "乙"]', '[{"content": "甲"}]']) {
    const { code, err } = await runScript("predict", flags, { input: line });
    equal(code, 1);
    match(err, /^Cannot use standard input, line 1: it is JSON, .*--file/);
  }
  const { out } = await runScript("predict", flags, { input: "[[一丁]]\n{{丂}}\n[1]" });
  equal(asked(out).length, 6);
});

/** The output after the line that says what the command begins with. */
const afterStart = (out: string): string => out.replace(/^reading the models? and the .*\n/, "");

Deno.test("reward trains on preference pairs, and on ranked lists of unequal length", async () => {
  const pairs = passages.map((prompt) => ({ prompt, chosen: "七？", rejected: "丂" }));
  const list = (prompt: string, length: number) =>
    ["七？", "丂", "丄", ""].slice(0, length).map((answer) => ({ prompt, answer }));
  const lists = passages.map((prompt, index) => list(prompt, index + 2));
  const flags = ["--train_batch_size", "3", "--num_train_epochs", "2"];
  for (
    const [text, found] of [
      [lines(...pairs), "JSON lines with preference pairs, 3 passages, 3 pairs"],
      [
        pretty(lists),
        "JSON with ranked lists, 3 passages, 3 ranked lists of 2 to 4 answers, best first",
      ],
    ]
  ) {
    const { code, out, err } = await stage("reward", text, ...flags);
    equal(code, 0, err);
    equal(afterStart(out).startsWith(`FILE: ${found}\n`.repeat(2)), true, out);
    match(out, /epoch 2 {2}held-out loss 0\.\d+ {2}pairs in order \d+\.\d %\n.*trained on 3 lists/);
  }
});

Deno.test("reward leaves out lists whose answers have the same tokens, with their number", async () => {
  const pairs = passages.map((prompt) => ({ prompt, chosen: "七？", rejected: "丂" }));
  const equalTokens = { prompt: "一", chosen: "龘", rejected: "靐" }; // both are [UNK]
  const flags = ["--train_batch_size", "3", "--num_train_epochs", "1"];
  const { code, out, err } = await stage("reward", lines(...pairs, equalTokens), ...flags);
  equal(code, 0, err);
  match(
    out,
    /FILE: left out 1 of 4 ranked lists, because their answers have the same first 16 tokens/,
  );
  match(out, /trained on 3 lists, 3 held out/);
});

Deno.test("sft leaves out an empty question with a note, and --strict refuses it", async () => {
  const qas = (...texts: string[]) => texts.map((question) => ({ question, answers: [] }));
  const paragraphs = passages.map((context) => ({ context, qas: qas("七？") }));
  paragraphs[1].qas = qas("七？", "");
  const text = JSON.stringify({ version: "v1.0", data: [{ title: "一", paragraphs }] });
  const flags = ["--train_batch_size", "3", "--num_train_epochs", "1"];
  const left = 'line 1: data[0].paragraphs[1].qas[1] has an empty "question"';
  const { code, out, err } = await stage("sft", text, ...flags);
  equal(code, 0, err);
  equal(
    afterStart(out.slice(0, out.indexOf("step "))),
    ("FILE: CMRC 2018 (squad-style), 3 passages, 3 questions\n" +
      `FILE: left out 1 of 4 questions: ${left}\n`).repeat(2),
  );
  const strict = await stage("sft", text, ...flags, "--strict");
  deepEqual(
    [strict.code, strict.err],
    [1, `Cannot use FILE: 1 of 4 questions cannot be used, and --strict allows none: ${left}\n`],
  );
});

Deno.test("train reads plain text, and --strict applies to its data file", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "corpus.txt");
    await Deno.writeTextFile(file, "一丁\n七万\n丈三\n上下\n");
    const flags = [...tinyFlags(file), "--output_dir", join(folder, "run"), "--num_episodes", "1"];
    const { code, out, err } = await runTrain(flags);
    equal(code, 0, err);
    equal(
      afterStart(out).split("\n")[0],
      `${file}: plain text with one passage per line, 4 passages`,
    );
    match(out, /^4 prompts, /m);
    const rows = [...Array(20).keys()].map((n) => ({ content: "一".repeat(n + 1) }));
    await Deno.writeTextFile(file, lines(...rows, { content: "" }));
    const again = await runTrain([...flags.with(-3, join(folder, "other")), "--strict"]);
    match(again.err, /1 of 21 rows cannot be used, and --strict allows none: line 21/);
  });
});
