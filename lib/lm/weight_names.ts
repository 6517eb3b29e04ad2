/**
 * The keys of a file as the names of GPT-2's weights: under whatever prefix all of them share,
 * inside a training checkpoint, and with the value heads of other libraries.
 *
 * What is unambiguous is read, with a note. Names of another library or architecture are refused
 * with the command that converts them.
 */
import { say, type Text } from "../text/mod.ts";
import { requireUsable } from "./expect_fields.ts";

/** The prefix of a body's names in the files of models that have a head. */
export const PREFIX = "transformer.";
/** The head of a reward model or critic. */
export const VALUE_HEAD = "value_fn.weight";
/** The bias of a value head, which only other libraries' heads have. */
export const VALUE_BIAS = "value_fn.bias";
/** The output layer of a language model. */
export const LANGUAGE_HEAD = "lm_head.weight";
/** The token embedding, which is also the output layer. */
export const TOKEN_EMBEDDING = "wte.weight";
const POSITIONS = "wpe.weight";

/** A file's keys by the names that the library has for them. */
export interface NamedKeys {
  /** The key of each name. */
  readonly keys: ReadonlyMap<string, string>;
  /** Sentences about what was found. */
  readonly notes: readonly string[];
}

/** Names that wrap a module anywhere in a key: `torch.compile`, FSDP, activation checkpointing. */
const WRAPPERS = /(^|\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;

/**
 * Value heads: ours, transformers' and OpenRLHF's `score`, TRL's and DeepSpeed-Chat's `v_head`,
 * OpenRLHF's older `value_head`, and transformers' `summary`.
 */
const VALUE_HEADS =
  /^(?:.*\.)?(value_fn|score|v_head|value_head|summary)(?:\.summary)?\.(weight|bias)$/;

/** The same names in words, for errors. */
export const VALUE_HEAD_NAMES = "value_fn, score, v_head, value_head or summary";

/** Keys of other libraries, and how to convert them. */
const FOREIGN: readonly (readonly [key: RegExp, advice: Text])[] = [
  [/\.lora_[AB]\./, {
    en: "they are a LoRA adapter's; " +
      "merge it in Python: model.merge_and_unload().save_pretrained(...)",
    zh: "这是 LoRA 适配器；请在 Python 中合并：model.merge_and_unload().save_pretrained(...)",
  }],
  [/^embedding\.(word|word_embedding|position)\b.*weight$/, {
    en: "they are UER-py's; convert them with its scripts/convert_gpt2_from_uer_to_huggingface.py",
    zh: "这是 UER-py 的模型；请用它的 scripts/convert_gpt2_from_uer_to_huggingface.py 转换",
  }],
  [/\blanguage_model\.(embedding|encoder|decoder|transformer)\./, {
    en: "they are Megatron-LM's; convert them with transformers' " +
      "models/megatron_gpt2/convert_megatron_gpt2_checkpoint.py",
    zh: "这是 Megatron-LM 的模型；请用 transformers 的 " +
      "models/megatron_gpt2/convert_megatron_gpt2_checkpoint.py 转换",
  }],
  [/\bembed_tokens\.weight$/, {
    en: "they are those of a LLaMA-like model, and only GPT-2 is supported",
    zh: "这是 LLaMA 一类的模型，而这里只支持 GPT-2",
  }],
  [/\bword_embeddings\.weight$/, {
    en: "they are BERT's or BLOOM's, and only GPT-2 is supported",
    zh: "这是 BERT 或 BLOOM 的模型，而这里只支持 GPT-2",
  }],
];

/** The first names of a list, quoted, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  const more = names.length - 3;
  const [en, zh] = more > 0 ? [` and ${more} more`, ` 等，另有 ${more} 个`] : ["", ""];
  return say({ en: shown.join(", ") + en, zh: shown.join("、") + zh });
}

/** The beginnings of keys that end with a name. */
function prefixesOf(name: string, keys: readonly string[]): string[] {
  const found = keys.filter((key) => key === name || key.endsWith(`.${name}`))
    .map((key) => key.slice(0, -name.length));
  return [...new Set(found)];
}

/** Refuses keys that are not GPT-2's, with what they are. */
function refuseForeign(keys: readonly string[], path: string): never {
  const [, advice] = FOREIGN.find(([pattern]) => keys.some((key) => pattern.test(key))) ?? [];
  const [en, zh] = advice === undefined ? ["", ""] : [`: ${advice.en}`, `：${advice.zh}`];
  throw new RangeError(say({
    en: `Cannot use ${path}: it lacks "${TOKEN_EMBEDDING}" and all other names of a GPT-2; ` +
      `it has ${listNames(keys)}${en}`,
    zh: `不能使用 ${path}：其中没有“${TOKEN_EMBEDDING}”，也没有 GPT-2 的其他名称；` +
      `有的是 ${listNames(keys)}${zh}`,
  }));
}

/** The one prefix of the body's names, such as `module.transformer.`. */
function bodyPrefix(keys: readonly string[], path: string): string {
  const lora = keys.filter((key) => /\.lora_[AB]\./.test(key));
  if (lora.length > 0) refuseForeign(lora, path);
  const anchors = [POSITIONS, TOKEN_EMBEDDING, "h.0.ln_1.weight"];
  const prefixes = anchors.map((name) => prefixesOf(name, keys)).find(({ length }) => length > 0);
  if (prefixes === undefined) refuseForeign(keys, path);
  const isOne = prefixes.length === 1 || prefixes.toSorted().join() === `,${PREFIX}`;
  const models = prefixes.map((prefix) => `"${prefix}"`);
  requireUsable(isOne, path, {
    en: `it holds ${prefixes.length} models, under ${models.join(" and ")}. ` +
      "Save the state dict of one of them to a file of its own.",
    zh: `其中有 ${prefixes.length} 个模型，前缀是 ${models.join(" 和 ")}。` +
      "请把其中一个的 state dict 单独存成一个文件。",
  });
  return prefixes.toSorted()[0];
}

/** The innermost dictionary of a training checkpoint that contains a key. */
const groupOf = (key: string, groups: readonly string[]): string =>
  groups.filter((group) => key.startsWith(group)).toSorted((a, b) => b.length - a.length)[0] ?? "";

/** The library's name of a key without the prefix of its file. */
function nameOf(key: string, { body, outer }: { body: string; outer: string }): string {
  if (body !== "" && key.startsWith(body)) return key.slice(body.length);
  const own = outer !== "" && key.startsWith(outer) ? key.slice(outer.length) : key;
  return own.startsWith(PREFIX) ? own.slice(PREFIX.length) : own;
}

/** Renames the value head; there may be one at most. */
function nameHead(named: Map<string, string>, path: string): void {
  const heads = Map.groupBy(
    [...named.keys()].filter((name) => VALUE_HEADS.test(name)),
    (name) => name.replace(/\.(weight|bias)$/, ""),
  );
  const names = [...heads.keys()].join(", ");
  requireUsable(heads.size <= 1, path, {
    en: `it has ${heads.size} value heads (${names}), and a reward model has one`,
    zh: `它有 ${heads.size} 个价值头（${names}），而奖励模型只有一个`,
  });
  for (const name of [...heads.values()].flat()) {
    const key = named.get(name) ?? name;
    named.delete(name);
    named.set(name.endsWith("bias") ? VALUE_BIAS : VALUE_HEAD, key);
  }
}

/** A name that occurs twice, once after the prefix of transformers. */
export const twoNames = (name: string): Text => ({
  en: `it has "${name}" with and without "${PREFIX}"`,
  zh: `“${name}”有两个，一个带“${PREFIX}”前缀，一个不带`,
});

/** The dictionary of a training checkpoint that is read, and what is left out. */
function groupNote(path: string, group: string, left: readonly string[]): string {
  const [en, zh] = left.length === 0
    ? ["", ""]
    : [`; ${left.join(", ")} are left out`, `；略去了 ${left.join("、")}`];
  return say({
    en: `${path} is a training checkpoint: its "${group}" is read${en}`,
    zh: `${path} 是训练检查点：读取其中的“${group}”${zh}`,
  });
}

/**
 * Names a file's keys.
 *
 * @param groups names of the dictionaries in a training checkpoint, each with a dot at its end
 * @throws {RangeError} If the names are another library's, or the file holds several models.
 */
export function nameKeys(
  stored: Iterable<string>,
  { path, groups = [] }: { path: string; groups?: readonly string[] | undefined },
): NamedKeys {
  const notes: string[] = [];
  const plain = new Map(Array.from(stored, (key) => [key.replaceAll(WRAPPERS, "$1"), key]));
  const body = bodyPrefix([...plain.keys()], path);
  const group = groupOf(body, groups);
  const outer = `.${body}`.endsWith(`.${PREFIX}`) ? body.slice(0, -PREFIX.length) : body;
  const named = new Map<string, string>(), left = new Set<string>();
  for (const [key, original] of plain) {
    if (!key.startsWith(group)) {
      left.add(key.split(".")[0]);
      continue;
    }
    const name = nameOf(key, { body, outer });
    requireUsable(!named.has(name), path, twoNames(name));
    named.set(name, original);
  }
  nameHead(named, path);
  if (group !== "") {
    notes.push(groupNote(path, group.slice(0, -1), [...left]));
  }
  const prefix = outer.slice(group.length);
  if (prefix !== "") {
    notes.push(say({
      en: `${path}: the prefix "${prefix}" of its names is omitted`,
      zh: `${path}：略去了名称的前缀“${prefix}”`,
    }));
  }
  const tied = named.get(LANGUAGE_HEAD);
  if (!named.has(TOKEN_EMBEDDING) && tied !== undefined) {
    named.delete(LANGUAGE_HEAD);
    named.set(TOKEN_EMBEDDING, tied);
    notes.push(say({
      en: `${path} has no "${TOKEN_EMBEDDING}": the output layer, tied to it, is read instead`,
      zh: `${path} 没有“${TOKEN_EMBEDDING}”：改读与它共享权重的输出层`,
    }));
  }
  return { keys: named, notes };
}
