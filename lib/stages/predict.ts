/**
 * Uses a trained model: generates some questions for a passage, in the tutorial's form.
 *
 * The tutorial's `predict.py` samples with top-p 0.9 and a repetition penalty of 1.2, at least 3
 * and at most 64 new tokens, and gives two questions.
 */
import { transposeParameters } from "../decode/mod.ts";
import type { ModelFolder, SamplingSettings, Tokenizer, TokenRow } from "../lm/mod.ts";
import { type Lengths, promptRow } from "../passages/mod.ts";
import { uniform } from "../random/mod.ts";
import type { Device } from "../runtime/mod.ts";
import { openWriter } from "./written_lists.ts";

/** How to generate questions. */
export interface PredictorOptions {
  /** Longest row and question. */
  readonly lengths: Lengths;
  /** The sampling distribution. */
  readonly sampling: SamplingSettings;
  /** The fewest tokens of a question before its end. */
  readonly minNewTokens: number;
  /** Questions per passage. */
  readonly questions: number;
  /** Seed of all random numbers. */
  readonly seed: number;
}

/** The questions about one passage. */
export interface Prediction {
  /** The questions as the tutorial prints them. */
  readonly questions: readonly string[];
  /** Tokens of the passage. */
  readonly tokens: number;
  /** The number of its first tokens that the model read. */
  readonly read: number;
}

/** Generates questions about passages. */
export interface Predictor {
  /**
   * `first` numbers the first passage: a passage's questions depend on its number and the seed,
   * not on its neighbours.
   */
  predict(passages: readonly string[], first: number): Promise<Prediction[]>;
}

/**
 * An answer as the tutorial prints it: without [SEP], ## and [UNK]. The tutorial also drops all
 * spaces. Here a space stays between two words of letters or digits, which would run together.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { makeTokenizer } from "ppo/lm/mod.ts";
 * const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
 * const tokenizer = makeTokenizer([...special, "全", "长", "ok", "go", "##7"]);
 * equal(questionText(tokenizer, [4, 5, 1, 6, 7, 8, 3]), "全长ok go7");
 * ```
 */
export const questionText = (tokenizer: Tokenizer, tokens: TokenRow): string =>
  tokenizer.decode(tokens).replaceAll(/\[SEP\]|##|\[UNK\]/g, "");

/** Compiles a model for generating questions. */
export async function createPredictor(
  device: Device,
  folder: Omit<ModelFolder, "settings">,
  { lengths, questions, seed, ...options }: PredictorOptions,
): Promise<Predictor> {
  const { generator, tokenizer, ...writer } = await openWriter(device, folder, options);
  const parameters = await transposeParameters(device, folder.config, writer.parameters);
  const rounds = Array.from({ length: questions }, (_, round) => round);
  return {
    async predict(passages, first) {
      const prompts = passages.map((passage) => promptRow(tokenizer, passage, lengths));
      const rows = prompts.flatMap((prompt) => rounds.map(() => prompt));
      const answers = await generator.generate(parameters, rows, {
        maxNewTokens: lengths.queryLen,
        uniform: (row, position) =>
          uniform(seed, row % questions, first + Math.floor(row / questions), position),
      });
      return passages.map((passage, index) => ({
        questions: rounds.map((round) =>
          questionText(tokenizer, answers[index * questions + round].tokens)
        ),
        tokens: tokenizer.encode(passage).length,
        read: prompts[index].length - 2, // [CLS] and [SEP]
      }));
    },
  };
}
