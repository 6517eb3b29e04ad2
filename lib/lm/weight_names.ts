/**
 * The keys of a file as the names of GPT-2's weights: under whatever prefix all of them share,
 * inside a training checkpoint, and with the value heads of other libraries.
 *
 * What is unambiguous is read, with a note. Names of another library or architecture are refused
 * with the command that converts them.
 */
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
const FOREIGN: readonly (readonly [key: RegExp, advice: string])[] = [
  [
    /\.lora_[AB]\./,
    "they are a LoRA adapter's; merge it in Python: model.merge_and_unload().save_pretrained(...)",
  ],
  [
    /^embedding\.(word|word_embedding|position)\b.*weight$/,
    "they are UER-py's; convert them with its scripts/convert_gpt2_from_uer_to_huggingface.py",
  ],
  [
    /\blanguage_model\.(embedding|encoder|decoder|transformer)\./,
    "they are Megatron-LM's; convert them with transformers' " +
    "models/megatron_gpt2/convert_megatron_gpt2_checkpoint.py",
  ],
  [/\bembed_tokens\.weight$/, "they are those of a LLaMA-like model, and only GPT-2 is supported"],
  [/\bword_embeddings\.weight$/, "they are BERT's or BLOOM's, and only GPT-2 is supported"],
];

/** The first names of a list, quoted, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
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
  const reason = `it lacks "${TOKEN_EMBEDDING}" and all other names of a GPT-2; ` +
    `it has ${listNames(keys)}` + (advice === undefined ? "" : `: ${advice}`);
  throw new RangeError(`Cannot use ${path}: ${reason}`);
}

/** The one prefix of the body's names, such as `module.transformer.`. */
function bodyPrefix(keys: readonly string[], path: string): string {
  const lora = keys.filter((key) => /\.lora_[AB]\./.test(key));
  if (lora.length > 0) refuseForeign(lora, path);
  const anchors = [POSITIONS, TOKEN_EMBEDDING, "h.0.ln_1.weight"];
  const prefixes = anchors.map((name) => prefixesOf(name, keys)).find(({ length }) => length > 0);
  if (prefixes === undefined) refuseForeign(keys, path);
  const isOne = prefixes.length === 1 || prefixes.toSorted().join() === `,${PREFIX}`;
  const models = prefixes.map((prefix) => `"${prefix}"`).join(" and ");
  const several = `it holds ${prefixes.length} models, under ${models}. ` +
    "Save the state dict of one of them to a file of its own.";
  requireUsable(isOne, path, several);
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
  const several = `it has ${heads.size} value heads (${[...heads.keys()].join(", ")}), ` +
    "and a reward model has one";
  requireUsable(heads.size <= 1, path, several);
  for (const name of [...heads.values()].flat()) {
    const key = named.get(name) ?? name;
    named.delete(name);
    named.set(name.endsWith("bias") ? VALUE_BIAS : VALUE_HEAD, key);
  }
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
    requireUsable(!named.has(name), path, `it has "${name}" with and without "${PREFIX}"`);
    named.set(name, original);
  }
  nameHead(named, path);
  if (group !== "") {
    const rest = left.size === 0 ? "" : `; ${[...left].join(", ")} are left out`;
    notes.push(`${path} is a training checkpoint: its "${group.slice(0, -1)}" is read${rest}`);
  }
  const prefix = outer.slice(group.length);
  if (prefix !== "") notes.push(`${path}: the prefix "${prefix}" of its names is omitted`);
  const tied = named.get(LANGUAGE_HEAD);
  if (!named.has(TOKEN_EMBEDDING) && tied !== undefined) {
    named.delete(LANGUAGE_HEAD);
    named.set(TOKEN_EMBEDDING, tied);
    notes.push(
      `${path} has no "${TOKEN_EMBEDDING}": the output layer, tied to it, is read instead`,
    );
  }
  return { keys: named, notes };
}
