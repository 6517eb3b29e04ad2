/** What is said of a path that leads to no model, or to more than one. */
import type { Text } from "../text/mod.ts";
import { few, quoted } from "./other_models.ts";

/** What a path means instead of a model's folder. */
export const PLACES = {
  cacheFolder: { en: "a folder of the Hugging Face cache", zh: " Hugging Face 缓存中的文件夹" },
  cache: { en: "the Hugging Face cache", zh: " Hugging Face 缓存" },
  run: { en: "a run folder", zh: "训练文件夹" },
  folder: { en: "a folder", zh: "文件夹" },
} as const satisfies Readonly<Record<string, Text>>;

/** A folder around one model. */
export const insteadNote = (path: string, place: Text, folder: string): Text => ({
  en: `${path} is ${place.en}: reading ${folder}`,
  zh: `${path} 是${place.zh}：读取 ${folder}`,
});

/** A folder around several models, by their names in it. */
export const severalModels = (place: Text, names: readonly string[]): Text => ({
  en: `it is ${place.en} with ${names.length} models (${few(names)})`,
  zh: `它是${place.zh}，其中有 ${names.length} 个模型（${few(names)}）`,
});

/** The advice for them. */
export const nameOne = (path: string): Text => ({
  en: `Name one of them, such as ${quoted(path)}`,
  zh: `请指明其中一个，例如 ${quoted(path)}`,
});

/** A path in quotes, in which the shell does not replace the home folder. */
export const HOME = {
  found: { en: "there is no such folder", zh: "没有这个文件夹" },
  advice: {
    en: "The shell replaces ~ only outside quotes",
    zh: "shell 只在引号之外才会展开 ~",
  },
} as const;

/** A path that leads nowhere. */
export const notThere = (isFile: boolean): Text =>
  isFile ? { en: "there is no such file", zh: "没有这个文件" } : HOME.found;

/** The models around a path that leads nowhere, and how to download one of that name. */
export function nearby(
  parent: string,
  models: readonly string[],
  hubName: string | undefined,
): Text {
  const near = models.length === 0
    ? { en: `${parent} holds no model`, zh: `${parent} 中没有模型` }
    : {
      en: `The models in ${parent} are ${few(models)}`,
      zh: `${parent} 中的模型有 ${few(models)}`,
    };
  if (hubName === undefined) return near;
  const command = `hf download ${hubName} --local-dir ${hubName}`;
  return {
    en: `${near.en}. If it is a name on the Hugging Face hub, download it: ${command}`,
    zh: `${near.zh}。如果它是 Hugging Face 上的名称，请下载：${command}`,
  };
}

/** A model that is read from the cache under its name on the hub. */
export const cachedNote = (name: string, snapshot: string): Text => ({
  en: `${name} is read from the Hugging Face cache: ${snapshot}`,
  zh: `${name} 从 Hugging Face 缓存读取：${snapshot}`,
});

/** A file in whose place the folder around it is read. */
export const fileNote = (path: string, folder: string): Text => ({
  en: `${path} is a file: reading ${folder}`,
  zh: `${path} 是文件：读取 ${folder}`,
});

/** A file that is read as what it is called. */
export const isKind = ({ en, zh }: Text): Text => ({ en: `it is ${en}`, zh: `它是${zh}` });

/** A file beside which there is no model. */
export const LONE_FILE = {
  found: {
    en: "it is a file, and its folder has no config.json",
    zh: "它是文件，而所在的文件夹没有 config.json",
  },
  advice: {
    en: "A model is a folder with config.json, weights and vocab.txt; copy the missing files " +
      "from the model that this one was trained from",
    zh: "模型是一个文件夹，其中有 config.json、权重和 vocab.txt；" +
      "请从训练时的初始模型复制缺少的文件",
  },
} as const;

/** A run that has states and no policy yet. */
export const onlyState = (state: string): Text => ({
  en: `it is a run folder with ${state} only`,
  zh: `它是训练文件夹，其中只有 ${state}`,
});

/** The advice for it. */
export const resumeFirst = (path: string): Text => ({
  en: `It has no checkpoint yet; continue it: deno task train --resume ${quoted(path)}`,
  zh: `它还没有检查点；请续训：deno task train --resume ${quoted(path)}`,
});

/** A folder without `config.json`, by what it has instead. */
export const withoutConfig = (names: readonly string[]): Text =>
  names.length === 0 ? { en: "it is empty", zh: "它是空的" } : {
    en: `it has no config.json; it has ${few(names)}`,
    zh: `其中没有 config.json，只有 ${few(names)}`,
  };

/** What a folder needs to be a model. */
export const A_MODEL = {
  en: "A model is a folder with config.json, weights (model.safetensors or pytorch_model.bin) " +
    "and vocab.txt",
  zh: "模型是一个文件夹，其中有 config.json、权重（model.safetensors 或 pytorch_model.bin）" +
    "和 vocab.txt",
} as const;

/** What a folder holds instead, and how to convert it. */
export const holdsOther = (kind: Text, advice: Text): Text => ({
  en: `It holds ${kind.en}. ${advice.en}`,
  zh: `其中是${kind.zh}。${advice.zh}`,
});
