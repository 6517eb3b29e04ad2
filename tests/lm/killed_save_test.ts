/**
 * Saves that are killed: the folder holds one of the models that were saved, whole, whenever it happens.
 *
 * Once with real kills of a process that saves all the time; and once exhaustively: the file system stops obeying before each of the
 * operations of one save, as it does for a process that is killed there.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type ModelFolder, readModelFolder, writeModelFolder } from "../../lib/lm/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import { twoModels } from "../helpers/save_forever.ts";

const SCRIPT = fileURLToPath(new URL("../helpers/save_forever.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
const KILLS = 6;

/** Which of both models a folder holds; fails if it holds parts of both. */
async function modelIn(folder: string, models: readonly ModelFolder[]): Promise<number> {
  const found = await readModelFolder(folder);
  const number = Number(found.settings?.model);
  const saved = models[number - 1];
  ok(saved !== undefined);
  deepEqual(found.config, saved.config);
  deepEqual(found.weights, saved.weights);
  return number;
}

/** Starts saving, and kills the process a random while after its first save; gives how many saves it made. */
async function saveAndKill(folder: string, milliseconds: number): Promise<number> {
  const args = ["run", "-A", "--no-check", "--config", CONFIG, SCRIPT, folder];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" })
    .spawn();
  let saves = 0, killing: Promise<void> | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    saves += text.split("\n").length - 1;
    killing ??= new Promise((done) =>
      setTimeout(() => {
        child.kill("SIGKILL");
        done();
      }, milliseconds)
    );
  }
  await killing;
  equal((await child.status).signal, "SIGKILL");
  return saves;
}

async function withParent(use: (parent: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await use(parent);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const ignore = Deno.build.os === "windows"; // it has no signal that kills

Deno.test(
  "after a kill of the process the folder is one of the models that it saved",
  { ignore },
  () =>
    withParent(async (parent) => {
      const models = await twoModels();
      const random = randomStream(3);
      let saves = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        saves += await saveAndKill(`${parent}/model`, 5 + 60 * random());
        await modelIn(`${parent}/model`, models);
      }
      ok(saves >= KILLS, `${saves} saves`);
    }),
);

/** Everything that `lib/files` changes a disk with. */
const OPERATIONS = ["rename", "remove", "link", "mkdir", "open", "copyFile", "symlink"] as const;

class Killed extends Error {}

/** Runs `use` with a file system that obeys `operations` times and then never again; true if that was enough. */
async function withOperations(operations: number, use: () => Promise<void>): Promise<boolean> {
  let left = operations;
  const originals = OPERATIONS.map((name) => [name, Deno[name]] as const);
  for (const [name, original] of originals) {
    const obey = (...args: unknown[]) =>
      left-- > 0 ? Reflect.apply(original, Deno, args) : Promise.reject(new Killed());
    ok(Reflect.set(Deno, name, obey));
  }
  try {
    await use();
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    throw error;
  } finally {
    for (const [name, original] of originals) Reflect.set(Deno, name, original);
  }
}

Deno.test("whatever operation of a save is its last, the folder is the old model or the new one", () =>
  withParent(async (parent) => {
    const models = await twoModels();
    const [old, next] = models;
    const held: number[] = [];
    for (let operations = 0, finished = false; !finished; operations++) {
      const folder = `${parent}/${operations}`;
      await writeModelFolder(folder, old);
      await Deno.writeTextFile(`${folder}/README.md`, "how made");
      await Deno.writeTextFile(`${folder}/pytorch_model.bin`, "of an older model");
      finished = await withOperations(operations, () => writeModelFolder(folder, next));
      held.push(await modelIn(folder, models));
      await writeModelFolder(folder, next); // whatever was left, the next save works
      equal(await modelIn(folder, models), 2);
      equal(await Deno.readTextFile(`${folder}/README.md`), "how made");
    }
    ok(held.length > 20, `${held.length} operations`);
    const turn = held.indexOf(2);
    deepEqual(held, held.map((_, index) => index < turn ? 1 : 2)); // old up to one operation, new from there on
  }));
