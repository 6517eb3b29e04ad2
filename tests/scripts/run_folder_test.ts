/** Saved states: what comes back, what damage is called, and that a kill at any moment of a save leaves a whole one. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { fileExists, readText } from "../../lib/files/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import type { PpoState } from "../../lib/ppo/mod.ts";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";
import { readRecord, resumeCommand, resumedSettings } from "../../scripts/run_folder.ts";
import { newestState, saveState } from "../../scripts/run_states.ts";
import { readState, writeState } from "../../scripts/run_state.ts";
import { withFolder } from "../helpers/folder.ts";
import { tinyConfig, tinyPpo } from "../helpers/tiny.ts";
import { namesIn } from "../helpers/train_command.ts";

const { vocabSize } = tinyConfig;

/** A state in the middle of an update, with the sampling masks of a cut-off. */
async function middle(): Promise<PpoState> {
  const ppo = await tinyPpo({ top_k: 5 });
  const controller = new AbortController();
  const run = ppo.train({
    signal: controller.signal,
    onStep: ({ ppoStep }) => ppoStep === 3 && controller.abort(),
  });
  await rejects(run.next());
  return ppo.state();
}

const state = await middle();
/** Writes the state beside a run of no files. */
const write = (path: string, written = state) => writeState(path, written, { run: path, logs: [] });

Deno.test("a state in the middle of an update comes back from its folder to the bit", () =>
  withFolder(async (folder) => {
    equal(state.pool.length, 6);
    equal(state.steps.length, 3);
    equal(state.pool[0].samplingMask?.[0].filter((bit) => bit === 1).length, 5);
    await write(`${folder}/state`);
    const stored = { path: `${folder}/state`, state, logs: {} };
    deepEqual(await readState(`${folder}/state`, { vocabSize }), stored);
  }));

Deno.test("what is no number in a state is none when it comes back", () =>
  withFolder(async (folder) => {
    const before = {
      ...state.before ?? (() => {
        throw new Error("the update has begun");
      })(),
      kl: NaN,
    };
    await write(`${folder}/state`, { ...state, before });
    equal((await readState(`${folder}/state`, { vocabSize })).state.before?.kl, NaN);
  }));

/** The metrics that version 0.1.0 did not have. */
const LATER = [
  "reward_std",
  "score_std",
  "score_clipped",
  "non_score_reward",
  "surprisal",
  "return_after_end",
  "advantage_rms",
];

Deno.test("a state of version 0.1.0 in the middle of an update is finished, with NaN for the metrics that it lacks", () =>
  withFolder(async (folder) => {
    await write(`${folder}/state`);
    const path = `${folder}/state/state.json`;
    const later = (key: string, value: unknown) => LATER.includes(key) ? undefined : value;
    const record = JSON.stringify(JSON.parse(await readText(path)), later);
    await Deno.writeTextFile(path, record);
    const old = await readState(`${folder}/state`, { vocabSize });
    const finish = async (from: PpoState) =>
      (await (await tinyPpo({ top_k: 5 })).train({ from }).next()).value;
    const [wanted, found] = [await finish(state), await finish(old.state)];
    for (const [name, value] of Object.entries(wanted ?? {})) {
      if (name.startsWith("seconds_")) continue;
      equal(found?.[name as keyof typeof found], LATER.includes(name) ? NaN : value, name);
    }
  }));

Deno.test("the two newest states are kept, and the same is not written twice", () =>
  withFolder(async (folder) => {
    const inode = async () => (await Deno.stat(`${folder}/state-2-3/state.json`)).ino;
    for (const timestep of [0, 1, 2]) {
      await saveState(folder, { ...state, timestep }, { logs: [] });
    }
    deepEqual(await namesIn(folder), ["state-1-3", "state-2-3"]);
    const first = await inode();
    await saveState(folder, state, { logs: [] });
    equal(await inode(), first);
    deepEqual((await newestState(folder, { vocabSize })).stored?.state, state);
  }));

