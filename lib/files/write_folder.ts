/**
 * Folders written whole: after a kill at any moment a folder is the old one or the new one, never a mixture.
 *
 * The new folder is made beside the old. If one file alone differs, it is renamed into place. Otherwise what else lies in the old
 * folder is linked into the new one, the old folder is renamed to `.NAME.before`, the new one takes its name, and the old one goes.
 * Between these two renames the old folder is there under its other name only: `standingFolder` finds it.
 */
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileExists } from "./read.ts";
import { temporaryBeside } from "./write.ts";

/** Where the old folder stands while the new one takes its place. */
function placeBefore(folder: string): string {
  const target = resolve(folder);
  return join(dirname(target), `.${basename(target)}.before`);
}

/**
 * Where a folder's content stands: the folder itself, or, if a save was killed between its two renames, the old one beside it.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(await standingFolder("lib"), "lib");
 * ```
 */
export async function standingFolder(folder: string): Promise<string> {
  if (await fileExists(folder)) return folder;
  const before = placeBefore(folder);
  return await fileExists(before) ? before : folder;
}

const HOUR = 3_600_000;

/** Puts right what a killed save left: brings an old folder back, removes one that is replaced, and what was never finished. */
async function tidy(folder: string): Promise<void> {
  const before = placeBefore(folder);
  if (await fileExists(before)) {
    if (await fileExists(folder)) await Deno.remove(before, { recursive: true });
    else await Deno.rename(before, folder);
  }
  const parent = dirname(before), name = basename(resolve(folder));
  for await (const entry of Deno.readDir(parent)) {
    const isOurs = entry.name.startsWith(`.${name}.`) &&
      /^[0-9a-f]{8}\.tmp$/.test(entry.name.slice(name.length + 2));
    if (!isOurs || !entry.isDirectory) continue;
    const path = join(parent, entry.name);
    const { mtime } = await Deno.stat(path);
    if (mtime !== null && Date.now() - mtime.getTime() > HOUR) {
      await Deno.remove(path, { recursive: true });
    }
  }
}

const SMALL = 1 << 20;

/** Whether two files have the same bytes; large ones count as different without being read. */
async function sameContent(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([Deno.stat(a), Deno.stat(b).catch(() => undefined)]);
  if (right === undefined || !right.isFile || left.size !== right.size || left.size > SMALL) {
    return false;
  }
  const [one, other] = await Promise.all([Deno.readFile(a), Deno.readFile(b)]);
  return one.every((byte, index) => byte === other[index]);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

/** A second name for a file (its bytes are not copied where the file system can link), or for all files of a folder. */
async function linkAll(from: string, to: string): Promise<void> {
  const { isDirectory, isSymlink } = await Deno.lstat(from);
  if (isSymlink) return await Deno.symlink(await Deno.readLink(from), to);
  if (!isDirectory) return await Deno.link(from, to).catch(() => Deno.copyFile(from, to));
  await Deno.mkdir(to);
  for (const name of await namesIn(from)) await linkAll(join(from, name), join(to, name));
}

/** The new folder takes the old one's name. */
async function swap(temporary: string, folder: string): Promise<void> {
  const before = placeBefore(folder);
  await Deno.rename(folder, before);
  try {
    await Deno.rename(temporary, folder);
  } catch (cause) {
    await Deno.rename(before, folder);
    throw cause;
  }
  await Deno.remove(before, { recursive: true });
}

/** Whether this process works in the folder, which then cannot be replaced under it. */
function isWorkedIn(folder: string): boolean {
  const path = relative(resolve(folder), Deno.cwd());
  return !path.startsWith("..");
}

/** File by file, for a folder that cannot be renamed: one that this process works in, or a mount. */
async function moveEach(
  temporary: string,
  folder: string,
  { changed, gone }: Changes,
): Promise<void> {
  for (const name of changed) await Deno.rename(join(temporary, name), join(folder, name));
  for (const name of gone) await Deno.remove(join(folder, name), { recursive: true });
}

interface Changes {
  /** Files that are new or have other bytes. */
  readonly changed: readonly string[];
  /** Files of the old folder that the new one makes obsolete. */
  readonly gone: readonly string[];
}

async function replaceFolder(temporary: string, folder: string, changes: Changes): Promise<void> {
  const { changed, gone } = changes;
  if (changed.length + gone.length <= 1 || isWorkedIn(folder)) {
    return await moveEach(temporary, folder, changes);
  }
  const written = new Set(await namesIn(temporary));
  for (const name of await namesIn(folder)) {
    if (!written.has(name) && !gone.includes(name)) {
      await linkAll(join(folder, name), join(temporary, name));
    }
  }
  await swap(temporary, folder);
}

async function moveInto(
  temporary: string,
  folder: string,
  replaces: (name: string) => boolean,
): Promise<void> {
  const target = await Deno.stat(folder).catch(() => undefined);
  if (target === undefined) return await Deno.rename(temporary, folder);
  if (!target.isDirectory) {
    throw new Error(`Cannot write the folder ${folder}: a file of that name is there`);
  }
  const place = await Deno.realPath(folder);
  const written = await namesIn(temporary);
  const changed: string[] = [];
  for (const name of written) {
    if (!await sameContent(join(temporary, name), join(place, name))) changed.push(name);
  }
  const gone = (await namesIn(place)).filter((name) => !written.includes(name) && replaces(name));
  await replaceFolder(temporary, place, { changed, gone });
}

/**
 * Lets `fill` write files into an empty folder, then puts them where `folder` is meant to be.
 *
 * If `fill` throws, `folder` is as it was. Other files of `folder` stay, but for those that `replaces` names: what the new files
 * make obsolete. `durable` waits until the files are on the disk.
 *
 * @throws {Error} If a file has that name, or the disk is full.
 */
export async function writeFolderAtomically(
  folder: string,
  fill: (temporary: string) => Promise<void>,
  { replaces = () => false, durable = false }: {
    replaces?: (name: string) => boolean;
    durable?: boolean;
  } = {},
): Promise<void> {
  const temporary = temporaryBeside(folder);
  await Deno.mkdir(temporary, { recursive: true });
  try {
    await tidy(folder);
    await fill(temporary);
    if (durable) await syncFiles(temporary);
    await moveInto(temporary, folder, replaces);
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
}

/** Waits until every file of a folder is on the disk. */
async function syncFiles(folder: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    using file = await Deno.open(join(folder, name), { read: true, write: true });
    await file.sync();
  }
}
