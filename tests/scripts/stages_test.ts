/** The commands `data`, `sft`, `reward` and `predict`, each in a process of its own on tiny models and data. */
import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { join, resolve } from "node:path";
import { readModelFolder } from "../../lib/lm/mod.ts";
import {
  DATA_SETTINGS,
  PREDICT_SETTINGS,
  REWARD_SETTINGS,
  SFT_SETTINGS,
} from "../../lib/settings/mod.ts";
import { sha256Of } from "../../scripts/sha256.ts";
import { fixtureTensors, pathOf } from "../helpers/fixtures.ts";
import { withFolder } from "../helpers/folder.ts";
import { type Ended, runScript } from "../helpers/run_script.ts";

const TINY = pathOf("gpt2_tiny");
const LENGTHS = ["--max_len", "64", "--query_max_len", "16"];
const QUIET = ["--threads", "1", "--dropout", "0"];

/** The command must have ended well. */
function well({ code, out, err }: Ended): string {
  equal(code, 0, err + out);
  return out;
}

const lines = async (path: string) =>
  (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));

/** CMRC JSON of passages in the tiny vocabulary, passage n with n % 2 + 1 questions. */
function cmrc(count: number, start: number): string {
  const word = (n: number) => String.fromCharCode(0x4e00 + (start + n) % 90);
  const data = Array.from({ length: count }, (_, n) => ({
    title: word(n),
    paragraphs: [{
      id: "the same",
      context: `${word(n)}${word(n + 1)}，${word(n + 2)}${word(n + 3)}。`,
      qas: Array.from(
        { length: n % 2 + 1 },
        (_, k) => ({ question: `${word(n + k)}${word(n)}？`, answers: [] }),
      ),
    }],
  }));
  return JSON.stringify({ version: "v1.0", data }, null, 1);
}

/** Gives `use` a folder with `train.json` (9 passages, 13 questions) and `dev.json` (4 passages, 6 questions). */
const withCmrc = (use: (folder: string, paths: string[]) => Promise<void>) =>
  withFolder(async (folder) => {
    const [train, dev] = [join(folder, "train.json"), join(folder, "dev.json")];
    await Deno.writeTextFile(train, cmrc(9, 0));
    await Deno.writeTextFile(dev, cmrc(4, 40));
    await use(folder, ["--train_file_path", train, "--test_file_path", dev]);
  });

Deno.test("data splits CMRC JSON by passage, and the seed decides how", async () => {
  await withCmrc(async (folder, paths) => {
    const split = async (name: string, ...args: string[]) => {
      const output = join(folder, name);
      const out = well(await runScript("data", [...paths, "--output_dir", output, ...args]));
      const files = ["sft_train.json", "ppo_train.json", "test.json"];
      deepEqual(
        (await Array.fromAsync(Deno.readDir(output), ({ name }) => name)).toSorted(),
        files.toSorted(),
      );
      return { out, rows: await Promise.all(files.map((file) => lines(join(output, file)))) };
    };
    const { out, rows: [sft, ppo, test] } = await split("a");
    match(
      out,
      /sft_train\.json: 5 passages, \d+ questions\n.*ppo_train\.json: 4 passages, \d+ questions\n.*test\.json: 4 passages, 6 questions/,
    );
    const contents = (rows: { content: string }[]) => new Set(rows.map(({ content }) => content));
    equal(contents(sft).intersection(contents(ppo)).size, 0);
    deepEqual([contents(sft).size, contents(ppo).size, sft.length + ppo.length], [5, 4, 9 + 4]);
    deepEqual(test[0], { content: "丨丩，个丫。", query: "丨丨？", content_id: "content_0" });
    deepEqual((await split("b")).rows, [sft, ppo, test]);
    notDeepEqual((await split("c", "--seed", "7")).rows[0], sft);
  });
});

Deno.test("data makes seven ranks for every question, twice over, with a model folder", async () => {
  await withCmrc(async (folder, paths) => {
    const output = join(folder, "lists");
    const args = [...paths, "--model_path", TINY, "--output_dir", output, "--query_max_len", "16"];
    match(well(await runScript("data", args)), /questions written: 32 of 32/); // 2 x 13 + 6
    const [train, test] = [
      await lines(join(output, "reward_train.json")),
      await lines(join(output, "reward_test.json")),
    ];
    deepEqual([train.length, test.length], [26, 6]);
    for (const list of [...train, ...test]) {
      deepEqual(
        list.map((item: object) => Object.keys(item).join()),
        Array(7).fill("prompt,answer"),
      );
      equal(list[5].answer, "");
    }
  });
});

