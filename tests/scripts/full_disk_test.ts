/**
 * Disks that become full at each stage of a run: it ends with a sentence, and with room again it
 * goes on and ends with the bits of a run that always had room. `start_of_run_test.ts` does the
 * same at one stage with a real disk; it needs root.
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { fileExists } from "../../lib/files/mod.ts";
import { nextFlags, unbroken } from "../helpers/broken_run.ts";
import { runTrain, tinyFlags, traceOf, writePassages } from "../helpers/train_command.ts";

const folder = await Deno.makeTempDir();
await writePassages(`${folder}/passages.jsonl`);
const flags = [...tinyFlags(`${folder}/passages.jsonl`), "--num_episodes", "2"];

/** 4 updates: states after steps 4, 8, 12 and 16, policies after steps 8 and 16. */
const { trace } = await unbroken(`${folder}/whole`, { flags, update: 2 });

/**
 * The first path that meets the full disk, and the continuation that the error names. Without one,
 * no folder was made.
 */
const STAGES: readonly { stage: string; from: string; says?: string }[] = [
  { stage: "at the start", from: "/run/\\.settings\\.json" },
  {
    stage: "in the first state",
    from: "/\\.state-2-4\\..*/\\.critic\\.safetensors",
    says: "No state was saved yet; then begin anew with",
  },
  {
    stage: "in a later state",
    from: "/\\.state-6-12\\..*/metrics\\.copy",
    says: "The run is saved up to RUN/state-4-8; then continue with",
  },
  {
    stage: "in the last state",
    from: "/\\.state-8-16\\..*/\\.critic\\.safetensors",
    says: "The run is saved up to RUN/state-6-12; then continue with",
  },
];

for (const { stage, from, says } of STAGES) {
  Deno.test(`a run whose disk is full ${stage} ends with a command that leads to the same bits`, async () => {
    const run = `${folder}/${stage.replaceAll(" ", "_")}/run`;
    const full = { preload: "tests/helpers/full_disk.ts", env: { FULL_FROM: from } };
    const { code, err } = await runTrain([...flags, "--output_dir", run], full);
    equal(code, 1);
    match(err, /^Cannot write \/.*\/run\/.*: the disk is full \(.* are free\)\. Free some space, /);
    const [, way] = err.split(" on another disk. ");
    equal(way, says && `${says.replace("RUN", run)}: deno task train --resume ${run}\n`);
    equal(await fileExists(run), says !== undefined);
    const again = await runTrain(await nextFlags(run, flags));
    deepEqual([again.code, again.err], [0, ""]);
    deepEqual(await traceOf(run), trace);
  });
}

globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
