/**
 * How much memory a PPO run takes on the CPU, before it begins: a table of what is held while it generates, scores, measures the KL
 * and updates, from the settings and the sizes of the models alone.
 *
 * What stands in arrays of the run is counted exactly: weights, Adam's moments, gradients, caches. What ONNX Runtime holds between
 * two nodes of a program is counted in arrays of two forms, [batch, time, embed] and [batch, heads, time, time]; how many of each are
 * alive at once was measured (`deno task bench memory` holds the sum against real runs). Prompts are taken to fill `max_len`.
 */
import type { Gpt2Config } from "../lm/mod.ts";
import { EXACT_KL } from "../settings/mod.ts";
import {
  type LedgerBytes,
  type LedgerRow,
  type LedgerSettings,
  type ModelShapes,
  totalOf,
} from "./ledger_row.ts";
import {
  blockArrays,
  blockBytes,
  FLOAT,
  GAPS,
  GAPS_OF_KEPT,
  isLarge,
  KEPT,
  logitBytes,
  weightBytes,
  WORKING,
} from "./model_bytes.ts";

const MIB = 2 ** 20;

/** Deno, the run's own code and ONNX Runtime's library, before anything is compiled (measured). */
const PROCESS = 90 * MIB;

/** The compiled programs of a run, for each block of the model (measured). */
const PROGRAMS_A_BLOCK = 20 * MIB;

/** What freed memory that is kept for the next pass adds to an update, as a share of all that it holds (measured: 2 to 15 %). */
const KEPT_FREED = 0.08;

/** Whether an update keeps all freed memory for its next pass, which is faster (`lib/runtime/host_memory.ts`). */
export const keepsFreed = (
  policy: Gpt2Config,
  { spare_memory }: Pick<LedgerSettings, "spare_memory">,
): boolean => isLarge(policy) && !spare_memory;

/** Arrays of logits alive at once where they are only read, and where they have a gradient. */
const LOGITS_READ = 4, LOGITS_LEARNED = 6;

/** How many answers a minibatch has. */
const answersOfStep = (settings: LedgerSettings): number =>
  settings.mini_batch_size || settings.batch_size * settings.num_return_sequences;

/** At most `limit` rows (0: any number) of so many. */
const atMost = (limit: number, rows: number): number => limit === 0 ? rows : Math.min(limit, rows);

/** Whether the gradient is several programs, and how many blocks one of them holds. */
function cutOf({ layers }: Gpt2Config, { blocks_per_program, logits_at_once }: LedgerSettings) {
  const blocks = blocks_per_program === 0 ? layers : Math.min(blocks_per_program, layers);
  return { blocks, inParts: blocks < layers || logits_at_once > 0 };
}

/** Bytes of frozen models as they are stored, of so many as they are read; float16 is for GPUs, whose ledger has these rows too. */
const storedBytes = (bytes: number, { frozen_dtype }: LedgerSettings): number =>
  frozen_dtype === "float16" ? bytes / 2 : bytes;

/** Bytes of the frozen models that are held whatever the run does. */
export function frozenBytes({ policy, reward }: ModelShapes, settings: LedgerSettings): number {
  if (settings.spare_memory) return 0;
  return storedBytes(weightBytes(policy) + weightBytes(reward, { valueHead: true }), settings);
}

/** What is there whatever the run does. */
function always(models: ModelShapes, settings: LedgerSettings): LedgerBytes {
  const actor = weightBytes(models.policy),
    critic = weightBytes(models.reward, { valueHead: true });
  const both = actor + critic;
  const spare = settings.spare_memory;
  return {
    weights: both + frozenBytes(models, settings),
    adam: 2 * both, // the moments; a step writes where they and the weights lie
    gradients: spare ? 0 : gradientBytes(models, settings),
    activations: 0,
    logits: 0,
    caches: samplingMasks(models, settings),
    runtime: PROCESS + PROGRAMS_A_BLOCK * Math.max(models.policy.layers, models.reward.layers) +
      emptyTables(models),
  };
}

