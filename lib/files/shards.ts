/**
 * Several tensor files with an index (`model.safetensors.index.json`, `pytorch_model.bin.index.json`), as one.
 *
 * Source: Hugging Face's documentation of sharded checkpoints: `weight_map` says which file has which key.
 */
import { dirname, join } from "node:path";
import { describeJson, isRecord, readJsonRecord } from "./json.ts";
import { openSafetensors } from "./safetensors.ts";
import type { TensorFile, TensorView } from "./tensor.ts";
import { openTorchFile } from "./torch_file.ts";

/** A key's file name: no folder, so that an index cannot lead anywhere else. */
const PLAIN_NAME = /^[\w.-]+\.(safetensors|bin)$/;

async function readWeightMap(path: string): Promise<Map<string, string>> {
  const { weight_map: map } = await readJsonRecord(path);
  if (!isRecord(map)) {
    throw new TypeError(
      `Cannot read ${path}: weight_map is ${describeJson(map)}, and an object is expected`,
    );
  }
  const files = new Map<string, string>();
  for (const [key, name] of Object.entries(map)) {
    if (typeof name !== "string" || !PLAIN_NAME.test(name)) {
      const found = JSON.stringify(name)?.slice(0, 100);
      throw new TypeError(
        `Cannot read ${path}: "${key}" is in ${found}, and a file of this folder is expected`,
      );
    }
    files.set(key, name);
  }
  return files;
}

/** A shard's views under names of storages that no other shard has; each key must be where the index says. */
function* shardViews(
  { path, views }: TensorFile,
  { name, files, index, skip }: {
    name: string;
    files: ReadonlyMap<string, string>;
    index: string;
    skip: (key: string) => boolean;
  },
): Generator<[string, TensorView]> {
  for (const [key, file] of files) {
    if (file === name && !views.has(key)) {
      throw new RangeError(`Cannot read ${path}: it lacks "${key}", which ${index} says it has`);
    }
  }
  for (const [key, view] of views) {
    if (skip(key)) continue;
    if (files.get(key) !== name) {
      throw new RangeError(`Cannot read ${path}: it has "${key}", and ${index} does not say so`);
    }
    yield [key, { ...view, storage: `${name}/${view.storage}` }];
  }
}

async function openShard(path: string, skip: (key: string) => boolean): Promise<TensorFile> {
  return await (path.endsWith(".safetensors")
    ? openSafetensors(path, { skip })
    : openTorchFile(path));
}

/**
 * Opens all files that an index names.
 *
 * @param index the path of the index
 * @param options.skip keys that are not wanted, whatever they hold
 * @throws {Error} A sentence that names the file and the key: a file that is missing, a key that is elsewhere.
 */
export async function openShards(
  index: string,
  { skip = () => false }: { skip?: (key: string) => boolean } = {},
): Promise<TensorFile> {
  const files = new Map([...await readWeightMap(index)].filter(([key]) => !skip(key)));
  const shards = new Map<string, TensorFile>();
  const close = () => shards.forEach((shard) => shard[Symbol.dispose]());
  try {
    for (const name of new Set(files.values())) {
      shards.set(name, await openShard(join(dirname(index), name), skip));
    }
    const views = [...shards].flatMap((
      [name, shard],
    ) => [...shardViews(shard, { name, files, index, skip })]);
    return {
      path: index,
      views: new Map(views),
      async stream(storage, put) {
        const slash = storage.indexOf("/"); // no file's name has one
        await shards.get(storage.slice(0, slash))?.stream(storage.slice(slash + 1), put);
      },
      [Symbol.dispose]: close,
    };
  } catch (cause) {
    close();
    throw cause;
  }
}
