/** `deno task train` as a user runs it: what it writes, killed and taken up, stopped by Ctrl-C, refused. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileExists, readJsonRecord, readText } from "../../lib/files/mod.ts";
import { readModelFolder } from "../../lib/lm/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import { killed } from "../helpers/broken_run.ts";
import { copyFolder } from "../helpers/folder.ts";
import { recordIn } from "../../scripts/json_values.ts";
import {
  namesIn,
  runTrain,
  scalarsOf,
  startTrain,
  tinyFlags,
  traceOf,
  writePassages,
} from "../helpers/train_command.ts";

const folder = await Deno.makeTempDir();
const passages = `${folder}/passages.jsonl`;
await writePassages(passages);
const flags = tinyFlags(passages);

/** One run that nothing disturbs; the others are held against it. */
const whole = `${folder}/whole`;
const undisturbed = await runTrain([...flags, "--output_dir", whole]);
const trace = await traceOf(whole);

Deno.test("a run leaves settings, logs, a policy an episode and the two newest states", async () => {
  deepEqual([undisturbed.code, undisturbed.err], [0, ""]);
  match(
    undisturbed.out,
    /update 6 of 6 {2}timestep 12 {2}mean_reward -?\d+\.\d{3} {2}KL -?\d+\.\d{3} {2}left 0:00/,
  );
  const names = (await namesIn(whole)).map((name) => name.replace(/\d{10}/, "TIME"));
  deepEqual(names, [
    ".lock",
    "answers.jsonl",
    "checkpoint-16",
    "checkpoint-24",
    "checkpoint-8",
    "events.out.tfevents.TIME.ppo",
    "metrics.jsonl",
    "settings.json",
    "state-10-20",
    "state-12-24",
  ]);
  const { settings } = await readJsonRecord(`${whole}/settings.json`);
  deepEqual({ ...settings as object, seed: 5, kl_coef: 0.02 }, settings);
  const { config, weights } = await readModelFolder(`${whole}/checkpoint-24`);
  equal(weights.get("wte.weight")?.data.length, config.vocabSize * config.embed);
});

Deno.test("the scores of a reward model without statistics are measured, printed and remembered", async () => {
  const said = undisturbed.out.match(
    /scores of the SFT model's answers: mean (-?[\d.]+), standard deviation ([\d.]+)\n/,
  );
  const statistics = recordIn(
    await readJsonRecord(`${whole}/settings.json`),
    "score_statistics",
    whole,
  );
  deepEqual(
    said?.slice(1),
    [statistics.mean, statistics.deviation].map((value) => Number(value).toFixed(3)),
  );
});

Deno.test("a run shows progress from its first second, before anything is read or measured", () => {
  match(undisturbed.out, /^reading the models and the passages\n/);
});

Deno.test("TensorBoard gets losses by optimizer step, as in the tutorial, and what is said of pools by timestep", async () => {
  const scalars = await scalarsOf(whole);
  const stepsOf = (tag: string) => scalars.filter(([name]) => name === tag).map(([, step]) => step);
  const upTo24 = Array.from({ length: 24 }, (_, index) => index + 1);
  deepEqual(stepsOf("actor_loss"), upTo24);
  deepEqual(stepsOf("critic_loss"), upTo24);
  deepEqual(stepsOf("mean_reward"), [2, 4, 6, 8, 10, 12]);
  const rows = (await readText(`${whole}/metrics.jsonl`)).trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  for (
    const tag of Object.keys(rows[0]).filter((name) => name !== "update" && name !== "timestep")
  ) {
    ok(scalars.some(([name]) => name === tag), tag);
  }
  const rewards = scalars.filter(([tag]) => tag === "mean_reward").map(([, , value]) => value);
  deepEqual(rewards, rows.map(({ mean_reward }) => Math.fround(mean_reward)));
});

Deno.test("every update shows answers as text with their scores", async () => {
  const rows = (await readText(`${whole}/answers.jsonl`)).trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  deepEqual(
    rows.map(({ update }) => update),
    [1, 2, 3, 4, 5, 6].flatMap((update) => Array(4).fill(update)),
  );
  const statistics = recordIn(
    await readJsonRecord(`${whole}/settings.json`),
    "score_statistics",
    whole,
  );
  const { mean, deviation } = statistics;
  for (const { content, query, raw_score, score, ended } of rows) {
    ok("一丁七万丈三上下不".endsWith(content) && content !== "", content);
    equal(typeof query, "string");
    const normalised = (raw_score - Number(mean)) / Number(deviation);
    const clipped = Math.min(Math.max(normalised, -5), 5);
    ok(Math.abs(score - (clipped - (ended ? 0 : 1))) < 1e-9); // 1 less without an end
  }
});

