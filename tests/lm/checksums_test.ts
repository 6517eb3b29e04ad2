/** A model folder with checksums: a changed byte in any of its files is named when it is read. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { CHECKSUMS, fileExists } from "../../lib/files/mod.ts";
import { readModelFolder, writeModelFolder } from "../../lib/lm/mod.ts";
import { withFolder } from "../helpers/folder.ts";
import { twoModels } from "../helpers/save_forever.ts";

const [model, other] = await twoModels();

for (const file of ["model.safetensors", "config.json", "vocab.txt", "settings.json", CHECKSUMS]) {
  Deno.test(`a flipped byte in ${file} is refused with its name and what to do`, () =>
    withFolder(async (folder) => {
      await writeModelFolder(`${folder}/model`, model, { checksums: true });
      deepEqual((await readModelFolder(`${folder}/model`)).weights, model.weights);
      const path = `${folder}/model/${file}`;
      const bytes = await Deno.readFile(path);
      bytes[bytes.length >> 1] ^= 0x10;
      await Deno.writeFile(path, bytes);
      await rejects(readModelFolder(`${folder}/model`), (error) => {
        ok(error instanceof Error);
        ok(file === CHECKSUMS || error.message.includes(path), error.message);
        ok(error.message.endsWith(`if you changed the file yourself, remove ${CHECKSUMS}`));
        return true;
      });
    }));
}

Deno.test("a model written without checksums removes those of the one before it", () =>
  withFolder(async (folder) => {
    await writeModelFolder(`${folder}/model`, model, { checksums: true });
    await writeModelFolder(`${folder}/model`, other);
    equal(await fileExists(`${folder}/model/${CHECKSUMS}`), false);
    equal((await readModelFolder(`${folder}/model`)).settings?.model, 2);
  }));