Deno.test("of two states the newer counts, by numbers and not by letters, and unfinished ones are removed", () =>
  withFolder(async (folder) => {
    for (const timestep of [9, 10]) {
      await write(`${folder}/state-${timestep}-3`, { ...state, timestep });
    }
    await Deno.mkdir(`${folder}/.state-11-3.0123abcd.tmp`);
    equal((await newestState(folder, { vocabSize })).stored?.state.timestep, 10);
    equal(await fileExists(`${folder}/.state-11-3.0123abcd.tmp`), false);
  }));

Deno.test("a folder without a state has none", () =>
  withFolder(async (folder) => {
    deepEqual(await newestState(folder, { vocabSize }), { stored: undefined, notes: [] });
  }));

/** Changes a file's text. */
const edit = (file: string, from: string | RegExp, to: string) => async (folder: string) => {
  const text = await readText(`${folder}/${file}`);
  const changed = text.replace(from, to);
  ok(changed !== text, `${file} has no ${from}`);
  await Deno.writeTextFile(`${folder}/${file}`, changed);
};

const damaged: [string, (folder: string) => Promise<void>, RegExp][] = [
  [
    "a number that is text",
    edit("state.json", '"drawn": ', '"drawn": "1", "x": '),
    /^Cannot read .*state\.json: "drawn" is "1", wanted a number$/,
  ],
  [
    "a key that is missing",
    edit("state.json", '"seconds"', '"second"'),
    /^Cannot read .*state\.json: "seconds" is missing, wanted an object$/,
  ],
  [
    "an answer's row that is none",
    edit("pool.jsonl", '"values":[', '"values":7,"x":['),
    /^Cannot read .*pool\.jsonl, answer 1: "values" is 7, wanted a list of numbers$/,
  ],
  [
    "an answer that is gone",
    edit("pool.jsonl", /^.*\n/, ""),
    /^Cannot read .*pool\.jsonl: it has 5 answers, and state\.json says 6$/,
  ],
  [
    "weights that are cut off",
    (folder) => Deno.truncate(`${folder}/critic.safetensors`, 5000),
    /^Cannot read .*critic\.safetensors/,
  ],
  [
    "weights that are gone",
    (folder) => Deno.remove(`${folder}/actor.safetensors`),
    /^Cannot read .*actor\.safetensors: there is no such file$/,
  ],
];

for (const [what, damage, message] of damaged) {
  Deno.test(`${what}: refused with a sentence that names the file`, () =>
    withFolder(async (folder) => {
      await write(`${folder}/state`);
      await damage(`${folder}/state`);
      await rejects(readState(`${folder}/state`, { vocabSize }), { message });
    }));
}

