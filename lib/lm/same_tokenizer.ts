/** Compares the tokenizers of two models that read the same ids. */
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

const casing = ({ tokenizer }: NamedModel): string =>
  tokenizer.lowerCase ? "lower-cases texts" : "keeps the case of texts";

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
  const what = `the reward model ${reward.path}`;
  const advice =
    "Train the reward model from this policy, or use the policy that it was trained from.";
  const cases = `it ${casing(reward)}, but the policy ${policy.path} ${casing(policy)} ` +
    `(do_lower_case). ${advice}`;
  requireUsable(policy.tokenizer.lowerCase === reward.tokenizer.lowerCase, what, cases);
  policy.tokenizer.vocabulary.forEach((token, id) => {
    const found = reward.tokenizer.vocabulary[id];
    const differs = `id ${id} is ${found === undefined ? "no token" : shown(found)} there, ` +
      `but ${shown(token)} in the policy ${policy.path}. ${advice}`;
    requireUsable(found === token, what, differs);
  });
  const [rows, needed] = [reward.config.vocabSize, policy.config.vocabSize];
  const sizes = `its embedding has ${rows} rows, but that of the policy ${policy.path} has ` +
    `${needed}. Give it as many in Python: model.resize_token_embeddings(${needed})`;
  requireUsable(rows >= needed, what, sizes);
}
