import { deepEqual, equal, rejects } from "node:assert/strict";
import { readText, writeAtomically, writeFolderAtomically } from "../../lib/files/mod.ts";
import { withFolder } from "../helpers/folder.ts";

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test("a written file replaces the old one and leaves nothing beside it", () =>
  withFolder(async (folder) => {
    await writeAtomically(`${folder}/new/a.txt`, "old");
    await writeAtomically(`${folder}/new/a.txt`, [Uint8Array.of(0x61), Uint8Array.of(0x62)], {
      durable: true,
    });
    equal(await readText(`${folder}/new/a.txt`), "ab");
    deepEqual(await names(`${folder}/new`), ["a.txt"]);
  }));

Deno.test("a write that fails half-way leaves the old file as it was", () =>
  withFolder(async (folder) => {
    await writeAtomically(`${folder}/a.txt`, "old");
    function* failing() {
      yield Uint8Array.of(1, 2, 3);
      throw new Error("the power failed");
    }
    await rejects(writeAtomically(`${folder}/a.txt`, failing()), { message: "the power failed" });
    equal(await readText(`${folder}/a.txt`), "old");
    deepEqual(await names(folder), ["a.txt"]);
  }));

Deno.test("a folder appears whole, and what else lay in it stays", () =>
  withFolder(async (folder) => {
    const target = `${folder}/model/`;
    await writeFolderAtomically(target, (temporary) => writeAtomically(`${temporary}/a.txt`, "1"));
    await writeAtomically(`${target}README.md`, "how made");
    await writeFolderAtomically(target, (temporary) => writeAtomically(`${temporary}/a.txt`, "2"), {
      durable: true,
    });
    deepEqual(await names(target), ["README.md", "a.txt"]);
    equal(await readText(`${target}a.txt`), "2");
    deepEqual(await names(folder), ["model"]);
  }));

Deno.test("a folder that fails half-way is not seen", () =>
  withFolder(async (folder) => {
    const failing = writeFolderAtomically(`${folder}/model`, async (temporary) => {
      await writeAtomically(`${temporary}/a.txt`, "1");
      throw new Error("the power failed");
    });
    await rejects(failing, { message: "the power failed" });
    deepEqual(await names(folder), []);
  }));

Deno.test("a folder is not written over a file of that name", () =>
  withFolder(async (folder) => {
    await writeAtomically(`${folder}/model`, "a file");
    await rejects(writeFolderAtomically(`${folder}/model`, () => Promise.resolve()), {
      message: `Cannot write the folder ${folder}/model: a file of that name is there`,
    });
  }));
