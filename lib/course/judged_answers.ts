/**
 * Real answers of a run with everything that PPO knows about them, and the gold judge's verdict;
 * for figures token by token.
 */
import { judgeQuestion } from "../corpus/mod.ts";
import { promptRow } from "../passages/mod.ts";
import type { Sample } from "../ppo/mod.ts";
import type { Embedded } from "./embedded.ts";
import { lengthsOf } from "./opening.ts";
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

/** A timestep that no training reaches, so that these answers have random numbers of their own. */
const UNUSED_TIMESTEP = 2 ** 30;

/** One answer of the run's actor, as it is now, to each of the first `count` held-out passages. */
export async function judgedAnswers(
  { ppo, settings }: Pick<CourseRun, "ppo" | "settings">,
  { tokenizer, heldOut }: Pick<Embedded, "tokenizer" | "heldOut">,
  count: number,
): Promise<JudgedAnswer[]> {
  const passages = heldOut.slice(0, count);
  const prompts = passages.map(({ content }) => promptRow(tokenizer, content, lengthsOf(settings)));
  const samples = await ppo.experience(UNUSED_TIMESTEP, prompts);
  const { endId } = tokenizer;
  return samples.map((sample, row) => {
    const question = tokenizer.decode(sample.answer.filter((token) => token !== endId));
    const texts = sample.answer.map((id) =>
      id === endId ? tokenizer.tokenOf(id) : tokenizer.decode([id])
    );
    const { right } = judgeQuestion(question, passages[row]);
    return { ...sample, passage: passages[row].content, texts, question, right };
  });
}
