/** `deno task sweep` as a reader runs it: resumed, stopped, killed, refused, and on a stand-in for Ray. Its trials are tiny. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Two updates of two answers each. */
const TINY =
  "--num_episodes 1 --max_timesteps 2 --update_timesteps 1 --ppo_epoch 1 --batch_size 2 --judged 8"
    .split(" ");

const commandOf = (args: readonly string[], env: Record<string, string> = {}) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/sweep.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  });

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function sweep(args: readonly string[], env?: Record<string, string>) {
  const { code, stdout, stderr } = await commandOf(args, env).output();
  return { code, out: textOf(stdout), err: textOf(stderr).trim() };
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const linesOf = async (path: string) => (await Deno.readTextFile(path)).split(/(?<=\n)/);

Deno.test("a trial that is missing or half there is run again, to the same bytes; finished ones are not", async () => {
  await withFolder(async (folder) => {
    const output = join(folder, "new", "sweep.jsonl");
    const args = [...TINY, "--seed", "1,2", "--output", output];
    const first = await sweep(args);
    deepEqual([first.code, first.err], [0, ""]);
    match(first.out, /^2 of 2 trials to run/);
    const whole = await Deno.readTextFile(output);
    const rows = await linesOf(output);
    deepEqual(rows.map((row) => [JSON.parse(row).trial.seed, JSON.parse(row).update]), [[1, 1], [
      1,
      2,
    ], [
      2,
      1,
    ], [2, 2]]);
    equal(JSON.parse(rows[0]).gold_n, 8);
    await Deno.writeTextFile(output, rows.slice(0, 3).join("")); // seed 2 lacks its second update
    match((await sweep(args)).out, /^1 of 2 trials to run[\s\S]*1 of 1 .*seed 2/);
    equal(await Deno.readTextFile(output), whole);
    match((await sweep(args)).out, /^0 of 2 trials to run/);
    deepEqual(
      Array.from(Deno.readDirSync(join(folder, "new")), ({ name }) => name),
      ["sweep.jsonl"],
      "nothing is left over",
    );
  });
});

/** Starts a sweep that would take minutes, sends it a signal at its first update; the processes with `seed` that are left. */
async function signalled(name: Deno.Signal, { output, seed }: { output: string; seed: number }) {
  const long = ["--update_timesteps", "1", "--batch_size", "2", "--judged", "0", "--jobs", "2"];
  const child = commandOf([
    ...long,
    "--lam",
    "0.5,0.6,0.7",
    "--seed",
    String(seed),
    "--output",
    output,
  ])
    .spawn();
  let out = "";
  const err = new Response(child.stderr).text();
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (!out.includes("updates") && (out + text).includes("updates")) child.kill(name);
    out += text;
  }
  const { code } = await child.status;
  return { code, out, err: await err };
}

/** Whether a trial with this seed runs on this machine. */
async function isRunning(seed: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "args"] }).output();
  return textOf(stdout).includes(`"seed":${seed}`);
}

const notOnWindows = { ignore: Deno.build.os === "windows" };

Deno.test(
  "Ctrl-C ends the trials, keeps what is finished, and says how to go on",
  notOnWindows,
  async () => {
    await withFolder(async (folder) => {
      const output = join(folder, "sweep.jsonl");
      equal((await sweep([...TINY, "--seed", "1", "--output", output])).code, 0);
      const before = await Deno.readTextFile(output);
      const { code, out, err } = await signalled("SIGINT", { output, seed: 70_001 });
      deepEqual([code, err], [130, ""]);
      match(out, /finished trials are in .*sweep\.jsonl; the same command continues from there\n$/);
      ok(!await isRunning(70_001), "no trial outlives the sweep");
      equal(await Deno.readTextFile(output), before);
    });
  },
);

