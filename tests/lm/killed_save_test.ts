/** A process that saves is killed again and again: the folder holds one of its models, whole, after each kill. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readModelFolder } from "../../lib/lm/mod.ts";
import { randomStream } from "../../lib/rl/mod.ts";
import { twoModels } from "../helpers/save_forever.ts";

const SCRIPT = fileURLToPath(new URL("../helpers/save_forever.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
const KILLS = 12;

/** Starts saving, and kills the process a random while after its first save; gives how many saves it made. */
async function saveAndKill(folder: string, milliseconds: number): Promise<number> {
  const args = ["run", "-A", "--no-check", "--config", CONFIG, SCRIPT, folder];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
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

const ignore = Deno.build.os === "windows"; // it has no signal that kills

Deno.test(
  "after a kill at any moment the folder is one of the models that were saved",
  { ignore },
  async () => {
    const parent = await Deno.makeTempDir();
    const folder = `${parent}/model`;
    const models = await twoModels();
    const random = randomStream(3);
    try {
      let saves = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        saves += await saveAndKill(folder, 5 + 60 * random());
        const found = await readModelFolder(folder);
        const saved = models[Number(found.settings?.model) - 1];
        ok(saved !== undefined);
        deepEqual(found.config, saved.config);
        deepEqual(found.weights, saved.weights);
      }
      ok(saves >= KILLS, `${saves} saves`);
    } finally {
      await Deno.remove(parent, { recursive: true });
    }
  },
);
