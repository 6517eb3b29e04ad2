/**
 * Waiting until files and folders are on the disk.
 *
 * A file that was written, and a name that was given, may be lost in a power failure until they
 * are synced: the bytes with the file, its name with the folder. (`man 2 fsync`)
 */
import { dirname, join, resolve } from "node:path";
import { statOrNothing } from "./read.ts";
import { failToWrite } from "./write_error.ts";

/** Waits until the names in a folder are on the disk. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using opened = await Deno.open(folder, { read: true });
  await opened.sync().catch(failToWrite(folder));
}

/** Waits until everything in a folder is on the disk: files, subfolders, names. */
export async function syncTree(folder: string): Promise<void> {
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await syncTree(path);
    if (!isFile) continue;
    using file = await Deno.open(path, { read: true, write: true });
    await file.sync().catch(failToWrite(path));
  }
  await syncFolder(folder);
}

/** Makes a folder and those above it, if they are missing, and waits until they are on the disk. */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path);
  if ((await statOrNothing(folder).catch(failToWrite(folder)))?.isDirectory) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await Deno.mkdir(folder).catch(async (cause: unknown) => {
    // another process may have made it meanwhile
    if (!(await Deno.stat(folder).catch(() => undefined))?.isDirectory) failToWrite(folder)(cause);
  });
  await syncFolder(parent).catch((cause) => {
    if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause; // it may not be read
  });
}