Deno.test("killed with no warning again and again and taken up each time, a run is the same to the bit", async () => {
  const target = `${folder}/killed`;
  const random = randomStream(1);
  let kills = 0;
  let next = [...flags, "--output_dir", target];
  for (; kills < 6; kills++) {
    const { signal, out, err } = await killed(startTrain(next), {
      signal: "SIGKILL",
      when: "prompts", // everything is compiled
      after: 700 * random(),
    });
    if (signal === null) break; // it was done before
    equal(err, "", out);
    next = ["--resume", target];
  }
  ok(kills >= 2, `${kills} kills`);
  const { code, err } = await runTrain(next);
  deepEqual([code, err], [0, ""]);
  deepEqual(await traceOf(target), trace);
});

Deno.test("Ctrl-C saves policy and state and says how to go on; then the run is the same to the bit", async () => {
  const target = `${folder}/stopped`;
  const { code, out, err } = await killed(
    startTrain([...flags, "--output_dir", target, "--save_every", "100"]),
    {
      signal: "SIGINT",
      when: "update 2 of 6",
    },
  );
  deepEqual([code, err], [130, ""]);
  const [, step] = out.match(
    /saved after optimizer step (\d+); continue with: deno task train --resume (.*)\n$/,
  ) ??
    [];
  ok(out.endsWith(`--resume ${target}\n`), out);
  equal(await fileExists(`${target}/checkpoint-${step}/model.safetensors`), Number(step) > 0);
  const resumed = await runTrain(["--resume", target]);
  deepEqual([resumed.code, resumed.err], [0, ""]);
  if (Number(step) % 8 !== 0) {
    await Deno.remove(`${target}/checkpoint-${step}`, { recursive: true });
  }
  deepEqual(await traceOf(target), trace);
});

Deno.test("a reader that goes away (| head) stops the run, saved and without a stack trace", async () => {
  const target = `${folder}/piped`;
  const child = startTrain([...flags, "--output_dir", target]);
  const reader = child.stdout.getReader();
  for (let seen = ""; !seen.includes("update 1 of");) { // something is learnt that can be saved
    const { value, done } = await reader.read();
    if (done) throw new Error(`the run ended before its first update: ${seen}`);
    seen += new TextDecoder().decode(value);
  }
  await reader.cancel();
  const err = await new Response(child.stderr).text();
  deepEqual([(await child.status).code, err], [141, ""]);
  ok((await namesIn(target)).some((name) => name.startsWith("state-")));
  equal((await runTrain(["--resume", target])).code, 0);
});

Deno.test("a run that is done can be made longer, and the longer run is what it would have been", async () => {
  const [target, longer] = [`${folder}/short`, `${folder}/longer`];
  await runTrain([...flags, "--output_dir", target, "--num_episodes", "1"]);
  await runTrain(["--resume", target, "--num_episodes", "2"]);
  await runTrain([...flags, "--output_dir", longer, "--num_episodes", "2"]);
  deepEqual(await traceOf(target), await traceOf(longer));
});

const copied = `${folder}/copied`;
await copyFolder(whole, copied);
const otherPassages = `${folder}/other.jsonl`;
await Deno.writeTextFile(otherPassages, (await readText(passages)).replace("丁", "丈"));

const refused: readonly [string, readonly string[], string][] = [
  [
    "a folder that holds a run already",
    [...flags, "--output_dir", copied],
    `Cannot begin a run in ${copied}: it already holds one (NAME); continue it with deno task train --resume ${copied}, or give another --output_dir`,
  ],
  [
    "resuming a folder without a run",
    ["--resume", folder],
    `Cannot resume ${folder}: it holds no run (it has no settings.json)`,
  ],
  [
    "resuming with other settings that matter",
    ["--resume", copied, "--kl_coef", "0.5", "--seed", "5", "--lam", "1"],
    `Cannot resume ${copied} with kl_coef 0.5 (it was 0.02), lam 1 (it was 0.95): that would be another run; omit it, or begin a new run with --output_dir`,
  ],
  [
    "resuming with frozen models stored in another way",
    ["--resume", copied, "--frozen_dtype", "float16"],
    `Cannot resume ${copied} with frozen_dtype float16 (it was float32): that would be another run; omit it, or begin a new run with --output_dir`,
  ],
  [
    "frozen models in float16 on the CPU",
    [...flags, "--output_dir", `${folder}/none`, "--device", "cpu", "--frozen_dtype", "float16"],
    "Cannot store the frozen models as float16: float16 is for GPUs, and this run computes on the CPU, where spare_memory keeps no frozen model at all; keep frozen_dtype float32",
  ],
  [
    "resuming with other data",
    ["--resume", copied, "--train_file_path", otherPassages],
    `Cannot resume ${copied}: these inputs changed since the run began: train_file_path (${otherPassages})`,
  ],
  [
    "resuming into another folder",
    ["--resume", copied, "--output_dir", folder],
    `Cannot resume ${copied} into ${folder}: a run stays in its folder`,
  ],
  [
    "a flag that does not exist",
    ["--resum", "x"],
    "Cannot use --resum: there is no such flag; did you mean --resume?",
  ],
];

