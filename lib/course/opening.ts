/** Text lengths and special tokens in the form that the library takes. */
import type { SpecialTokens } from "../decode/mod.ts";
import type { Tokenizer } from "../lm/mod.ts";
import type { Lengths } from "../passages/mod.ts";
import type { Settings } from "../settings/mod.ts";

/** The longest row and question, in tokens. */
export const lengthsOf = (
  { max_len: maxLen, query_len: queryLen }: Pick<Settings, "max_len" | "query_len">,
): Lengths => ({ maxLen, queryLen });

/** Padding and end of an answer. */
export const specialOf = (
  { padId, endId }: Pick<Tokenizer, "padId" | "endId">,
): SpecialTokens => ({ padId, endId });