Deno.test(
  "a sweep that is killed outright leaves the file whole, and its trials end by themselves",
  notOnWindows,
  async () => {
    await withFolder(async (folder) => {
      const output = join(folder, "sweep.jsonl");
      equal((await signalled("SIGKILL", { output, seed: 70_002 })).code, 137);
      const start = performance.now();
      while (await isRunning(70_002)) {
        ok(performance.now() - start < 60_000, "a trial goes on though nobody reads its rows");
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      equal(
        (await sweep([...TINY, "--seed", "1", "--output", output])).code,
        0,
        "the file is not locked for ever",
      );
      equal((await linesOf(output)).filter((line) => line !== "").length, 2);
    });
  },
);

const REFUSED: [string[], string][] = [
  [["--kl_cof", "1"], "Cannot use --kl_cof: there is no such flag; did you mean --kl_coef?"],
  [["--lam", "0.9,1.5"], "Cannot use --lam 1.5: it must be a number from 0 to 1"],
  [["--seed", "1,,2"], 'Cannot use --seed "": it must be a whole number of at least 0'],
  [
    ["--max_len", "40,20"],
    "Cannot use max_len 20 with query_len 24: max_len - query_len - 3 tokens are left for a prompt",
  ],
];

for (const [args, message] of REFUSED) {
  Deno.test(`sweep ${args.join(" ")} is refused before anything runs`, async () => {
    deepEqual(await sweep(args), { code: 1, out: "", err: message });
  });
}

Deno.test("help names the lists, the sweep's own flags and what Ray needs", async () => {
  const { code, out } = await sweep(["--help"]);
  equal(code, 0);
  for (
    const part of [
      "--kl_coef",
      "--faithful",
      "--output",
      "--judged",
      "--ray ",
      "same folder",
      "comma-separated",
    ]
  ) {
    ok(out.includes(part), part);
  }
});

Deno.test("a trial that diverges or cannot begin does not end the others, and does not count as finished", async () => {
  await withFolder(async (folder) => {
    const output = join(folder, "sweep.jsonl");
    const trials = [
      "--learning_rate",
      "1e30,1e-5",
      "--reward_model_path",
      "models/rm_model,nowhere",
    ];
    const others = [
      ...["--ori_model_path", "models/sft_model", "--train_file_path", "data/ppo_train.json"],
      ...["--max_len", "96", "--query_len", "24", "--output", output],
    ];
    const args = [...TINY, ...trials, ...others];
    const { code, out, err } = await sweep(args);
    equal(code, 1);
    match(out, /^4 of 4 trials to run/);
    const failed = [...out.matchAll(/^failed {2}(.*?): (.*)$/gm)].map((
      [, name, why],
    ) => [name, why]);
    equal(failed.length, 3, out);
    match(
      out,
      /failed {2}.*learning_rate 1e\+30, reward_model_path models\/rm_model.*: Cannot go on/,
    );
    match(out, /failed {2}.*learning_rate 0\.00001, reward_model_path nowhere.*: .*nowhere/);
    match(
      err,
      /^Cannot finish 3 of 4 trials: their reasons are above, the others are in .*sweep\.jsonl, and the same command runs them again$/,
    );
    const rows = (await linesOf(output)).filter((line) => line !== "").map((line) =>
      JSON.parse(line)
    );
    deepEqual(rows.map(({ trial: { learning_rate }, update }) => [learning_rate, update]), [
      [1e-5, 1],
      [1e-5, 2],
    ]);
    match((await sweep(args)).out, /^3 of 4 trials to run/);
  });
});

Deno.test(
  "a trial that is killed is named with its signal, and the others finish",
  notOnWindows,
  async () => {
    await withFolder(async (folder) => {
      const output = join(folder, "sweep.jsonl");
      const long = ["--num_episodes", "99", "--judged", "0", "--jobs", "1"];
      const child = commandOf([...TINY, ...long, "--seed", "70003", "--output", output]).spawn();
      const text = new Response(child.stdout).text(), err = new Response(child.stderr).text();
      while (!await isRunning(70_003)) await new Promise((resolve) => setTimeout(resolve, 100));
      const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "pid,args"] }).output();
      const line = textOf(stdout).split("\n").find((line) => line.includes('"seed":70003'));
      Deno.kill(Number(line?.trim().split(" ")[0]), "SIGKILL");
      equal((await child.status).code, 1);
      match(await text, /failed {2}.*seed 70003.*: its process was ended by SIGKILL\n/);
      match(
        await err,
        /^Cannot finish 1 of 1 trials: their reasons are above, and the same command runs them again\n$/,
      );
    });
  },
);

/** A module `ray` with what `sweep_ray.py` uses of it: tasks are threads, and only the address "here" answers. */
const STAND_IN = {
  "ray/__init__.py": `
import threading
def init(address, **options):
    if address != "here":
        raise ConnectionError("nobody answers")
class Task:
    def __init__(self, function):
        self.function = function
    def options(self, **options):
        return self
    def remote(self, *arguments):
        thread = threading.Thread(target=self.function, args=arguments)
        thread.start()
        return thread
def remote(**options):
    return Task
def get(threads):
    for thread in threads:
        thread.join()
def shutdown():
    pass
`,
  "ray/util/__init__.py": "",
  "ray/util/queue.py": "from queue import Queue\n",
};

async function writeStandIn(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "ray", "util"), { recursive: true });
  for (const [path, text] of Object.entries(STAND_IN)) {
    await Deno.writeTextFile(join(folder, path), text);
  }
}

Deno.test("with --ray the same trials become tasks and give the same rows", async () => {
  await withFolder(async (folder) => {
    await writeStandIn(folder);
    const env = {
      PYTHONPATH: folder,
      PATH: `${join(Deno.execPath(), "..")}:${Deno.env.get("PATH") ?? ""}`,
      SEED: "9",
    };
    const [here, there] = [join(folder, "here.jsonl"), join(folder, "there.jsonl")];
    equal((await sweep([...TINY, "--seed", "3", "--output", here])).code, 0);
    const { code, err } = await sweep(
      [...TINY, "--seed", "3", "--output", there, "--ray", "here"],
      env,
    );
    deepEqual([code, err], [0, ""]);
    equal(await Deno.readTextFile(there), await Deno.readTextFile(here));
    const nobody = await sweep([...TINY, "--output", there, "--ray", "there"], env);
    deepEqual([nobody.code, nobody.err], [
      1,
      "Cannot reach a Ray cluster at there: nobody answers",
    ]);
  });
});

Deno.test("a Python without Ray, and none at all, are each a sentence", async () => {
  await withFolder(async (folder) => {
    const output = join(folder, "sweep.jsonl");
    await Deno.writeTextFile(join(folder, "ray.py"), "raise ImportError('not here')\n"); // hides a Ray that may be installed
    const without = await sweep([...TINY, "--output", output, "--ray", "auto"], {
      PYTHONPATH: folder,
    });
    equal(
      without.err,
      "Cannot use --ray: this Python has no Ray (pip install ray, or name another with --python)",
    );
    const none = await sweep([
      ...TINY,
      "--output",
      output,
      "--ray",
      "auto",
      "--python",
      "no_such_python",
    ]);
    equal(
      none.err,
      "Cannot use --ray: the program no_such_python cannot be started; name a Python with --python",
    );
  });
});
