/**
 * A model's questions about the held-out passages with the gold judge's verdicts, for the numbers
 * in the models' READMEs.
 */
import { judgeQuestion, readGold, type Reason } from "../lib/corpus/mod.ts";
import { readText } from "../lib/files/mod.ts";
import type { Generator } from "../lib/decode/mod.ts";
import type { Gpt2Arrays, Tokenizer, TokenRow } from "../lib/lm/mod.ts";
import { type Lengths, promptRow } from "../lib/passages/mod.ts";
import { sampleAnswers } from "../lib/decode/mod.ts";
import { table } from "./readme_tables.ts";
import { percent } from "./stage_report.ts";

/** A judged question with its token rows. */
export interface GoldQuestion {
  readonly prompt: TokenRow;
  readonly answer: TokenRow;
  readonly reason: Reason;
}

/** The model, and how to sample from it. */
export interface GoldOptions {
  readonly parameters: Gpt2Arrays;
  readonly tokenizer: Tokenizer;
  readonly lengths: Lengths;
  readonly seed: number;
  /** Questions per passage. */
  readonly rounds?: number;
}

/** Samples questions about each held-out passage, at temperature 1 without cut-off. */
export async function goldSample(
  generator: Generator,
  { parameters, tokenizer, lengths, seed, rounds = 2 }: GoldOptions,
): Promise<GoldQuestion[]> {
  const gold = readGold(await readText("data/gold.json")).filter(({ split }) => split === "test");
  const prompts = gold.map(({ content }) => promptRow(tokenizer, content, lengths));
  const questions: GoldQuestion[] = [];
  for (let round = 1; round <= rounds; round++) {
    const options = { maxNewTokens: lengths.queryLen, seed, round };
    const answers = await sampleAnswers(generator, { parameters, prompts }, options);
    answers.forEach(({ tokens }, index) => {
      const { reason } = judgeQuestion(tokenizer.decode(tokens), gold[index]);
      questions.push({ prompt: prompts[index], answer: tokens, reason });
    });
  }
  return questions;
}

/** The number of questions with each verdict, the most common first. */
export function verdictTable(questions: readonly GoldQuestion[]): string {
  const counts = [...Map.groupBy(questions, ({ reason }) => reason)].toSorted((a, b) =>
    b[1].length - a[1].length
  );
  return table(
    ["verdict", "questions", "share"],
    counts.map(([reason, { length }]) => [reason, length, percent(length / questions.length)]),
  );
}
