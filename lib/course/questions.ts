/** Questions that a policy asks about passages, judged by the facts behind the passages. */
import { judgeQuestion, type PassageRecord, type Verdict } from "../corpus/mod.ts";
import { type Generator, sampleAnswers } from "../decode/mod.ts";
import type { Gpt2Arrays, Tokenizer } from "../lm/mod.ts";
import { promptRow } from "../passages/mod.ts";
import type { Estimate } from "../plots/mod.ts";
import { bootstrapInterval, meanOf } from "../rl/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { lengthsOf } from "./opening.ts";
import { verdictName } from "./verdict_names.ts";

/** A question that a policy asked, with the judge's verdict. */
export interface JudgedQuestion extends Pick<Verdict, "right"> {
  /** The passage's text. */
  readonly passage: string;
  /** The answer decoded, without [SEP]. */
  readonly question: string;
  /** Why the question is right or wrong, in the language of the notebook. */
  readonly reason: string;
}

/** How to ask. */
export interface AskOptions {
  /** The policy's own. */
  readonly tokenizer: Tokenizer;
  /** The longest row and question in tokens; a longer question counts as cut off. */
  readonly settings: Pick<Settings, "max_len" | "query_len">;
  /**
   * With the same seed two policies use the same random numbers, so that they can be compared
   * passage by passage.
   */
  readonly seed: number;
}

/**
 * A rollout number that no training timestep uses, so that these questions have random numbers of
 * their own.
 */
const JUDGEMENT = 2 ** 31;

/** One question for each passage. */
export async function askQuestions(
  { generator, parameters }: { generator: Generator; parameters: Gpt2Arrays },
  passages: readonly PassageRecord[],
  { tokenizer, settings, seed }: AskOptions,
): Promise<JudgedQuestion[]> {
  const prompts = passages.map(({ content }) => promptRow(tokenizer, content, lengthsOf(settings)));
  const options = { maxNewTokens: settings.query_len, seed, round: JUDGEMENT, batchSize: 16 };
  const answers = await sampleAnswers(generator, { parameters, prompts }, options);
  return answers.map(({ tokens, ended }, index) => {
    const passage = passages[index];
    const question = tokenizer.decode(ended ? tokens.slice(0, -1) : tokens);
    const { right, reason } = judgeQuestion(question, passage);
    return { passage: passage.content, question, right, reason: verdictName(reason) };
  });
}

/** Shares of right questions, each with its 95 % interval, over `n` passages. */
export type GoldComparison =
  & Readonly<Record<"before" | "after" | "gain", Estimate>>
  & { readonly n: number };

/**
 * Share of right questions before and after training, with bootstrap intervals; `gain` is after -
 * before, and its interval is paired by passage.
 */
export function compareGold(
  before: readonly JudgedQuestion[],
  after: readonly JudgedQuestion[],
): GoldComparison {
  const [first, second] = [before, after].map((judged) => judged.map(({ right }) => Number(right)));
  return {
    before: fraction(first),
    after: fraction(second),
    gain: fraction(second.map((point, index) => point - first[index])),
    n: first.length,
  };
}

function fraction(values: readonly number[]): Estimate {
  const { low, high } = bootstrapInterval(values, { seed: 1 });
  return { value: meanOf(values), interval: [low, high] };
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** How many questions got each verdict, the commonest first. */
export function verdictCounts(
  judged: readonly JudgedQuestion[],
): { verdict: string; questions: number; share: string }[] {
  const counts = [...Map.groupBy(judged, ({ reason }) => reason)]
    .map(([verdict, { length }]) => ({ verdict, questions: length }))
    .toSorted((a, b) => b.questions - a.questions);
  return counts.map((row) => ({ ...row, share: percent(row.questions / judged.length) }));
}

/** Two policies' questions about every 23rd passage, side by side. */
export function sideBySide(
  before: readonly JudgedQuestion[],
  after: readonly JudgedQuestion[],
): { passage: string; before: string; after: string }[] {
  const mark = ({ question, right }: JudgedQuestion) => `${right ? "✓" : "✗"} ${question}`;
  const rows = before.map((first, index) => {
    return { passage: first.passage, before: mark(first), after: mark(after[index]) };
  });
  return rows.filter((_, index) => index % 23 === 0);
}

/**
 * The eight commonest ways to ask: the last four characters of a question, with their share before
 * and after.
 */
export function questionForms(
  before: readonly JudgedQuestion[],
  after: readonly JudgedQuestion[],
): { ending: string; before: string; after: string }[] {
  const shareOf = (judged: readonly JudgedQuestion[], ending: string) =>
    meanOf(judged.map(({ question }) => question.slice(-4) === ending ? 1 : 0));
  const endings = new Set([...before, ...after].map(({ question }) => question.slice(-4)));
  return [...endings]
    .map((ending) => ({ ending, first: shareOf(before, ending), second: shareOf(after, ending) }))
    .toSorted((a, b) => b.first + b.second - (a.first + a.second)).slice(0, 8)
    .map(({ ending, first, second }) => {
      return { ending: `…${ending}`, before: percent(first), after: percent(second) };
    });
}
