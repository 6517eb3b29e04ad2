/** Real answers of a run with all that PPO knows of them, and the gold judge's verdict: for pictures token by token. */
import { judgeQuestion } from "../corpus/mod.ts";
import { promptRow } from "../passages/mod.ts";
import { type Sample } from "../ppo/mod.ts";
import type { Embedded } from "./embedded.ts";
import type { CourseRun } from "./run.ts";

/** A sampled answer, readable. */
export interface JudgedAnswer extends Sample {
  /** The passage that it is about. */
  readonly passage: string;
  /** The text of each token. */
  readonly texts: readonly string[];
  /** The whole answer. */
  readonly question: string;
  /** The gold judge's verdict. */
  readonly right: boolean;
}

/** One answer of the run's actor, as it is now, to each of the first `count` held-out passages. */
export async function judgedAnswers(
  run: CourseRun,
  embedded: Embedded,
  count: number,
): Promise<JudgedAnswer[]> {
  const { tokenizer, heldOut } = embedded;
  const { max_len, query_len } = run.settings;
  const passages = heldOut.slice(0, count);
  const prompts = passages.map(({ content }) =>
    promptRow(tokenizer, content, { maxLen: max_len, queryLen: query_len })
  );
  const samples = await run.ppo.experience(UNUSED_TIMESTEP, prompts);
  return samples.map((sample, row) => {
    const question = tokenizer.decode(sample.answer.filter((token) => token !== tokenizer.sepId));
    const texts = sample.answer.map((token) =>
      token === tokenizer.sepId ? "[SEP]" : tokenizer.decode([token])
    );
    const passage = passages[row];
    return {
      ...sample,
      passage: passage.content,
      texts,
      question,
      right: judgeQuestion(question, passage).right,
    };
  });
}

/** A timestep that no training reaches: these answers have random numbers of their own. */
const UNUSED_TIMESTEP = 2 ** 30;