for (const [what, args, message] of refused) {
  Deno.test(`${what} is refused with a sentence, and nothing is written`, async () => {
    const before = await traceOf(copied);
    const { code, err } = await runTrain(args);
    deepEqual(
      [
        code,
        err.replace(/\((answers|checkpoint|events|metrics|settings|state)[^)]*\);/, "(NAME);"),
      ],
      [
        1,
        message + "\n",
      ],
    );
    deepEqual(await traceOf(copied), before);
  });
}

Deno.test("two processes cannot train in one folder at the same time", async () => {
  const target = `${folder}/locked`;
  const child = startTrain([...flags, "--output_dir", target, "--num_episodes", "300"]);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (let out = ""; !out.includes(" prompts, ");) { // then it trains
    const { done, value } = await reader.read();
    if (done) break;
    out += value;
  }
  const { code, err } = await runTrain(["--resume", target]);
  child.kill("SIGKILL");
  await child.stderr.cancel();
  await child.status;
  equal(code, 1);
  match(err, /^Cannot train in .*locked: process \d+ on .* \(since 20.*Z\) is training there\n$/);
  ok(err.includes(`process ${child.pid} `), err);
});

/** The folder of a model of which only the sizes are there: nothing can be loaded. */
async function sizesOnly(name: string, from: string): Promise<string> {
  const target = `${folder}/${name}`;
  await Deno.mkdir(target);
  await Deno.copyFile(
    new URL(`../fixtures/${from}/config.json`, import.meta.url),
    `${target}/config.json`,
  );
  return target;
}

Deno.test("--plan prints the ledger, what was chosen and the time, before anything is loaded", async () => {
  const models = [await sizesOnly("policy", "gpt2_tiny"), await sizesOnly("reward", "reward_tiny")];
  const paths = ["--ori_model_path", models[0], "--reward_model_path", models[1]];
  const { code, out, err } = await runTrain([...flags, ...paths, "--plan", "--memory_gib", "1"]);
  deepEqual([code, err], [0, ""]);
  const lines = out.trim().split("\n");
  match(
    lines[0],
    /^MiB +weights +adam +gradients +activations +logits +caches +runtime +together$/,
  );
  deepEqual(lines.slice(1, 5).map((line) => line.split(/ {2,}/)[0]), [
    "generate answers",
    "score them",
    "measure the KL",
    "update",
  ]);
  match(lines[5], /^predicted peak \d+ MiB of a budget of 1\.00 GiB$/);
  equal(lines[6], "the settings fit as given");
  match(lines[7], /^disk: \d+ MiB needed in output_dir, .* free$/);
  match(
    lines[8],
    /^about \d+ s if all texts have the maximum length, at a measured [\d.]+ GFLOP\/s/,
  );
});

Deno.test("what cannot fit is refused before anything is loaded, with what would", async () => {
  const target = `${folder}/too_large`;
  const models = [
    await sizesOnly("policy2", "gpt2_tiny"),
    await sizesOnly("reward2", "reward_tiny"),
  ];
  const paths = [
    "--ori_model_path",
    models[0],
    "--reward_model_path",
    models[1],
    "--output_dir",
    target,
  ];
  const { code, err } = await runTrain([...flags, ...paths, "--memory_gib", "0.05"]);
  equal(code, 1);
  match(
    err,
    /^Cannot run with these settings: it takes .* may be used; --memory_gib 0\.\d\d would be enough\n$/,
  );
  equal(await fileExists(target), false);
});

Deno.test("a run says what memory was predicted and, at its end, what it took", () => {
  match(undisturbed.out, /\nmemory: \d+ MiB predicted\n/);
  match(undisturbed.out, /\npeak memory: predicted \d+ MiB, measured \d+ MiB\ndone: /);
});

Deno.test("help names the cost of saving, and needs nothing else", async () => {
  const { code, out } = await runTrain(["--help"]);
  equal(code, 0);
  match(out, /--resume /);
  match(out, /--save_every .*24 bytes per parameter/);
});

globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
