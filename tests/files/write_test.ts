import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  readText,
  standingFolder,
  writeAtomically,
  writeFolderAtomically,
} from "../../lib/files/mod.ts";
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
    await writeFolderAtomically(target, (temporary) => writeAtomically(`${temporary}/a.txt`, "2"));
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

/** Writes these files into a folder at once. */
function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  options: { replaces?: (name: string) => boolean } = {},
): Promise<void> {
  return writeFolderAtomically(folder, async (temporary) => {
    for (const [name, text] of Object.entries(files)) {
      await writeAtomically(`${temporary}/${name}`, text);
    }
  }, options);
}

async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await names(folder)) {
    const { isDirectory } = await Deno.stat(`${folder}/${name}`);
    if (isDirectory) Object.assign(found, prefixed(name, await contents(`${folder}/${name}`)));
    else found[name] = await readText(`${folder}/${name}`);
  }
  return found;
}

const prefixed = (folder: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

Deno.test("a folder of several new files replaces the old one; files and folders of others stay, obsolete ones go", () =>
  withFolder(async (folder) => {
    const target = `${folder}/model`;
    await writeFiles(target, { "a.txt": "1", "b.txt": "1", "old.bin": "x" });
    await writeAtomically(`${target}/README.md`, "how made");
    await writeAtomically(`${target}/logs/one/events`, "log");
    await writeFiles(target, { "a.txt": "2", "b.txt": "2" }, {
      replaces: (name) => name.endsWith(".bin"),
    });
    deepEqual(await contents(target), {
      "README.md": "how made",
      "a.txt": "2",
      "b.txt": "2",
      "logs/one/events": "log",
    });
    deepEqual(await names(folder), ["model"]);
  }));

Deno.test("a file that others have open stays the same file when its folder is replaced", () =>
  withFolder(async (folder) => {
    const target = `${folder}/model`;
    await writeFiles(target, { "a.txt": "1", "b.txt": "1" });
    using log = await Deno.open(`${target}/events`, { create: true, append: true });
    await log.write(Uint8Array.of(0x31));
    await writeFiles(target, { "a.txt": "2", "b.txt": "2" });
    await log.write(Uint8Array.of(0x32));
    equal(await readText(`${target}/events`), "12");
  }));

Deno.test("the old folder is found, and brought back, after a kill between the two renames", () =>
  withFolder(async (folder) => {
    const target = `${folder}/model`;
    await writeFiles(target, { "a.txt": "1", "b.txt": "1" });
    await Deno.rename(target, `${folder}/.model.before`); // what such a kill leaves
    equal(await standingFolder(target), `${folder}/.model.before`);
    await writeFiles(target, { "a.txt": "2" });
    deepEqual(await contents(target), { "a.txt": "2", "b.txt": "1" });
    deepEqual(await names(folder), ["model"]);
    equal(await standingFolder(target), target);
    equal(await standingFolder(`${folder}/other`), `${folder}/other`);
  }));

Deno.test("what killed saves left is removed: the old folder at once, half-written ones after an hour", () =>
  withFolder(async (folder) => {
    const target = `${folder}/model`;
    await writeFiles(target, { "a.txt": "1" });
    for (
      const name of [
        ".model.before",
        ".model.0123abcd.tmp",
        ".model.4567abcd.tmp",
        ".model.notes.tmp",
      ]
    ) {
      await Deno.mkdir(`${folder}/${name}`);
    }
    const earlier = new Date(Date.now() - 2 * 3_600_000);
    await Deno.utime(`${folder}/.model.0123abcd.tmp`, earlier, earlier);
    await writeFiles(target, { "a.txt": "2" });
    deepEqual(await names(folder), [".model.4567abcd.tmp", ".model.notes.tmp", "model"]);
  }));
