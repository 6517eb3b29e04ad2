/**
 * The lengths of a run's prompts, from its data and the vocabulary of its policy. They bound the
 * memory of a pass more closely than `max_len`.
 */
import { readTokenizer } from "../lib/lm/mod.ts";
import { promptRow, readPassages } from "../lib/passages/mod.ts";
import type { Settings } from "../lib/settings/mod.ts";

/** The files and the limits of a run's prompts. */
export type PromptSource = Pick<
  Settings,
  "ori_model_path" | "train_file_path" | "max_len" | "query_len"
>;

/**
 * The tokens of each prompt; undefined where the passages or the vocabulary cannot be read. The run
 * itself reads them again and reports what is wrong.
 */
export async function promptLengths(
  { ori_model_path, train_file_path, max_len: maxLen, query_len: queryLen }: PromptSource,
): Promise<number[] | undefined> {
  try {
    const tokenizer = await readTokenizer(ori_model_path);
    const passages = await readPassages(train_file_path);
    return passages.map((content) => promptRow(tokenizer, content, { maxLen, queryLen }).length);
  } catch {
    return undefined;
  }
}