/** Sampling masks: with a cut-off, a byte for each entry of the vocabulary at each token of every answer of a pool. */
function samplingMasks({ policy }: ModelShapes, settings: LedgerSettings): number {
  const { top_k, top_p, batch_size, num_return_sequences, update_timesteps, query_len } = settings;
  if (top_k === 0 && top_p === 1) return 0;
  return batch_size * num_return_sequences * update_timesteps * query_len * policy.vocabSize;
}

/** The same of the answers of one call, and which tokens stood before each, for the repetition penalty. */
function contextBytes({ policy }: ModelShapes, settings: LedgerSettings, rows: number): number {
  const { top_k, top_p, repetition_penalty, query_len } = settings;
  const arrays = (top_k > 0 || top_p < 1 ? 1 : 0) + (repetition_penalty === 1 ? 0 : 1);
  return arrays * rows * query_len * policy.vocabSize;
}

/** Both gradients begin the embeddings' at zero, and ONNX Runtime keeps these zeros in the compiled program. */
const emptyTables = ({ policy, reward }: ModelShapes): number =>
  [policy, reward].reduce(
    (sum, { embed, vocabSize, positions }) => sum + FLOAT * embed * (vocabSize + positions),
    0,
  );

/** Arrays of gradients, which actor and critic use in turn. */
function gradientBytes({ policy, reward }: ModelShapes, settings: LedgerSettings): number {
  const model = Math.max(weightBytes(policy), weightBytes(reward, { valueHead: true }));
  const answers = answersOfStep(settings);
  const parts = Math.ceil(answers / atMost(settings.micro_batch_size, answers));
  const { blocks, inParts } = cutOf(policy, settings);
  if (!inParts) return model * (parts > 1 ? 3 : 1); // the sum, a part's, and where both are added
  const ends = FLOAT * policy.embed * (policy.vocabSize + policy.positions);
  return model + (parts > 1 ? blocks * blockBytes(policy) + ends : 0); // what one program gives is added where the sum lies
}

/** Largest of both models. */
const widest = ({ policy, reward }: ModelShapes, of: (config: Gpt2Config) => number): number =>
  Math.max(of(policy), of(reward));

/** How many answers are generated at once. */
const generatedAtOnce = (
  { generate_batch_size, batch_size, num_return_sequences }: LedgerSettings,
): number => atMost(generate_batch_size, batch_size * num_return_sequences);

/** Bytes of the keys and values of every block, for the answers that are generated at once. */
export function cacheBytes({ policy }: ModelShapes, settings: LedgerSettings): number {
  return FLOAT * generatedAtOnce(settings) * settings.max_len * 2 * policy.embed * policy.layers;
}

function generating(models: ModelShapes, settings: LedgerSettings): LedgerBytes {
  const { policy } = models;
  const base = always(models, settings);
  const rows = generatedAtOnce(settings);
  const time = settings.max_len - settings.query_len;
  const read = atMost(settings.score_batch_size, rows); // prompts that are read in one call
  const turned = rows > 1 ? policy.layers * blockBytes(policy) : 0; // weights in the order that single tokens read fastest
  return {
    ...base,
    weights: base.weights + turned,
    activations: blockArrays(policy, { rows: read, time }, { counts: WORKING, gaps: GAPS }),
    logits: LOGITS_READ * logitBytes(policy, rows),
    caches: base.caches + cacheBytes(models, settings),
  };
}

/** Bytes of the frozen models where they are read for one use. */
const readAgain = (bytes: number, settings: LedgerSettings): number =>
  settings.spare_memory ? storedBytes(bytes, settings) : 0;

/** Weights that were stored as float16 and are float32 while they are used: a block's, and the token embedding for the logits. */
const castBytes = (config: Gpt2Config, { frozen_dtype }: LedgerSettings): number =>
  frozen_dtype === "float16" ? blockBytes(config) + FLOAT * config.vocabSize * config.embed : 0;

function scoring(models: ModelShapes, settings: LedgerSettings): LedgerBytes {
  const base = always(models, settings);
  const answers = settings.batch_size * settings.num_return_sequences;
  const rows = settings.left_pad_without_positions
    ? answers
    : atMost(settings.score_batch_size, answers);
  const frozen = Math.max(
    weightBytes(models.policy),
    weightBytes(models.reward, { valueHead: true }),
  ); // one after the other
  return {
    ...base,
    weights: base.weights + readAgain(frozen, settings),
    ...passing(models, { rows, settings, logits: 1 }),
  };
}

