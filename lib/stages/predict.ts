/**
 * Using a trained model: some questions for a passage, in the tutorial's form.
 *
 * Sampling is its `predict.py`'s: top-p 0.9, a repetition penalty of 1.2, at least 3 and at most 64 new tokens, two questions.
 */
import { createGenerator, transposeParameters } from "../decode/mod.ts";
import {
  gpt2Spec,
  type ModelFolder,
  type SamplingSettings,
  type Tokenizer,
  type TokenRow,
  uploadParameters,
} from "../lm/mod.ts";
import { uniform } from "../random/mod.ts";
import type { Device } from "../runtime/mod.ts";
import { type Lengths, promptRow } from "../passages/mod.ts";

/** How to ask. */
export interface PredictorOptions {
  /** Longest row and question. */
  readonly lengths: Lengths;
  /** How tokens are drawn. */
  readonly sampling: SamplingSettings;
  /** A question has at least so many tokens before its end. */
  readonly minNewTokens: number;
  /** Questions a passage. */
  readonly questions: number;
  /** Start of all random numbers. */
  readonly seed: number;
}

/** What a model asks about one passage. */
export interface Prediction {
  /** As the tutorial prints them. */
  readonly questions: readonly string[];
  /** Tokens of the passage. */
  readonly tokens: number;
  /** How many of them the model read: the first ones. */
  readonly read: number;
}

/** Asks about passages. */
export interface Predictor {
  /** `first` numbers the first passage: another number, other questions. The other passages change nothing. */
  predict(passages: readonly string[], first: number): Promise<Prediction[]>;
}

/**
 * An answer as the tutorial prints it: without spaces, [SEP], ## and [UNK].
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { makeTokenizer } from "ppo/lm/mod.ts";
 * const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "全", "长", "ok", "go", "##7"]);
 * equal(questionText(tokenizer, [4, 5, 1, 6, 7, 8, 3]), "全长okgo7");
 * ```
 */
export const questionText = (tokenizer: Tokenizer, tokens: TokenRow): string =>
  tokenizer.decode(tokens).replaceAll(/\s|\[SEP\]|##|\[UNK\]/g, "");

/** Compiles a model for asking. */
export async function createPredictor(
  device: Device,
  { config, weights, tokenizer }: Omit<ModelFolder, "settings">,
  { lengths, sampling, minNewTokens, questions, seed }: PredictorOptions,
): Promise<Predictor> {
  const special = { padId: tokenizer.padId, endId: tokenizer.sepId };
  const generator = await createGenerator(device, config, { sampling, special, minNewTokens });
  const stored = await uploadParameters(device, gpt2Spec(config), weights, { share: true }); // nothing writes to it
  const parameters = await transposeParameters(device, config, stored);
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
