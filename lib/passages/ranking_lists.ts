/**
 * Ranked lists for the reward stage, one passage per list, in the tutorial's seven ranks
 * (`rankingList` of `lib/corpus`).
 *
 * Rank 3, "question of another passage", has two forms. A question about something else teaches the
 * model to compare names. A good question about the right name whose answer is missing from this
 * passage teaches it to look for the answer. With the first form alone, a reward model accepts
 * every well-formed question about the right name.
 */
import { acceptedPhrases, makeCorpus, rankingList, spoil } from "../corpus/mod.ts";
import type { CorpusPassage, PassageRecord } from "../corpus/mod.ts";
import type { Random } from "../random/mod.ts";
import { say } from "../text/mod.ts";
import type { RankedText } from "./examples.ts";
import type { QuestionedPassage } from "./passage_files.ts";

/**
 * Gives a question about a passage's subject that the passage does not answer; undefined where none
 * is known.
 */
export type Unanswerable = (passage: QuestionedPassage, random: Random) => string | undefined;

/** The ingredients of lists besides the passages. */
export interface RankingListOptions {
  /** A model's questions: for each passage, one for each of its lists. */
  readonly modelQuestions: readonly (readonly string[])[];
  /** The source of unanswerable questions for rank 3. */
  readonly unanswerable: Unanswerable;
  /** Share of the lists whose rank 3 is unanswerable, where such a question is known. */
  readonly proportion: number;
  /** The source of random choices. */
  readonly random: Random;
}

const pick = <T>(items: readonly T[], random: Random): T =>
  items[Math.floor(random() * items.length)];

/**
 * Makes the lists, passage by passage. The lists of one passage use different human questions as
 * long as there are enough.
 *
 * @throws {RangeError} If no other passage asks anything else.
 */
export function rankingLists(
  passages: readonly QuestionedPassage[],
  { modelQuestions, unanswerable, proportion, random }: RankingListOptions,
): RankedText[][] {
  return passages.flatMap((passage, index) =>
    modelQuestions[index].map((modelQuestion, list) => {
      const wanted = random() < proportion ? unanswerable(passage, random) : undefined;
      return rankingList(passage.content, {
        humanQuestion: passage.questions[(index + list) % passage.questions.length].text,
        modelQuestion,
        otherQuestion: wanted ?? otherQuestion(passage, passages, random),
        random,
      });
    })
  );
}

/** A question of another passage that is not also asked about this one. */
function otherQuestion(
  passage: QuestionedPassage,
  passages: readonly QuestionedPassage[],
  random: Random,
): string {
  const own = new Set(passage.questions.map(({ text }) => text));
  for (let attempt = 0; attempt < 100; attempt++) {
    const other = pick(passages, random);
    const { text } = pick(other.questions, random);
    if (other.content !== passage.content && other.name !== passage.name && !own.has(text)) {
      return text;
    }
  }
  throw new RangeError(say({
    en: `Cannot rank answers to "${passage.content}": no other passage asks something else`,
    zh: `无法为“${passage.content}”排序回答：没有其他短文问别的问题`,
  }));
}

/**
 * Unanswerable questions for any CMRC file: questions about another passage with the same title
 * whose known answers do not occur in this passage.
 */
export function siblingQuestions(passages: readonly QuestionedPassage[]): Unanswerable {
  const byName = Map.groupBy(passages, ({ name }) => name);
  return ({ name, content }, random) => {
    const candidates = (byName.get(name) ?? []).flatMap(({ questions }) => questions)
      .filter(({ answers }) =>
        answers.length > 0 && !answers.some((answer) => content.includes(answer))
      );
    return candidates.length === 0 ? undefined : pick(candidates, random).text;
  };
}

/**
 * Unanswerable questions for the embedded corpus: its generator asks for a fact that this kind of
 * entity has and the passage omits. They are based on the generator's own record of the passage;
 * the gold judge is not involved.
 */
export function writersQuestions(corpus: readonly CorpusPassage[] = makeCorpus()): Unanswerable {
  const records = new Map(corpus.map((passage) => [passage.content, passage]));
  return ({ content }, random) => {
    const passage = records.get(content);
    if (passage === undefined || passage.absent.length === 0) return undefined;
    const question = spoil(passage.questions[0], {
      noise: "not answerable",
      passage,
      namesOfKind: [],
      random,
    });
    return question === undefined || asksForStated(question, passage) ? undefined : question;
  };
}

/**
 * Whether the question's phrase fits several relations (在哪里: a country, a city) and the passage
 * states one of them.
 */
function asksForStated(question: string, { entity, facts }: PassageRecord): boolean {
  const stated = new Set(facts.map(({ relation }) => relation));
  return acceptedPhrases.some(({ relation, before, behind }) =>
    stated.has(relation) && before + entity + behind === question
  );
}
