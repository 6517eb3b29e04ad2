/**
 * How many floating-point operations a PPO run takes, counted from the settings and the sizes of the models, and how long that is.
 *
 * A product of [n, k] and [k, m] is 2 n k m operations. Prompts are taken to fill `max_len` and answers `query_len`, so that the time
 * is at most what it says; norms, softmax and Adam are in the share of the products' speed that whole programs reach.
 */
import { type Gpt2Config, innerWidth } from "../lm/mod.ts";
import type { ModelShapes } from "./ledger_row.ts";
import { EXACT_KL, scheduleOf, stepsAnUpdate } from "../settings/mod.ts";
import type { Settings } from "../settings/mod.ts";

/** Operations of a whole run. */
export interface RunWork {
  /** In products of many rows: prompts read, answers scored, gradients. */
  readonly products: number;
  /** In products of one row an answer: tokens generated one after the other. */
  readonly tokens: number;
}

/** Operations a second that this machine was measured at. */
export interface MachineSpeed {
  /** In products of many rows. */
  readonly products: number;
  /** In products of few rows. */
  readonly tokens: number;
}

/** The share of a product's speed that a whole program reaches: the rest are norms, softmax, gelu and Adam. */
const SHARE = 0.6;

/** Weights of all blocks' matrices. */
const blockWeights = (config: Gpt2Config): number =>
  config.layers * (4 * config.embed ** 2 + 2 * config.embed * innerWidth(config));

/** A forward pass of a text: every weight at each token, and scores and mixture of each token with each other. */
const forward = (config: Gpt2Config, time: number): number =>
  2 * time * blockWeights(config) + 4 * config.layers * config.embed * time ** 2;

/** Logits of so many tokens. */
const head = ({ vocabSize, embed }: Gpt2Config, tokens: number): number =>
  2 * tokens * vocabSize * embed;

/** The operations of a whole schedule. */
export function runWork({ policy, reward }: ModelShapes, settings: Settings): RunWork {
  const { max_len, query_len, batch_size, num_return_sequences, mini_batch_size } = settings;
  const { timesteps, updates } = scheduleOf(settings);
  const answers = batch_size * num_return_sequences;
  const reading = forward(policy, max_len - query_len);
  const policyPass = forward(policy, max_len) + head(policy, query_len);
  const rescored = settings.gae_over_padding || settings.left_pad_without_positions ||
    settings.log_probs_of_raw_distribution;
  const scoring = (rescored ? 2 : 1) * policyPass + 2 * forward(reward, max_len);
  const again = settings.blocks_per_program > 0 || settings.logits_at_once > 0 ? 4 : 3; // forward, twice that backward, recomputed
  const learning = again * (forward(policy, max_len) + forward(reward, max_len)) +
    3 * head(policy, query_len);
  const learnt = updates * stepsAnUpdate(settings) * (mini_batch_size || answers);
  const measured = updates * Math.min(EXACT_KL.answers, answers * settings.update_timesteps);
  const token = 2 * blockWeights(policy) + 4 * policy.layers * policy.embed * max_len +
    head(policy, 1);
  return {
    products: timesteps * answers * (reading + scoring) + learnt * learning +
      measured * 2 * policyPass,
    tokens: timesteps * answers * query_len * token,
  };
}

/**
 * Seconds that so much work takes at such a speed.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(workSeconds({ products: 6e11, tokens: 1e11 }, { products: 1e11, tokens: 1e10 }), 20); // 10 s and 10 s
 * ```
 */
export const workSeconds = (work: RunWork, speed: MachineSpeed): number =>
  work.products / (SHARE * speed.products) + work.tokens / speed.tokens;
