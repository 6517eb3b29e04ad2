/** Compares the tokenizers of two models that read the same ids. */
import { type Text } from "../text/mod.ts";
import { requireUsable, shown } from "./expect_fields.ts";
import type { Gpt2Config } from "./config.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What is compared of a model, and where it was read. */
export interface NamedModel {
  /** Its folder, for errors. */
  readonly path: string;
  /** Its sizes. */
  readonly config: Pick<Gpt2Config, "vocabSize">;
  /** Its tokenizer. */
  readonly tokenizer: Pick<Tokenizer, "vocabulary" | "lowerCase">;
}

const casing = ({ tokenizer }: NamedModel): Text =>
  tokenizer.lowerCase
    ? { en: "lower-cases texts", zh: "把文本转为小写" }
    : { en: "keeps the case of texts", zh: "保留大小写" };

const ADVICE = {
  en: "Train the reward model from this policy, or use the policy that it was trained from.",
  zh: "请从这个策略模型训练奖励模型，或使用训练奖励模型时的那个策略模型。",
};

/**
 * Fails unless every id that a policy reads or writes means the same to its reward model.
 *
 * @throws {RangeError} With the first id that differs, the case setting, or the sizes.
 * @example
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { makeTokenizer, requireSameTokenizer } from "ppo/lm/mod.ts";
 * const modelOf = (path: string, words: string[]) => {
 *   const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", ...words]);
 *   return { path, config: { vocabSize: tokenizer.vocabSize }, tokenizer };
 * };
 * throws(
 *   () => requireSameTokenizer(modelOf("sft", ["铁", "路"]), modelOf("rm", ["路", "铁"])),
 *   /id 4 is "路" there, but "铁" in the policy sft/,
 * );
 * ```
 */
export function requireSameTokenizer(policy: NamedModel, reward: NamedModel): void {
  const what = { en: `the reward model ${reward.path}`, zh: `奖励模型 ${reward.path}` };
  const [own, others] = [casing(reward), casing(policy)];
  requireUsable(policy.tokenizer.lowerCase === reward.tokenizer.lowerCase, what, {
    en: `it ${own.en}, but the policy ${policy.path} ${others.en} (do_lower_case). ${ADVICE.en}`,
    zh: `它${own.zh}，而策略模型 ${policy.path} ${others.zh} (do_lower_case)。${ADVICE.zh}`,
  });
  policy.tokenizer.vocabulary.forEach((token, id) => {
    const found = reward.tokenizer.vocabulary[id];
    requireUsable(found === token, what, {
      en: `id ${id} is ${found === undefined ? "no token" : shown(found)} there, ` +
        `but ${shown(token)} in the policy ${policy.path}. ${ADVICE.en}`,
      zh: `编号 ${id} 在其中${found === undefined ? "没有词元" : `是 ${shown(found)}`}，` +
        `而在策略模型 ${policy.path} 中是 ${shown(token)}。${ADVICE.zh}`,
    });
  });
  const [rows, needed] = [reward.config.vocabSize, policy.config.vocabSize];
  requireUsable(rows >= needed, what, {
    en: `its embedding has ${rows} rows, but that of the policy ${policy.path} has ` +
      `${needed}. Give it as many in Python: model.resize_token_embeddings(${needed})`,
    zh: `它的词嵌入有 ${rows} 行，而策略模型 ${policy.path} 有 ${needed} 行。` +
      `请在 Python 中补足：model.resize_token_embeddings(${needed})`,
  });
}