Deno.test("settings of another sort are refused by key", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/settings.json`, '{"max_len": 96}');
    await rejects(readRecord(folder), {
      message: `Cannot read ${folder}/settings.json: "settings" is missing, wanted an object`,
    });
    await Deno.writeTextFile(`${folder}/settings.json`, '{"settings": {"lamda": 1}}');
    await rejects(readRecord(folder), {
      message: 'Cannot use the unknown setting "lamda"; did you mean "lam"?',
    });
  }));

Deno.test("a run of an older version resumes; what its removed switches said is kept", () =>
  withFolder(async (folder) => {
    const inputs = { train_file_path: "a", ori_model_path: "b", reward_model_path: "c" };
    const removed = {
      no_whitening: true,
      no_score_normalisation: false,
      no_missing_eos_penalty: false,
      unstable_log_sigmoid: false,
    };
    const settings = { ...validateSettings({ lam: 1, missing_eos_penalty: 2 }), ...removed };
    const old = { settings: { ...settings, whiten_advantages: false }, embedded: true, inputs };
    await Deno.writeTextFile(
      `${folder}/settings.json`,
      JSON.stringify({ ...old, computes_on: "cpu", score_statistics: null }),
    );
    const wanted = { lam: 1, missing_eos_penalty: 2, whiten_advantages: false };
    const record = await readRecord(folder);
    deepEqual(record.settings, validateSettings(wanted));
    deepEqual(resumedSettings(folder, record, { whiten_advantages: false }), {
      settings: validateSettings({ ...wanted, output_dir: folder }),
      notes: [],
    });
  }));

Deno.test("a longer run is noted where the learning rate depends on its length, and only there", () => {
  const notesOf = (own: Partial<Settings>, given: Partial<Settings>) => {
    const record = {
      ...{ settings: validateSettings(own), embedded: true, computes_on: "cpu" },
      inputs: { train_file_path: "a", ori_model_path: "b", reward_model_path: "c" },
      score_statistics: null,
      save_every: 1,
    };
    return resumedSettings("run", record, given).notes;
  };
  deepEqual(notesOf({}, { num_episodes: 5 }), []);
  const note = "num_episodes was 3 and is now 5: " +
    "from here on, the learning rate follows the schedule of the new length";
  deepEqual(notesOf({ lr_schedule: "linear" }, { num_episodes: 5 }), [note]);
  deepEqual(notesOf({ warmup_proportion: 0.1 }, { num_episodes: 5 }), [note]);
  deepEqual(notesOf({ lr_schedule: "cosine" }, { num_episodes: 3 }), []);
});

Deno.test("a path that a shell would take apart is quoted in the command that goes on", () => {
  equal(resumeCommand("out/a-1"), "deno task train --resume out/a-1");
  equal(resumeCommand("my runs/a"), 'deno task train --resume "my runs/a"');
});

/** A process that saves states without end; every array of a state is filled with its step, which it prints when saved. */
const SAVER = `
  import { saveState } from "${new URL("../../scripts/run_states.ts", import.meta.url).href}";
  const folder = Deno.args[0];
  const filled = (step) => {
    const array = { dims: [500_000], data: new Float32Array(500_000).fill(step) };
    return { step, arrays: new Map(["parameters.a", "first.a", "second.a"].map((name) => [name, array])) };
  };
  for (let step = Number(Deno.args[1]);; step++) {
    const state = { timestep: step, update: step, drawn: 0, before: undefined, steps: [], pool: [],
      seconds: { generate: 0, score: 0, actor: 0, critic: 0 }, actor: filled(step), critic: filled(step) };
    await saveState(folder, state, { logs: [] });
    console.log(step);
  }`;

/** Kills the process `after` milliseconds from its first save; gives the last step that it knew to be saved. */
async function savesAndDies(args: readonly string[], after: number): Promise<number> {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const all = ["run", "-A", "--config", config, ...args];
  const child = new Deno.Command(Deno.execPath(), { args: all, stdout: "piped" }).spawn();
  let out = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (out === "") setTimeout(() => child.kill("SIGKILL"), after);
    out += text;
  }
  await child.status;
  return Number(out.slice(0, out.lastIndexOf("\n")).split("\n").at(-1));
}

Deno.test("killed at any moment of a save, the old state or the new is there, whole", () =>
  withFolder(async (folder) => {
    const file = `${folder}/saver.ts`;
    await Deno.writeTextFile(file, SAVER);
    const runs = `${folder}/run`;
    await Deno.mkdir(runs);
    const random = randomStream(3);
    const unfinished: string[] = [];
    for (let kill = 0, next = 1; kill < 12; kill++) {
      const saved = await savesAndDies([file, runs, String(next)], 60 * random());
      unfinished.push(...(await namesIn(runs)).filter((name) => name.endsWith(".tmp")));
      const found = await newestState(runs, { vocabSize });
      const { timestep = NaN, actor, critic } = found.stored?.state ?? {};
      ok(timestep === saved || timestep === saved + 1, `${timestep} found, ${saved} saved`);
      for (
        const { data } of [actor, critic].flatMap((model) => [...model?.arrays.values() ?? []])
      ) {
        ok(data.every((value) => value === timestep), `${data[0]}, wanted ${timestep}`);
      }
      ok(
        (await namesIn(runs)).every((name) => name.startsWith("state-")),
        "what was unfinished is removed",
      );
      next = timestep + 1;
    }
    ok(unfinished.length > 0, "some kill must have come in the middle of a save");
  }));