Deno.test("the first step of sft has PyTorch's loss, in the log too", async () => {
  await withFolder(async (folder) => {
    const file = pathOf("stages/sft.json");
    const paths = [
      "--train_file_path",
      file,
      "--test_file_path",
      file,
      "--pretrained_model_path",
      TINY,
    ];
    const args = [
      ...paths,
      ...LENGTHS,
      ...QUIET,
      "--logging_steps",
      "1",
      "--num_train_epochs",
      "2",
      "--output_dir",
      folder,
    ];
    const out = well(await runScript("sft", [...args, "--gradient_accumulation_steps", "3"]));
    const [wanted] = (await fixtureTensors("stages")).numbers("sft.loss");
    const log = await lines(join(folder, "metrics.jsonl"));
    ok(
      Math.abs(log[0].train_loss - wanted) < 1e-5 * wanted,
      `${log[0].train_loss}, PyTorch ${wanted}`,
    );
    match(out, new RegExp(`step 1 of 2  loss ${wanted.toFixed(4)}.*left \\d+:\\d\\d`));
    deepEqual(log.map(({ step, ...rest }) => [step, Object.keys(rest).join()]), [
      [1, "lr,train_loss"],
      [1, "test_loss"],
      [2, "lr,train_loss"],
      [2, "test_loss"],
    ]);
    const folders = ["", "checkpoint-1", "checkpoint-2"].map((name) => join(folder, name));
    const [last, first, second] = await Promise.all(
      folders.map((path) => sha256Of(join(path, "model.safetensors"))),
    );
    deepEqual([last === second, first === second], [true, false]);
    equal((await Deno.readFile(join(folder, "events.out.tfevents.stage"))).length > 100, true);
  });
});

Deno.test("sft begins with a new model of the size that is asked for", async () => {
  await withFolder(async (folder) => {
    const file = pathOf("stages/sft.json");
    const size = ["--embed", "16", "--layers", "1", "--heads", "2", "--data_dir", TINY];
    const args = [
      "--train_file_path",
      file,
      "--test_file_path",
      file,
      "--pretrained_model_path",
      "",
      ...size,
    ];
    well(
      await runScript("sft", [
        ...args,
        ...LENGTHS,
        "--threads",
        "1",
        "--max_steps",
        "1",
        "--output_dir",
        folder,
      ]),
    );
    const { config } = await readModelFolder(folder);
    deepEqual([config.embed, config.layers, config.heads, config.positions, config.vocabSize], [
      16,
      1,
      2,
      64,
      97,
    ]);
  });
});

Deno.test("reward makes of questions the lists that data makes, and learns the same", async () => {
  await withCmrc(async (folder, paths) => {
    const made = join(folder, "lists");
    well(
      await runScript("data", [...paths, "--model_path", TINY, "--output_dir", made, ...LENGTHS]),
    );
    const train = async (name: string, from: string[]) => {
      const output = join(folder, name);
      const args = [
        "--pretrained_model_path",
        TINY,
        ...LENGTHS,
        "--threads",
        "1",
        "--max_steps",
        "2",
      ];
      const out = well(await runScript("reward", [...from, ...args, "--output_dir", output]));
      match(out, /step 2 of 2 .*\n.*trained on 26 lists, 6 held out/);
      return output;
    };
    const lists = ["train", "test"].flatMap((
      side,
    ) => [`--${side}_file_path`, join(made, `reward_${side}.json`)]);
    const [one, other] = [await train("a", lists), await train("b", paths)];
    equal(
      await sha256Of(join(one, "model.safetensors")),
      await sha256Of(join(other, "model.safetensors")),
    );
    const { settings, weights } = await readModelFolder(one, { valueHead: true });
    deepEqual(weights.get("value_fn.weight")?.shape, [1, 32]);
    ok(Number.isFinite(settings?.score_mean) && Number(settings?.score_deviation) > 0); // what PPO normalises by
  });
});

Deno.test("Ctrl-C saves what sft has learned and leaves the result's place empty", async () => {
  await withFolder(async (folder) => {
    const file = pathOf("stages/sft.json");
    const paths = [
      "--train_file_path",
      file,
      "--test_file_path",
      file,
      "--pretrained_model_path",
      TINY,
    ];
    const args = [
      ...paths,
      ...LENGTHS,
      "--threads",
      "1",
      "--num_train_epochs",
      "100000",
      "--logging_steps",
      "1",
    ];
    const kill = { at: /step 2 /, signal: "SIGINT" } as const;
    const { code, out } = await runScript(
      "sft",
      [...args, "--checkpoints", "false", "--output_dir", folder],
      { kill },
    );
    equal(code, 130);
    const [, name] = /stopped after step \d+: wrote .*(checkpoint-\d+)\n$/.exec(out) ?? [];
    deepEqual(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), [name]);
    equal((await readModelFolder(join(folder, name))).weights.size, 2 + 3 * 12 + 2);
  });
});

const predict = (args: string[], input: string | Uint8Array = "") =>
  runScript("predict", ["--threads", "1", ...args], { input });
const asked = (out: string) => out.split("\n").filter((line) => line.startsWith("生成的"));

