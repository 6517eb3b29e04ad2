/**
 * Power failures, replayed: the writes of a run are recorded, and every image that a file system
 * may have on its disk after each of them holds a whole state and whole policies.
 *
 * `tests/power_cut.ts` does the same with a real file system; it needs root.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { writeAtomically } from "../../lib/files/mod.ts";
import { readModelFolder, writeModelFolder } from "../../lib/lm/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import type { PpoState } from "../../lib/ppo/mod.ts";
import { newestState, saveState } from "../../scripts/run_states.ts";
import { withFolder } from "../helpers/folder.ts";
import { type Image, recordDisk, writeImage } from "../helpers/recorded_disk.ts";
import { twoModels } from "../helpers/save_forever.ts";

/** A small state whose values are all its step. */
function stateOf(step: number): PpoState {
  const array = { dims: [3], data: new Float32Array(3).fill(step) };
  const model = { step, arrays: new Map([["parameters.a", array], ["first.a", array]]) };
  return {
    ...{ timestep: step, update: step, drawn: 0, before: undefined, steps: [], pool: [] },
    seconds: { generate: 0, score: 0, actor: 0, critic: 0 },
    ...{ actor: model, critic: model },
  };
}

/** Collects the distinct images of what `use` does to a folder. */
async function imagesOf(
  use: (folder: string, mark: () => void) => Promise<void>,
): Promise<{ image: Image; after: number }[]> {
  const images: { image: Image; after: number }[] = [];
  await withFolder((folder) =>
    recordDisk(folder, {
      use: (mark) => use(folder, mark),
      onImage: (image, after) => images.push({ image, after }),
      random: randomStream(7),
    })
  );
  return images;
}

const SAVES = 4;

Deno.test("whatever a power failure leaves of four saves, the last finished state or the next is whole", async () => {
  const images = await imagesOf(async (folder, mark) => {
    await writeAtomically(`${folder}/settings.json`, "{}\n", { durable: true });
    for (let step = 1; step <= SAVES; step++) {
      await saveState(folder, stateOf(step), { logs: ["settings.json"] });
      mark();
    }
  });
  ok(images.length > 500, `${images.length} images`);
  const found = new Set<string>();
  for (const { image, after } of images) {
    await withFolder(async (folder) => {
      await writeImage(image, folder);
      const { stored, notes } = await newestState(folder, { vocabSize: 5 });
      const { timestep = 0, actor, critic } = stored?.state ?? {};
      ok(timestep === after || timestep === after + 1, `${timestep} found after save ${after}`);
      deepEqual(notes, []);
      for (const model of [actor, critic]) {
        deepEqual(
          [...model?.arrays.get("first.a")?.data ?? []],
          stored && Array(3).fill(timestep) || [],
        );
      }
      found.add(`${after}-${timestep}`);
    });
  }
  // both outcomes of a failure within a save were among the images
  for (let after = 0; after < SAVES; after++) {
    ok(found.has(`${after}-${after}`) && found.has(`${after}-${after + 1}`), `save ${after}`);
  }
});

Deno.test("whatever a power failure leaves of a policy that replaces another, it is one of them, whole", async () => {
  const models = await twoModels();
  const images = await imagesOf(async (folder, mark) => {
    for (const model of models) {
      await writeModelFolder(`${folder}/model`, model, { checksums: true });
      mark();
    }
  });
  const distinct = images.filter(({ after }) => after > 0);
  ok(distinct.length > 100, `${distinct.length} images`);
  for (const { image, after } of distinct) {
    await withFolder(async (folder) => {
      await writeImage(image, folder);
      const { settings } = await readModelFolder(`${folder}/model`); // checks all checksums
      ok(settings?.model === after || settings?.model === 2, `${settings?.model} after ${after}`);
    });
  }
});

Deno.test("without a sync, an image has the new name and not the bytes: the replay can fail", async () => {
  const images = await imagesOf(async (folder) => {
    await writeAtomically(`${folder}/a.txt`, "old", { durable: true });
    await writeAtomically(`${folder}/a.txt`, "new");
  });
  const texts = new Set(images.map(({ image }) => new TextDecoder().decode(image.get("a.txt"))));
  for (const text of ["old", "new", "", "\0\0\0"]) ok(texts.has(text), JSON.stringify(text));
  equal(texts.has("ol"), false);
});
