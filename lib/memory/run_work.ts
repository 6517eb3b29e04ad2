/**
 * The floating-point operations of a PPO run, from its settings and the sizes of its models, and
 * the time that they take.
 *
 * A product of [n, k] and [k, m] is 2 n k m operations. Prompts are assumed to fill `max_len` and
 * answers `query_len`, so the time is an upper bound.
 */
import type { Gpt2Config } from "../lm/mod.ts";
import { EXACT_KL, scheduleOf, type Settings, stepsAnUpdate } from "../settings/mod.ts";
import { PROGRAM_SPEED } from "./constants.ts";
import type { ModelShapes } from "./ledger.ts";
import { blockWeights } from "./model_bytes.ts";

/** Operations of a whole run. */
export interface RunWork {
  /** In products of many rows: reading prompts, scoring answers, gradients. */
  readonly products: number;
  /** In products of one row per answer: generating token by token. */
  readonly tokens: number;
}

/** Operations per second as measured on this machine, for the same two kinds of products. */
export type MachineSpeed = RunWork;

/**
 * A forward pass of one text: every weight at each token, and attention between all pairs of
 * tokens.
 */
const forward = (config: Gpt2Config, time: number): number =>
  2 * time * config.layers * blockWeights(config) + 4 * config.layers * config.embed * time ** 2;

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
  const checkpointed = settings.blocks_per_program > 0 || settings.logits_at_once > 0;
  const passes = checkpointed ? 4 : 3; // forward, backward twice that, and recomputed
  const learning = passes * (forward(policy, max_len) + forward(reward, max_len)) +
    3 * head(policy, query_len);
  const learned = updates * stepsAnUpdate(settings) * (mini_batch_size || answers);
  const measured = updates * Math.min(EXACT_KL.answers, answers * settings.update_timesteps);
  const token = 2 * policy.layers * blockWeights(policy) +
    4 * policy.layers * policy.embed * max_len + head(policy, 1);
  return {
    products: timesteps * answers * (reading + scoring) + learned * learning +
      measured * 2 * policyPass,
    tokens: timesteps * answers * query_len * token,
  };
}

/**
 * The seconds that work takes at a speed.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const work = { products: 6e11, tokens: 1e11 };
 * equal(workSeconds(work, { products: 1e11, tokens: 1e10 }), 20); // 10 s and 10 s
 * ```
 */
export const workSeconds = (work: RunWork, speed: MachineSpeed): number =>
  work.products / (PROGRAM_SPEED * speed.products) + work.tokens / speed.tokens;
