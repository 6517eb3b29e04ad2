/** What cannot be written is an error with the path, the reason, the need and the way on. */
import { equal, match, ok, rejects, throws } from "node:assert/strict";
import {
  appendToSync,
  bytesText,
  DamageError,
  freeBytes,
  makeFolder,
  requireSpace,
  requireWritable,
  verifyChecksums,
  writeAtomically,
  writeChecksums,
  WriteError,
  writeFolderAtomically,
} from "../../lib/files/mod.ts";
import { writeError } from "../../lib/files/write_error.ts";
import { withFolder } from "../helpers/folder.ts";

/** An error of the file system, as Deno throws it. */
const systemError = (code: string) => Object.assign(new Error(`${code} (os error)`), { code });

const REASONS: readonly [string, RegExp][] = [
  [
    "ENOSPC",
    /^Cannot write \/no\/file: the disk is full \(9 MiB are needed, and .* are free\)\. Free some space, or choose a folder on another disk$/,
  ],
  ["EDQUOT", /^Cannot write \/no\/file: the disk quota of this user is used up\. /],
  [
    "EROFS",
    /^Cannot write \/no\/file: its file system is read-only\. Choose a folder that you may write to$/,
  ],
  ["EACCES", /^Cannot write \/no\/file: this user may not write there\. Choose a folder /],
  ["EPERM", /^Cannot write \/no\/file: this user may not write there\. /],
  ["ENAMETOOLONG", /^Cannot write \/no\/file: its name is too long/],
  ["EFBIG", /^Cannot write \/no\/file: it is larger than a file may be/],
  ["EIO", /^Cannot write \/no\/file: the disk reports an error \(EIO\)\. Check the disk/],
];

for (const [code, message] of REASONS) {
  Deno.test(`${code} becomes a sentence with the path and what to do`, () => {
    const error = writeError("/no/file", systemError(code), 9 * 2 ** 20);
    ok(error instanceof WriteError);
    match(error.message, message);
  });
}

Deno.test("an error that is not the file system's stays as it is", () => {
  const error = new RangeError("a weight is missing");
  equal(writeError("/no/file", error), error);
});

Deno.test("a full disk is named when a log grows, with what is needed", {
  ignore: Deno.build.os !== "linux",
}, () => {
  throws(() => appendToSync("/dev/full", "12345"), {
    name: "WriteError",
    message: /^Cannot write \/dev\/full: the disk is full \(5 bytes are needed/,
  });
});

Deno.test("a file in the place of a folder is named", () =>
  withFolder(async (folder) => {
    await writeAtomically(`${folder}/a`, "a file");
    const message = `Cannot write ${folder}/a: a file of that name is there, and a folder is ` +
      "expected. Choose another path";
    await rejects(makeFolder(`${folder}/a`), { message });
    await rejects(writeAtomically(`${folder}/a/b.txt`, "1"), { message });
    await rejects(writeFolderAtomically(`${folder}/a/b`, () => Promise.resolve()), { message });
  }));

Deno.test("a file in whose place a folder is keeps the folder and leaves nothing beside it", () =>
  withFolder(async (folder) => {
    await makeFolder(`${folder}/a/b`);
    await rejects(writeAtomically(`${folder}/a`, "1"), {
      message: /^Cannot write .*\/a: a folder of that name is there, and a file is expected\. /,
    });
    equal((await Array.fromAsync(Deno.readDir(folder))).length, 1);
  }));

Deno.test("space is checked on the disk of a folder that is not there yet", () =>
  withFolder((folder) => {
    const free = freeBytes(`${folder}/a/b/c`) ?? 0;
    ok(free > 0);
    requireSpace(`${folder}/a/b/c`, 1);
    throws(() => requireSpace(`${folder}/a/b/c`, free * 2), {
      message: /^Cannot write .*\/a\/b\/c: the disk is full \(.* are needed, and .* are free\)\. /,
    });
    return Promise.resolve();
  }));

Deno.test("a folder that can be written passes and is not made; one that cannot is named", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withFolder(async (folder) => {
    await requireWritable(`${folder}/a/b`);
    equal((await Array.fromAsync(Deno.readDir(folder))).length, 0);
    await writeAtomically(`${folder}/file`, "");
    await rejects(requireWritable(`${folder}/file/b`), {
      message: /^Cannot (write|read) .*\/file\/b: a part of this path is a file/,
    });
    await rejects(requireWritable("/sys/kernel/model"), {
      message:
        /^Cannot write \/sys\/kernel\/model: (this user may not|its file system is read-only)/,
    });
  }));

Deno.test("bytes are shown in the unit that suits them", () => {
  equal(bytesText(7), "7 bytes");
  equal(bytesText(2 ** 14), "16 KiB");
  equal(bytesText(3 * 2 ** 20 + 1), "4 MiB"); // what is needed is rounded up
  equal(bytesText(2.4 * 2 ** 30), "2.4 GiB");
});

const DAMAGES: readonly [string, (path: string) => Promise<unknown>, RegExp][] = [
  [
    "other bytes",
    (path) => Deno.writeTextFile(path, "abd"),
    /a\.txt: it is damaged: it has other bytes/,
  ],
  ["fewer bytes", (path) => Deno.truncate(path, 2), /a\.txt: it has 2 bytes, and 3 were written$/],
  ["more bytes", (path) => Deno.writeTextFile(path, "abcd"), /a\.txt: it has 4 bytes, and 3 were/],
  ["no file", Deno.remove, /a\.txt: it is missing$/],
];

for (const [what, damage, message] of DAMAGES) {
  Deno.test(`checksums find ${what}`, () =>
    withFolder(async (folder) => {
      await writeAtomically(`${folder}/a.txt`, "abc");
      await writeChecksums(folder);
      await verifyChecksums(folder);
      await damage(`${folder}/a.txt`);
      await rejects(verifyChecksums(folder), (error) => {
        ok(error instanceof DamageError);
        match(error.message, message);
        return true;
      });
    }));
}
