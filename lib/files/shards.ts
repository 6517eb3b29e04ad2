/**
 * Several tensor files with an index (`model.safetensors.index.json`,
 * `pytorch_model.bin.index.json`), as one.
 *
 * Source: Hugging Face's documentation of sharded checkpoints; `weight_map` gives the file of each
 * key.
 */
import { cannotRead } from "./cannot_read.ts";
import { dirname, join } from "node:path";
import { expectRecord, readJsonRecord } from "./json.ts";
import { openSafetensors } from "./safetensors.ts";
import type { TensorFile, TensorView } from "./tensor.ts";
import { openTorchFile } from "./torch_file.ts";

/** A file name without a folder, so that an index cannot lead anywhere else. */
const PLAIN_NAME = /^[\w.-]+\.(safetensors|bin)$/;

async function readWeightMap(path: string): Promise<[key: string, file: string][]> {
  const { weight_map: map } = await readJsonRecord(path);
  const files = expectRecord(map, path, "weight_map");
  return Object.entries(files).map(([key, name]) => {
    if (typeof name === "string" && PLAIN_NAME.test(name)) return [key, name];
    const file = JSON.stringify(name)?.slice(0, 100);
    throw new TypeError(cannotRead(path, {
      en: `"${key}" is in ${file}, and a file of this folder is expected`,
      zh: `“${key}”在 ${file} 中，应为本文件夹中的文件`,
    }));
  });
}

/**
 * All views, with names of storages that no other shard has. Each key must be in the file that the
 * index gives for it.
 */
function joinViews(
  shards: ReadonlyMap<string, TensorFile>,
  files: ReadonlyMap<string, string>,
  { index, skip }: { index: string; skip: (key: string) => boolean },
): Map<string, TensorView> {
  const joined = new Map<string, TensorView>();
  for (const [name, { path, views }] of shards) {
    for (const [key, view] of views) {
      if (skip(key)) continue;
      if (files.get(key) !== name) {
        throw new RangeError(cannotRead(path, {
          en: `${index} does not place "${key}" in it`,
          zh: `按 ${index}，“${key}”不在这个文件里`,
        }));
      }
      joined.set(key, { ...view, storage: `${name}/${view.storage}` });
    }
  }
  for (const [key, name] of files) {
    if (joined.has(key)) continue;
    const path = shards.get(name)?.path;
    throw new RangeError(cannotRead(String(path), {
      en: `it lacks "${key}", which ${index} places in it`,
      zh: `缺少“${key}”，而按 ${index} 它应在这个文件里`,
    }));
  }
  return joined;
}

/**
 * Opens all files that an index names.
 *
 * @param index the path of the index
 * @param options.skip keys that are not wanted, whatever they contain
 * @throws {Error} if a file is missing or a key is in another file. The message names the file and
 *   the key.
 */
export async function openShards(
  index: string,
  { skip = () => false }: { skip?: (key: string) => boolean } = {},
): Promise<TensorFile> {
  using opened = new DisposableStack();
  const files = new Map((await readWeightMap(index)).filter(([key]) => !skip(key)));
  const shards = new Map<string, TensorFile>();
  for (const name of new Set(files.values())) {
    const open = name.endsWith(".safetensors") ? openSafetensors : openTorchFile;
    shards.set(name, opened.use(await open(join(dirname(index), name), { skip })));
  }
  const views = joinViews(shards, files, { index, skip });
  const keep = opened.move();
  return {
    path: index,
    views,
    async stream(storage, put) {
      const slash = storage.indexOf("/"); // a file's name has no slash
      await shards.get(storage.slice(0, slash))?.stream(storage.slice(slash + 1), put);
    },
    [Symbol.dispose]: () => keep.dispose(),
  };
}
