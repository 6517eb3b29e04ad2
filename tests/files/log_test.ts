import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  appendTo,
  cutBack,
  fileExists,
  fileSize,
  readText,
  removeUnfinished,
  writeAtomically,
} from "../../lib/files/mod.ts";
import { withFolder } from "../helpers/folder.ts";

Deno.test("lines and bytes are added at the end, and the file can be cut back to what it was", () =>
  withFolder(async (folder) => {
    const path = `${folder}/logs/metrics.jsonl`;
    equal(await fileSize(path), 0);
    await appendTo(path, "一\n");
    const size = await fileSize(path);
    equal(size, 4); // three bytes and the line's end
    await appendTo(path, Uint8Array.of(0x61, 0x62));
    equal(await readText(path), "一\nab");
    await cutBack(path, size);
    equal(await readText(path), "一\n");
  }));

Deno.test("cut back to nothing, a file is gone; one that is not there stays so", () =>
  withFolder(async (folder) => {
    await appendTo(`${folder}/a`, "1\n");
    await cutBack(`${folder}/a`, 0);
    equal(await fileExists(`${folder}/a`), false);
    await cutBack(`${folder}/a`, 0);
  }));

Deno.test("a file shorter than it was cannot be cut back to that", () =>
  withFolder(async (folder) => {
    await appendTo(`${folder}/a`, "12");
    await rejects(cutBack(`${folder}/a`, 3), {
      name: "RangeError",
      message: `Cannot cut ${folder}/a back to 3 bytes: it has 2`,
    });
  }));

Deno.test("what killed writes have left is removed, and nothing else", () =>
  withFolder(async (folder) => {
    for (
      const name of [
        ".state-1-2.0a1b2c3d.tmp/actor.safetensors",
        ".a.txt.12345678.tmp",
        "a.tmp",
        ".hidden",
      ]
    ) {
      await writeAtomically(`${folder}/${name}`, "x");
    }
    await removeUnfinished(folder);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    deepEqual(names, [".hidden", "a.tmp"]);
  }));