Deno.test("predict asks about piped lines in the tutorial's words, skips blank ones and notes what it cuts", async () => {
  const long = "甲".repeat(200);
  const { code, out, err } = await predict([], `南湖属于淡水湖。\r\n\r\n  \n${long}`);
  equal(code, 0);
  const [first, one, two, second] = out.split("\n");
  equal(first, "输入的正文为:南湖属于淡水湖。");
  match(one, /^生成的第1个问题为:\S+$/);
  match(two, /^生成的第2个问题为:\S+$/);
  equal(second, `输入的正文为:${long}`);
  equal(asked(out).length, 4);
  equal(
    err,
    "No --model_path: using the embedded model models/sft_model.\n" +
      "note: the passage has 200 tokens; the model reads the first 69\n",
  ); // 96 - 24 - 3
});

Deno.test("predict says the same about a file of lines, JSON lines and CMRC as about piped lines", async () => {
  await withFolder(async (folder) => {
    const passages = ["一丁丂七", "丄丅丆", "万丈三上下", "丌不与丏"];
    const files = {
      "lines.txt": "\ufeff" + passages.join("\r\n"),
      "lines.json": passages.map((content) => JSON.stringify({ content }) + "\n").join(""),
      "cmrc.json": JSON.stringify({
        data: [{ paragraphs: passages.map((context) => ({ context, qas: [] })) }],
      }),
    };
    const args = ["--model_path", TINY, "--query_max_len", "16", "--seed", "3"];
    const wanted = asked(well(await predict(args, passages.join("\n"))));
    equal(wanted.length, 8);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
      deepEqual(asked(well(await predict([...args, "--file", join(folder, name)]))), wanted, name);
    }
    const other = await predict(
      [...args.with(-1, "4"), "--num_questions", "3"],
      passages.join("\n"),
    );
    equal(asked(well(other)).length, 12);
    notDeepEqual(asked(other.out).filter((line) => !line.includes("第3个")), wanted);
  });
});

Deno.test("predict refuses what it cannot read with one sentence", async () => {
  const refused = async (...given: Parameters<typeof predict>) => {
    const { code, err } = await predict(...given);
    equal(code, 1);
    return err.split("\n").at(-2);
  };
  const nowhere = await refused(["--model_path", "nowhere"]) ?? "";
  const missing = `Cannot read a model from ${resolve("nowhere")}: there is no such folder. `;
  equal(nowhere.slice(0, missing.length), missing);
  equal(
    await refused(["--file", "nowhere.txt"]),
    `Cannot read ${resolve("nowhere.txt")}: there is no such file`,
  );
  equal(
    await refused([], Uint8Array.of(0x41, 0x0a, 0xff, 0x0a)),
    "Cannot read standard input, line 2: it is not UTF-8 text",
  );
  equal(
    await refused(["--max_len", "100"]),
    "Cannot use max_len 100: the model has 96 positions; give --max_len 96 or less",
  );
});

const TABLES = {
  data: DATA_SETTINGS,
  sft: SFT_SETTINGS,
  reward: REWARD_SETTINGS,
  predict: PREDICT_SETTINGS,
};

for (const [name, table] of Object.entries(TABLES)) {
  Deno.test(`${name} has help for every flag, and an unknown one is refused with the nearest`, async () => {
    const help = well(await runScript(name, ["--help"])) +
      well(await runScript(name, ["--help", "--advanced"]));
    match(help, new RegExp(`Usage: deno task ${name} \\[flags\\]`));
    for (const flag of Object.keys(table)) match(help, new RegExp(`\n  --${flag} `));
    const { code, err } = await runScript(name, ["--sead", "1"]);
    deepEqual([code, err], [1, "Cannot use --sead: there is no such flag; did you mean --seed?\n"]);
  });
}

Deno.test("a stage that lacks its model or its data says which, and how to do without", async () => {
  const sentence = async (name: string, ...args: string[]) => (await runScript(name, args)).err;
  equal(
    await sentence("sft", "--train_file_path", "mine.json"),
    `Cannot start from ${resolve("pretrain_model")}: there is no such folder; ` +
      '--pretrained_model_path "" makes a new model of --embed, --layers and --heads\n',
  );
  const args = ["--pretrained_model_path", TINY, "--train_file_path", "mine.json", ...LENGTHS];
  equal(
    await sentence("sft", ...args),
    `Cannot read ${resolve("mine.json")}: there is no such file\n`,
  );
  const alone = await sentence("reward", "--train_file_path", "mine.json");
  equal(
    alone,
    `Cannot start from ${resolve("sft_model")}: there is no such folder; ` +
      "name the SFT model with --pretrained_model_path\n",
  );
  equal(
    await sentence("reward", ...args),
    `Cannot read ${resolve("mine.json")}: there is no such file\n`,
  );
  equal(
    await sentence("data", "--train_file_path", "mine.json"),
    `Cannot read ${resolve("mine.json")}: there is no such file\n`,
  );
});
