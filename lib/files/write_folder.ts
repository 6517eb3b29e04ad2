/**
 * Folders written as a whole: after a kill at any moment a folder is the old one or the new one,
 * never a mixture.
 *
 * The new folder is made beside the old one. If only one file differs, it is renamed into place.
 * Otherwise the other content of the old folder is linked into the new one, the old folder is
 * renamed to `.NAME.before`, the new one takes its name, and the old one is removed. Between these
 * two renames the old folder exists only under its other name, where `standingFolder` finds it.
 * Everything is on the disk before it takes a name, and the name before anything old is removed, so
 * a power failure is survived too.
 */
import { say } from "../text/mod.ts";
import { basename, dirname, join, relative, resolve } from "node:path";
import { writeChecksums } from "./checksums.ts";
import { fileExists } from "./read.ts";
import { makeFolder, syncFolder, syncTree } from "./sync.ts";
import { targetOf, temporaryBeside } from "./write.ts";
import { writeError } from "./write_error.ts";

/** The name of the old folder while the new one takes its place. */
const placeBefore = (folder: string): string =>
  join(dirname(resolve(folder)), `.${basename(resolve(folder))}.before`);

/**
 * Finds a folder's content: the folder itself or, if a save was killed between its two renames,
 * the old one beside it.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { standingFolder } from "ppo/files/mod.ts";
 *
 * equal(await standingFolder("lib"), "lib");
 * ```
 */
export async function standingFolder(folder: string): Promise<string> {
  const before = placeBefore(folder);
  return !await fileExists(folder) && await fileExists(before) ? before : folder;
}

const HOUR = 3_600_000;

const remove = (path: string): Promise<void> => Deno.remove(path, { recursive: true });

/**
 * Repairs what a killed save left: restores an old folder, or removes one that is replaced, and
 * removes unfinished new ones.
 */
async function tidy(folder: string): Promise<void> {
  const before = placeBefore(folder);
  if (await fileExists(before)) {
    await (await fileExists(folder) ? remove(before) : Deno.rename(before, folder));
  }
  const parent = dirname(before);
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    if (!isDirectory || targetOf(name) !== basename(resolve(folder))) continue;
    const { mtime } = await Deno.stat(join(parent, name));
    if (mtime !== null && Date.now() - mtime.getTime() > HOUR) await remove(join(parent, name));
  }
}

const SMALL = 1 << 20;

/** Whether two files have the same bytes; large ones count as different without being read. */
async function sameContent(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([Deno.stat(a), Deno.stat(b).catch(() => undefined)]);
  if (!right?.isFile || left.size !== right.size || left.size > SMALL) return false;
  const [one, other] = await Promise.all([Deno.readFile(a), Deno.readFile(b)]);
  return one.every((byte, index) => byte === other[index]);
}

const namesIn = async (folder: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);

/**
 * Gives a file, or all files of a folder, a second name. Bytes are copied only where the file
 * system cannot link.
 */
async function linkAll(from: string, to: string): Promise<void> {
  const { isDirectory, isSymlink } = await Deno.lstat(from);
  if (isSymlink) return await Deno.symlink(await Deno.readLink(from), to);
  if (!isDirectory) return await Deno.link(from, to).catch(() => Deno.copyFile(from, to));
  await Deno.mkdir(to);
  for (const name of await namesIn(from)) await linkAll(join(from, name), join(to, name));
}

/** Lets the new folder take the old one's name. */
async function swap(temporary: string, folder: string): Promise<void> {
  const before = placeBefore(folder);
  await Deno.rename(folder, before);
  try {
    await Deno.rename(temporary, folder);
  } catch (cause) {
    await Deno.rename(before, folder);
    throw cause;
  }
  await syncFolder(dirname(before));
  await remove(before);
}

/** Whether this process works in the folder, which then cannot be replaced under it. */
const isWorkedIn = (folder: string): boolean => !relative(folder, Deno.cwd()).startsWith("..");

async function moveInto(
  temporary: string,
  target: string,
  replaces: (name: string) => boolean,
): Promise<void> {
  const found = await Deno.stat(target).catch(() => undefined);
  if (found === undefined) {
    await Deno.rename(temporary, target);
    return await syncFolder(dirname(temporary));
  }
  if (!found.isDirectory) {
    throw new Error(say({
      en: `Cannot write the folder ${target}: a file of that name is there`,
      zh: `无法写入文件夹 ${target}：那里有同名的文件`,
    }));
  }
  const folder = await Deno.realPath(target);
  const written = await namesIn(temporary);
  const others = (await namesIn(folder)).filter((name) => !written.includes(name));
  const changed: string[] = [];
  for (const name of written) {
    if (!await sameContent(join(temporary, name), join(folder, name))) changed.push(name);
  }
  const kindOf = (name: string) => replaces(name) ? "obsolete" : "kept";
  const { obsolete = [], kept = [] } = Object.groupBy(others, kindOf);
  if (changed.length + obsolete.length <= 1 || isWorkedIn(folder)) { // file by file
    for (const name of changed) await Deno.rename(join(temporary, name), join(folder, name));
    await syncFolder(folder);
    for (const name of obsolete) await remove(join(folder, name));
    return;
  }
  for (const name of kept) await linkAll(join(folder, name), join(temporary, name));
  await swap(temporary, folder);
}

/**
 * Lets `fill` write files into an empty folder, then moves them to `folder`, and waits until they
 * are on the disk.
 *
 * If `fill` throws, `folder` is unchanged. Other files of `folder` stay, except those that
 * `replaces` names because the new files make them obsolete. With `checksums`, the folder gets a
 * `checksums.json` for `verifyChecksums`.
 *
 * @throws {Error} if a file has that name.
 * @throws {WriteError} if the file system refuses, with the path and the reason.
 */
export async function writeFolderAtomically(
  folder: string,
  fill: (temporary: string) => Promise<void>,
  { replaces = () => false, checksums = false }: {
    replaces?: (name: string) => boolean;
    checksums?: boolean;
  } = {},
): Promise<void> {
  const temporary = temporaryBeside(folder);
  await makeFolder(dirname(temporary));
  try {
    await Deno.mkdir(temporary);
    await tidy(folder);
    await fill(temporary);
    if (checksums) await writeChecksums(temporary);
    await syncTree(temporary);
    await moveInto(temporary, folder, replaces);
  } catch (cause) {
    throw writeError(folder, cause);
  } finally {
    await remove(temporary).catch(() => {});
  }
}