/** A forward pass: the blocks' arrays, then, when these are free, the logits of the answers. */
function passing(
  models: ModelShapes,
  { rows, settings, logits }: { rows: number; settings: LedgerSettings; logits: number },
): Pick<LedgerBytes, "activations" | "logits"> {
  const { policy } = models;
  const activations = widest(
    models,
    (config) =>
      blockArrays(config, { rows, time: settings.max_len }, { counts: WORKING, gaps: GAPS }) +
      config.layers * FLOAT * 3 * config.embed ** 2 + // each block's c_attn cut into query, key and value
      castBytes(config, settings),
  );
  const last = logits * LOGITS_READ * logitBytes(policy, rows * settings.query_len);
  return {
    activations,
    logits: Math.max(0, last - activations) + contextBytes(models, settings, rows),
  };
}

function measuring(models: ModelShapes, settings: LedgerSettings): LedgerBytes {
  const base = always(models, settings);
  const answers = settings.query_len * models.policy.vocabSize;
  const pool = settings.batch_size * settings.num_return_sequences * settings.update_timesteps;
  const fitting = Math.max(1, Math.floor(EXACT_KL.logits / answers));
  const rows = Math.min(atMost(settings.score_batch_size, pool), fitting, EXACT_KL.answers);
  return {
    ...base,
    weights: base.weights + readAgain(weightBytes(models.policy), settings),
    ...passing(models, { rows, settings, logits: 2 }),
  };
}

function updating(models: ModelShapes, settings: LedgerSettings): LedgerBytes {
  const { policy } = models;
  const base = always(models, settings);
  const rows = atMost(settings.micro_batch_size, answersOfStep(settings));
  const time = settings.max_len;
  const { blocks, inParts } = cutOf(policy, settings);
  const { layers, embed, vocabSize } = policy;
  const states = FLOAT * rows * time * embed;
  const between = inParts ? (Math.ceil(layers / blocks) + 2) * states : 0; // hidden states between programs, and their gradient
  const kept = (config: Gpt2Config) =>
    Math.min(blocks, config.layers) *
    blockArrays(config, { rows, time }, { counts: KEPT, gaps: GAPS_OF_KEPT });
  const working = (config: Gpt2Config) =>
    blockArrays(config, { rows, time }, {
      counts: { states: 0, scores: WORKING.scores },
      gaps: GAPS_OF_KEPT,
    });
  const blockwise = widest(models, (config) => kept(config) + working(config));
  const answers = rows * settings.query_len;
  const logits = LOGITS_LEARNED * logitBytes(policy, atMost(settings.logits_at_once, answers));
  const sent = FLOAT * vocabSize * embed; // the gradient that the head sends to the token embedding
  const held = {
    ...base,
    gradients: gradientBytes(models, settings) + sent,
    activations: between + blockwise,
    logits: inParts
      ? Math.max(0, logits - widest(models, (config) => kept(config) + working(config)))
      : logits,
  };
  const freed = keepsFreed(policy, settings) ? KEPT_FREED * totalOf(held) : 0;
  return { ...held, runtime: held.runtime + freed };
}

const PHASES = {
  generate: generating,
  score: scoring,
  measure: measuring,
  update: updating,
} as const;

/**
 * What is held during each kind of work, in bytes.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { peakBytes } from "ppo/memory/mod.ts";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const base = { vocabSize: 21128, positions: 1024, embed: 768, heads: 12, layers: 12, layerNormEpsilon: 1e-5 };
 * const models = { policy: base, reward: base };
 * ok(peakBytes(memoryLedger(models, validateSettings({}))) > 20 * 2 ** 30); // the tutorial's own configuration
 * ok(peakBytes(memoryLedger(models, validateSettings({ micro_batch_size: 1, spare_memory: true }))) < 10 * 2 ** 30);
 * ```
 */
export function memoryLedger(models: ModelShapes, settings: LedgerSettings): LedgerRow[] {
  const phases = ["generate", "score", "measure", "update"] as const;
  return phases.map((phase) => {
    const bytes = PHASES[phase](models, settings);
    return { phase, ...bytes, total: totalOf(bytes) };
  });
}
