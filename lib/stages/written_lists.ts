/**
 * Ranked lists whose second rank a language model writes; the reward stage learns from them.
 *
 * The lists of the training passages and those of the held-out ones use different random numbers.
 * The same seed gives the same lists, whatever the batches.
 */
import {
  createGenerator,
  type Generator,
  type GeneratorOptions,
  sampleAnswers,
} from "../decode/mod.ts";
import {
  type Gpt2Arrays,
  gpt2Spec,
  type ModelFolder,
  plainSampling,
  type Tokenizer,
  uploadParameters,
} from "../lm/mod.ts";
import {
  type Lengths,
  promptRow,
  type QuestionedPassage,
  type RankedText,
  rankingLists,
  siblingQuestions,
  type Unanswerable,
} from "../passages/mod.ts";
import { randomStream } from "../random/mod.ts";
import type { Device } from "../runtime/mod.ts";

/** A language model that writes questions. */
export interface Writer {
  /** Compiled for its shape. */
  readonly generator: Generator;
  /** Its weights. */
  readonly parameters: Gpt2Arrays;
  /** Its own. */
  readonly tokenizer: Tokenizer;
}

/**
 * Compiles a model and loads its weights, which must not change; by default it samples from its
 * own distribution.
 */
export async function openWriter(
  device: Device,
  { config, weights, tokenizer }: Omit<ModelFolder, "settings">,
  options: Partial<GeneratorOptions> = {},
): Promise<Writer> {
  const special = { padId: tokenizer.padId, endId: tokenizer.endId };
  const settings = { sampling: plainSampling, special, ...options };
  const generator = await createGenerator(device, config, settings);
  const parameters = await uploadParameters(device, gpt2Spec(config), weights, { share: true });
  return { generator, parameters, tokenizer };
}

/** How to make the lists. */
export interface WrittenListOptions {
  /** Longest prompt and question. */
  readonly lengths: Lengths;
  /** Seed of all random numbers. */
  readonly seed: number;
  /** Lists per training passage, or per question of it. */
  readonly lists: number;
  /** Whether every question has its own lists, or every passage. */
  readonly perQuestion: boolean;
  /**
   * Share of the lists whose rank 3 is a question that the passage does not answer, where one is
   * known.
   */
  readonly proportion: number;
  /**
   * Source of such questions; default: the questions about other passages under the same title.
   */
  readonly unanswerable?: Unanswerable;
  /** Called after every batch of questions, with counts over both sides. */
  readonly onWritten?: (written: number, total: number) => void;
}

/**
 * The first round number of each side; rounds never coincide as long as no passage has a thousand
 * lists.
 */
const FIRST_ROUNDS = { train: 1000, test: 2000 } as const;

/**
 * Lets the model write questions and makes the lists: `lists` for each training passage, one for
 * each held-out passage.
 *
 * @throws {RangeError} If no other passage has a question of its own, or a prompt has no room.
 */
export async function writeLists(
  writer: Writer,
  passages: { readonly [Side in "train" | "test"]?: readonly QuestionedPassage[] | undefined },
  options: WrittenListOptions,
): Promise<Record<"train" | "test", RankedText[][]>> {
  const { seed, lists, perQuestion, proportion, onWritten } = options;
  const random = randomStream(seed);
  const { train = [], test = [] } = passages;
  const countOf = (rounds: number) => ({ questions }: QuestionedPassage) =>
    rounds * (perQuestion ? questions.length : 1);
  const total = [...train.map(countOf(lists)), ...test.map(countOf(1))]
    .reduce((sum, count) => sum + count, 0);
  let written = 0;
  const made = async (side: "train" | "test", rounds: number): Promise<RankedText[][]> => {
    const listed = { train, test }[side];
    const modelQuestions = await writtenQuestions(writer, listed, {
      ...options,
      countOf: countOf(rounds),
      firstRound: FIRST_ROUNDS[side],
      onAnswered: (count) => onWritten?.(written += count, total),
    });
    const unanswerable = options.unanswerable ?? siblingQuestions(listed);
    return rankingLists(listed, { modelQuestions, unanswerable, proportion, random });
  };
  return { train: await made("train", lists), test: await made("test", 1) };
}

/**
 * Writes `countOf(passage)` questions about each passage: one per round, as long as the passage
 * needs more.
 */
async function writtenQuestions(
  { generator, parameters, tokenizer }: Writer,
  passages: readonly QuestionedPassage[],
  { lengths, seed, countOf, firstRound, onAnswered }:
    & Pick<WrittenListOptions, "lengths" | "seed">
    & {
      readonly countOf: (passage: QuestionedPassage) => number;
      readonly firstRound: number;
      readonly onAnswered: (count: number) => void;
    },
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
