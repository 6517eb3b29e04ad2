/** The threads of a run: recorded, kept on resuming, and a note where another number was given. */
import { deepEqual, equal, match } from "node:assert/strict";
import { threadsFromEnvironment } from "../../lib/course/mod.ts";
import { readJsonRecord } from "../../lib/files/mod.ts";
import { checkChapterSettings } from "../../scripts/notebooks.ts";
import { resumedThreads, threadsOf } from "../../scripts/run_threads.ts";
import { withFolder } from "../helpers/folder.ts";
import { runTrain, tinyFlags, traceOf, writePassages } from "../helpers/train_command.ts";

Deno.test("a run has the given number of threads, or one per core", () => {
  deepEqual([threadsOf(3, 8), threadsOf(0, 8), threadsOf(undefined, 8)], [3, 8, 8]);
});

Deno.test("chapters take threads from PPO_THREADS, which start and notebooks set", async () => {
  await checkChapterSettings({ threads: 2, held_out: 8, kl_coef: 0.1 });
  Deno.env.set("PPO_THREADS", "2");
  deepEqual(threadsFromEnvironment(), { threads: 2 });
  Deno.env.delete("PPO_THREADS");
  deepEqual(threadsFromEnvironment(), {});
});

const bitForBit = "from here on, numbers agree to rounding only, not bit for bit";

Deno.test("a resumed run keeps its threads on a machine with any number of cores", () => {
  deepEqual(resumedThreads({ recorded: 2, given: undefined, cores: 8 }), { threads: 2 });
  deepEqual(resumedThreads({ recorded: 8, given: 8, cores: 8 }), { threads: 8 });
  deepEqual(resumedThreads({ recorded: 16, given: undefined, cores: 2 }), {
    threads: 16,
    note: "this run began with 16 threads, and this machine has 2 cores; --threads 2 is faster",
  });
});

Deno.test("other threads than those of the beginning give a note, except where these are unknown", () => {
  deepEqual(resumedThreads({ recorded: 2, given: 4, cores: 8 }), {
    threads: 4,
    note: `threads was 2 and is now 4: ${bitForBit}`,
  });
  deepEqual(resumedThreads({ recorded: 2, given: 0, cores: 8 }), {
    threads: 8,
    note: `threads was 2 and is now 8: ${bitForBit}`,
  });
  deepEqual(resumedThreads({ recorded: undefined, given: undefined, cores: 8 }), { threads: 8 });
});

Deno.test("train records its threads, resumes with them to the bit, and notes a change once", async () => {
  await withFolder(async (folder) => {
    const passages = `${folder}/passages.jsonl`;
    await writePassages(passages);
    const flags = [...tinyFlags(passages), "--threads", "3", "--device", "cpu"];
    const whole = `${folder}/whole`, resumed = `${folder}/resumed`;
    const threadsIn = async (run: string) => (await readJsonRecord(`${run}/settings.json`)).threads;
    match((await runTrain([...flags, "--output_dir", whole])).out, /CPU, 3 threads/);
    equal(await threadsIn(whole), 3);
    await runTrain([...flags, "--output_dir", resumed, "--num_episodes", "1"]);
    const second = await runTrain(["--resume", resumed, "--num_episodes", "3"]);
    match(second.out, /CPU, 3 threads/);
    deepEqual(await traceOf(resumed), await traceOf(whole));
    const third = await runTrain(["--resume", resumed, "--num_episodes", "4", "--threads", "1"]);
    match(third.out, /threads was 3 and is now 1: from here on, numbers agree to rounding only/);
    equal(await threadsIn(resumed), 1);
    const fourth = await runTrain(["--resume", resumed, "--num_episodes", "5"]);
    deepEqual([fourth.out.includes("threads was"), fourth.out.includes("CPU, 1 thread,")], [
      false,
      true,
    ]);
  });
});
