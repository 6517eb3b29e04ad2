/**
 * Ranked lists whose second rank a language model writes: what the reward stage learns from.
 *
 * The lists of the training passages and those of the held-out ones draw different random numbers, and the same seed gives the same
 * lists, whatever the batches.
 */
import { createGenerator, type Generator } from "../decode/mod.ts";
import {
  type Gpt2Arrays,
  gpt2Spec,
  type ModelFolder,
  plainSampling,
  type Tokenizer,
  uploadParameters,
} from "../lm/mod.ts";
import { randomStream } from "../random/mod.ts";
import type { Device } from "../runtime/mod.ts";
import {
  type Lengths,
  promptRow,
  type QuestionedPassage,
  type RankedText,
} from "../passages/mod.ts";
import { rankingLists, siblingQuestions, type Unanswerable } from "../passages/mod.ts";
import { sampleAnswers } from "../decode/mod.ts";

/** A language model that writes questions. */
export interface Writer {
  /** Compiled for its shape. */
  readonly generator: Generator;
  /** Its weights. */
  readonly parameters: Gpt2Arrays;
  /** Its own. */
  readonly tokenizer: Tokenizer;
}

/** Compiles a model and uploads its weights; it draws from its own distribution. */
export async function openWriter(
  device: Device,
  { config, weights, tokenizer }: Omit<ModelFolder, "settings">,
): Promise<Writer> {
  const special = { padId: tokenizer.padId, endId: tokenizer.sepId };
  const generator = await createGenerator(device, config, { sampling: plainSampling, special });
  const parameters: Gpt2Arrays = await uploadParameters(device, gpt2Spec(config), weights);
  return { generator, parameters, tokenizer };
}

/** The passages that lists are wanted for; a side left out has none. */
export interface ListedPassages {
  /** `lists` lists for each. */
  readonly train?: readonly QuestionedPassage[] | undefined;
  /** One list for each. */
  readonly test?: readonly QuestionedPassage[] | undefined;
}

/** How to make the lists. */
export interface WrittenListOptions {
  /** Longest prompt and question. */
  readonly lengths: Lengths;
  /** Start of all random numbers. */
  readonly seed: number;
  /** Lists of a training passage, or of each of its questions. */
  readonly lists: number;
  /** Whether every question has its own lists, or every passage. */
  readonly perQuestion: boolean;
  /** Share of the lists whose rank 3 the passage does not answer, where such a question is known. */
  readonly proportion: number;
  /** Where rank 3 may get such a question; default: what other passages under the same title are asked. */
  readonly unanswerable?: Unanswerable;
  /** Told after every batch of questions, over both sides. */
  readonly onWritten?: (written: number, total: number) => void;
}

/** The lists of both sides. */
export interface WrittenLists {
  /** Of the training passages. */
  readonly train: RankedText[][];
  /** Of the held-out passages. */
  readonly test: RankedText[][];
}

/** Number of the first round of each side: no round is drawn twice as long as no passage has a thousand lists. */
const FIRST_ROUNDS = { train: 1000, test: 2000 } as const;

/**
 * Lets the model write and makes the lists.
 *
 * @throws {RangeError} If no other passage asks anything else, or a prompt has no room.
 */
export async function writeLists(
  writer: Writer,
  passages: ListedPassages,
  options: WrittenListOptions,
): Promise<WrittenLists> {
  const { seed, lists, perQuestion, proportion, onWritten } = options;
  const random = randomStream(seed);
  const sides = {
    train: { rounds: lists, passages: passages.train ?? [] },
    test: { rounds: 1, passages: passages.test ?? [] },
  };
  const countOf = (rounds: number) => ({ questions }: QuestionedPassage) =>
    rounds * (perQuestion ? questions.length : 1);
  const total = Object.values(sides).flatMap(({ rounds, passages }) =>
    passages.map(countOf(rounds))
  )
    .reduce((sum, count) => sum + count, 0);
  let written = 0;
  const made = async (side: keyof WrittenLists): Promise<RankedText[][]> => {
    const { rounds, passages } = sides[side];
    const modelQuestions = await writtenQuestions(writer, passages, {
      ...options,
      countOf: countOf(rounds),
      firstRound: FIRST_ROUNDS[side],
      onAnswered: (count) => onWritten?.(written += count, total),
    });
    const unanswerable = options.unanswerable ?? siblingQuestions(passages);
    return rankingLists(passages, { modelQuestions, unanswerable, proportion, random });
  };
  return { train: await made("train"), test: await made("test") };
}

/** How many questions for each passage, and from which round on. */
interface RoundOptions {
  readonly lengths: Lengths;
  readonly seed: number;
  readonly countOf: (passage: QuestionedPassage) => number;
  readonly firstRound: number;
  readonly onAnswered: (count: number) => void;
}

/** For each passage as many questions as `countOf` says: one a round, in every round that it still wants one. */
async function writtenQuestions(
  { generator, parameters, tokenizer }: Writer,
  passages: readonly QuestionedPassage[],
  { lengths, seed, countOf, firstRound, onAnswered }: RoundOptions,
): Promise<string[][]> {
  const questions: string[][] = passages.map(() => []);
  const prompts = passages.map(({ content }) => promptRow(tokenizer, content, lengths));
  const rounds = Math.max(0, ...passages.map(countOf));
  for (let round = 0; round < rounds; round++) {
    const asked = passages.flatMap((passage, index) => countOf(passage) > round ? [index] : []);
    const given = { parameters, prompts: asked.map((index) => prompts[index]) };
    const options = { maxNewTokens: lengths.queryLen, seed, round: firstRound + round, onAnswered };
    const answers = await sampleAnswers(generator, given, options);
    answers.forEach(({ tokens }, index) => questions[asked[index]].push(tokenizer.decode(tokens)));
  }
  return questions;
}
