/** What is said of a model's folder whose weights are not in their place. */
import type { Text } from "../text/mod.ts";
import { few, quoted } from "./other_models.ts";

/** Weights under another name. */
export const weightsNote = (folder: string, name: string): Text => ({
  en: `${folder}: the weights are read from ${name}`,
  zh: `${folder}：权重从 ${name} 读取`,
});

/** Shards without their index. */
export const withoutIndex = (shards: readonly string[], index: string): Text => ({
  en: `it has ${shards.length} shards (${few(shards)}), but no ${index}.index.json`,
  zh: `其中有 ${shards.length} 个分片（${few(shards)}），但没有 ${index}.index.json`,
});

/** The advice for them. */
export const COPY_INDEX = {
  en: "Copy the index from where the shards come from",
  zh: "请从分片的来源处复制索引文件",
} as const;

/** Several files that may be the weights; `first` is the path of one. */
export const severalWeights = (folder: string, names: readonly string[], first: string): Text => ({
  en: `Cannot read ${folder}: it has no weights under their usual names, ` +
    `and ${names.length} files that may hold them (${few(names)}). ` +
    `Name one of them, such as ${quoted(first)}`,
  zh: `无法读取 ${folder}：没有常用名称的权重，而可能是权重的文件有 ${names.length} 个` +
    `（${few(names)}）。请指明其中一个，例如 ${quoted(first)}`,
});

/** A file of another format instead of weights. */
export const otherWeights = (folder: string, kind: Text, advice: Text): Text => ({
  en: `Cannot read ${folder}: it has no weights. It has ${kind.en}. ${advice.en}`,
  zh: `无法读取 ${folder}：没有权重，只有${kind.zh}。${advice.zh}`,
});

/** No weights at all; `models` are those in folders below. */
export function noWeights(folder: string, models: readonly string[]): Text {
  const hint = models.length > 0
    ? { en: `Models in it are ${few(models)}`, zh: `其中的模型有 ${few(models)}` }
    : {
      en: "model.safetensors or pytorch_model.bin, whole or in shards with an index, is expected",
      zh: "应有 model.safetensors 或 pytorch_model.bin，可以是整个文件，也可以是分片加索引",
    };
  return {
    en: `Cannot read ${folder}: it has no weights. ${hint.en}`,
    zh: `无法读取 ${folder}：没有权重。${hint.zh}`,
  };
}

/** A tokenizer that is read from the folder around the model's. */
export const tokenizerNote = (folder: string, parent: string): Text => ({
  en: `${folder} has no tokenizer: reading that of ${parent}`,
  zh: `${folder} 没有分词器：读取 ${parent} 的分词器`,
});
