/**
 * Answers to many prompts, for ranked lists and for measuring a model.
 *
 * Prompts of similar lengths share a batch. The uniform number of a token depends on its prompt's
 * place in the list and not on its batch, so the answers are the same for every batch size.
 */
import { batchesByLength, type Gpt2Arrays, inRowOrder, type TokenRow } from "../lm/mod.ts";
import { uniform } from "../random/mod.ts";
import type { Answer, Generator } from "./generator.ts";

/** Settings of `sampleAnswers`. */
export interface SampleOptions {
  /** The most tokens of an answer. */
  readonly maxNewTokens: number;
  /** Seed of all random numbers. */
  readonly seed: number;
  /** Another round gives other answers under the same seed (default 0). */
  readonly round?: number;
  /** The most prompts of a batch (default 64; fewer if they are long). */
  readonly batchSize?: number;
  /** Called after each batch with the number of prompts that it answered. */
  readonly onAnswered?: (count: number) => void;
}

/**
 * Samples one answer for each prompt, in the prompts' order.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createGenerator, sampleAnswers } from "ppo/decode/mod.ts";
 * import { gpt2Spec, initialWeights, plainSampling, uploadParameters } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 8, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const device = await openDevice("cpu");
 * const inputs = {
 *   parameters: await uploadParameters(device, gpt2Spec(config), weights),
 *   prompts: [[2, 5, 3], [2, 3]],
 * };
 * const options = { sampling: plainSampling, special: { padId: 0, endId: 3 } };
 * const generator = await createGenerator(device, config, options);
 * const tokensFor = async (batchSize: number) =>
 *   (await sampleAnswers(generator, inputs, { maxNewTokens: 6, seed: 1, batchSize }))
 *     .map(({ tokens }) => tokens);
 * deepEqual(await tokensFor(1), await tokensFor(2));
 * ```
 */
export async function sampleAnswers(
  generator: Generator,
  { parameters, prompts }: { parameters: Gpt2Arrays; prompts: readonly TokenRow[] },
  { maxNewTokens, seed, round = 0, batchSize, onAnswered }: SampleOptions,
): Promise<Answer[]> {
  const batches = batchesByLength(prompts.map(({ length }) => length + maxNewTokens), batchSize);
  const answers: Answer[][] = [];
  for (const rows of batches) {
    const batch = rows.map((row) => prompts[row]);
    const draw = (row: number, position: number) => uniform(seed, round, rows[row], position);
    answers.push(await generator.generate(parameters, batch, { maxNewTokens, uniform: draw }));
    onAnswered?.(rows.length);
  }
  return inRowOrder(batches, answers);
}
