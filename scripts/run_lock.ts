/**
 * The lock on the folder of a run: `.lock`, held open by the process that trains there, and naming
 * it. The system releases the lock when that process ends in any way.
 */
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { failToWrite, fileExists, makeFolder } from "../lib/files/mod.ts";
import { say } from "../lib/text/mod.ts";

/** A lock that is held, until it is disposed of or the process ends. */
export interface FolderLock extends Disposable {
  /** Removes the lock, and the folders that were made for it, if nothing else is in them. */
  remove(): Promise<void>;
}

/**
 * How long a killed process may take to release the lock, in milliseconds. One with a large model
 * frees much memory.
 */
const LAST_BREATH = 5000;

const lockPath = (folder: string): string => join(folder, ".lock");

/** The folders of a path that do not exist, from the innermost to the outermost. */
async function missingFolders(path: string): Promise<string[]> {
  const folder = resolve(path);
  return await fileExists(folder) ? [] : [folder, ...await missingFolders(dirname(folder))];
}

/**
 * Locks a folder against other training processes. It is made if necessary.
 *
 * @throws {Error} If another process holds the lock; the message names it.
 * @throws {WriteError} If this user may not write there.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = lockPath(folder);
  const start = performance.now();
  for (;;) {
    const made = await missingFolders(folder);
    await makeFolder(folder);
    const file = await Deno.open(path, { create: true, write: true }).catch(failToWrite(path));
    if (await file.tryLock(true) && await isStill(file, path)) {
      return await heldLock(file, path, made);
    }
    file.close();
    if (performance.now() - start > LAST_BREATH) {
      const holder = await holderOf(path);
      throw new Error(say({
        en: `Cannot train in ${folder}: ${holder} is training there`,
        zh: `无法在 ${folder} 中训练：${holder}正在那里训练`,
      }));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether the file of that name is the open one: a start that failed may have removed it. */
async function isStill(file: Deno.FsFile, path: string): Promise<boolean> {
  const named = await Deno.stat(path).catch(() => undefined);
  return named !== undefined && named.ino === (await file.stat()).ino;
}

async function heldLock(
  file: Deno.FsFile,
  path: string,
  made: readonly string[],
): Promise<FolderLock> {
  const holder = { pid: Deno.pid, host: hostname(), since: new Date().toISOString() };
  await file.truncate(0).catch(failToWrite(path));
  await file.write(new TextEncoder().encode(JSON.stringify(holder) + "\n"))
    .catch(failToWrite(path));
  return {
    [Symbol.dispose]: () => file.close(),
    async remove() {
      await Deno.remove(path);
      for (const folder of made) {
        if (!await Deno.remove(folder).then(() => true, () => false)) break; // it is in use
      }
      file.close();
    },
  };
}

/** The process that holds a lock, in words. */
async function holderOf(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => "");
  try {
    const { pid, host, since } = JSON.parse(text);
    return say({
      en: `process ${pid} on ${host} (since ${since})`,
      zh: `${host} 上的进程 ${pid}（始于 ${since}）`,
    });
  } catch {
    // of an older version, or one that has just begun
    return say({ en: "another process", zh: "另一个进程" });
  }
}
