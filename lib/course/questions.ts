/** Asking a policy for questions about passages, and judging them by the facts behind the passages. */
import { judgeQuestion, type Verdict } from "../corpus/mod.ts";
import type { Generator } from "../decode/mod.ts";
import type { Gpt2Arrays, Tokenizer } from "../lm/mod.ts";
import { bootstrapInterval, meanOf } from "../rl/mod.ts";
import { uniform } from "../random/mod.ts";
import { promptRow } from "../passages/mod.ts";
import { type Settings } from "../settings/mod.ts";
import type { Passage } from "./embedded.ts";

/** A question that a policy asked, with the judge's verdict. */
export interface JudgedQuestion extends Verdict {
  /** The passage's text. */
  readonly passage: string;
  /** The answer decoded, without [SEP]. */
  readonly question: string;
}

/** How to ask. */
export interface AskOptions {
  /** The policy's own. */
  readonly tokenizer: Tokenizer;
  /** Longest question in tokens; a longer one counts as cut off. */
  /** Lengths under the names of the settings. */
  readonly settings: Pick<Settings, "max_len" | "query_len">;
  /** The same seed asks two policies with the same random numbers, so that they can be compared passage by passage. */
  readonly seed: number;
  /** Passages asked about at once (default 16). */
  readonly batchSize?: number;
}

/** Rollout number that no training timestep uses: questions asked for a judgement draw numbers of their own. */
const JUDGEMENT = 2 ** 31;

/** One question for each passage. */
export async function askQuestions(
  { generator, parameters }: { generator: Generator; parameters: Gpt2Arrays },
  passages: readonly Passage[],
  { tokenizer, settings, seed, batchSize = 16 }: AskOptions,
): Promise<JudgedQuestion[]> {
  const judged: JudgedQuestion[] = [];
  const lengths = { maxLen: settings.max_len, queryLen: settings.query_len };
  for (let start = 0; start < passages.length; start += batchSize) {
    const batch = passages.slice(start, start + batchSize);
    const draw = (row: number, position: number) => uniform(seed, JUDGEMENT, start + row, position);
    const prompts = batch.map(({ content }) => promptRow(tokenizer, content, lengths));
    const answers = await generator.generate(parameters, prompts, {
      maxNewTokens: settings.query_len,
      uniform: draw,
    });
    answers.forEach(({ tokens, ended }, row) => {
      const question = tokenizer.decode(ended ? tokens.slice(0, -1) : tokens);
      judged.push({
        passage: batch[row].content,
        question,
        ...judgeQuestion(question, batch[row]),
      });
    });
  }
  return judged;
}

/** A fraction with its 95 % interval. */
export interface Fraction {
  /** The estimate itself: a share from 0 to 1, or for a gain from -1 to 1. */
  readonly value: number;
  /** Its lower and upper end. */
  readonly interval: readonly [number, number];
}

/** Gold before and after, and the gain passage by passage. */
export interface GoldComparison {
  /** Share of right questions before training. */
  readonly before: Fraction;
  /** Share of right questions after training. */
  readonly after: Fraction;
  /** after - before, with an interval paired by passage. */
  readonly gain: Fraction;
  /** How many passages were asked about. */
  readonly n: number;
}

const points = (judged: readonly JudgedQuestion[]) => judged.map(({ right }) => right ? 1 : 0);

/** Share of right questions before and after, with bootstrap intervals (paired for the gain). */
export function compareGold(
  before: readonly JudgedQuestion[],
  after: readonly JudgedQuestion[],
): GoldComparison {
  const [first, second] = [points(before), points(after)];
  return {
    before: fraction(first),
    after: fraction(second),
    gain: fraction(second.map((point, index) => point - first[index])),
    n: first.length,
  };
}

function fraction(values: readonly number[]): Fraction {
  const { low, high } = bootstrapInterval(values, { seed: 1 });
  return { value: meanOf(values), interval: [low, high] };
}

/** How many questions got each verdict, the commonest first. */
export function verdictCounts(
  judged: readonly JudgedQuestion[],
): { verdict: string; questions: number; share: string }[] {
  const counts = new Map<string, number>();
  for (const { reason } of judged) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([verdict, questions]) => ({
    verdict,
    questions,
    share: `${(100 * questions / judged.length).toFixed(1)} %`,
  }));
}

/** Two policies' questions about the same passages in one row each, spread over the list. */
export function sideBySide(
  before: readonly JudgedQuestion[],
  after: readonly JudgedQuestion[],
  { every = 23 }: { every?: number } = {},
): { passage: string; before: string; after: string }[] {
  const mark = ({ question, right }: JudgedQuestion) => `${right ? "✓" : "✗"} ${question}`;
  return before.flatMap((first, index) =>
    index % every === 0
      ? [{ passage: first.passage, before: mark(first), after: mark(after[index]) }]
      : []
  );
}

/** The commonest ways to ask: a question's last characters, with their share before and after. */
export function questionForms(
  before: readonly JudgedQuestion[],
  after: readonly JudgedQuestion[],
  { characters = 4, count = 8 }: { characters?: number; count?: number } = {},
): { ending: string; before: string; after: string }[] {
  const endings = (judged: readonly JudgedQuestion[]) =>
    judged.map(({ question }) => question.slice(-characters));
  const [first, second] = [endings(before), endings(after)];
  const share = (all: readonly string[], ending: string) =>
    all.filter((other) => other === ending).length / all.length;
  const both = (ending: string) => share(first, ending) + share(second, ending);
  const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
  return [...new Set([...first, ...second])].sort((a, b) => both(b) - both(a)).slice(0, count)
    .map((ending) => ({
      ending: `…${ending}`,
      before: percent(share(first, ending)),
      after: percent(share(second, ending)),
    }));
}
