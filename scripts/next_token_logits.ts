/**
 * Writes the distribution behind the sampling slider of chapter 01: the embedded SFT model's logits
 * after a passage and the beginning of a question, largest first.
 *
 *     deno run -A scripts/next_token_logits.ts
 *
 * A page has no model, so it needs the numbers. `tests/sliders` compares them with the model.
 */
import { loadEmbedded, openPolicy } from "../lib/course/mod.ts";
import { writeAtomically } from "../lib/files/mod.ts";
import { BEGINNING, PASSAGE } from "../lib/sliders/next_token_logits.ts";

const embedded = await loadEmbedded();
const model = await openPolicy(embedded);
const state = [...model.promptOf(PASSAGE), ...embedded.tokenizer.encode(BEGINNING)];
const logits = await model.logitsAfter(state);
const order = logits.map((_, id) => id).toSorted((a, b) => logits[b] - logits[a]);
const thousandths = order.map((id) => String(Math.round(1000 * logits[id])));
const lines: string[] = [""];
for (const number of thousandths) {
  if (lines[lines.length - 1].length + number.length > 100) lines.push("");
  lines[lines.length - 1] += `${number} `;
}
const seen = order.flatMap((id, place) => state.includes(id) ? [place] : []);
const tokens = order.slice(0, 10).map((id) => embedded.tokenizer.tokenOf(id));
await writeAtomically(
  new URL("../lib/sliders/next_token_logits.ts", import.meta.url).pathname,
  `/** What the embedded SFT model says after a passage and the beginning of a question; written by scripts/next_token_logits.ts. */

/** The passage. */
export const PASSAGE = "${PASSAGE}";
/** The question so far. */
export const BEGINNING = "${BEGINNING}";

/** The likeliest tokens, in order. */
export const TOKENS: readonly string[] = ${JSON.stringify(tokens)};

const thousandths = \`
${lines.map((line) => line.trim()).join("\n")}\`;

/** The logits of the whole vocabulary, largest first. */
export const LOGITS: readonly number[] = thousandths.trim().split(/\\s+/).map((text) => Number(text) / 1000);

/** Places, in that order, of the tokens that stand in the text already. */
export const SEEN: readonly number[] = ${JSON.stringify(seen)};
`,
);
