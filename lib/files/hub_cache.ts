/**
 * Where Hugging Face's tools keep the models that they downloaded.
 *
 * Source: huggingface_hub's guide "Manage your cache": `models--OWNER--NAME/snapshots/COMMIT`, with
 * `refs/main` holding the commit of the newest download.
 */
import { join } from "node:path";
import { fileExists, listFolder, readText } from "./read.ts";

const variable = (name: string): string | undefined => Deno.env.get(name) || undefined;

/** The cache's folder: HF_HUB_CACHE, HF_HOME/hub, or ~/.cache/huggingface/hub. */
export function hubCacheFolder(): string {
  const home = variable("HOME") ?? variable("USERPROFILE") ?? ".";
  const caches = variable("XDG_CACHE_HOME") ?? join(home, ".cache");
  return variable("HF_HUB_CACHE") ??
    join(variable("HF_HOME") ?? join(caches, "huggingface"), "hub");
}

/** The folder of a model in the cache, by its name on the hub. */
export const hubModelFolder = (name: string): string =>
  join(hubCacheFolder(), `models--${name.replaceAll("/", "--")}`);

/**
 * The folder of the newest download in a model's folder of the cache; undefined if the folder is
 * none of the cache, or its downloads cannot be told apart.
 */
export async function hubSnapshot(folder: string): Promise<string | undefined> {
  const snapshots = join(folder, "snapshots"), main = join(folder, "refs", "main");
  const names = (await listFolder(snapshots)).map(({ name }) => name);
  const newest = await fileExists(main) ? (await readText(main)).trim() : "";
  if (names.includes(newest)) return join(snapshots, newest);
  return names.length === 1 ? join(snapshots, names[0]) : undefined;
}
