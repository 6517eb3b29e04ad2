/**
 * The memory ledger of a PPO run on the CPU: what it holds while it generates, scores, measures
 * the KL divergence and updates. It follows from the settings, the sizes of the models, the lengths
 * of the prompts and the memory of the process, so it is known before any model is loaded.
 *
 * Weights, Adam's moments, gradients and caches are arrays of the run and are counted exactly.
 * What ONNX Runtime holds between two nodes of a program is estimated: so many arrays of shapes
 * [batch, time, embed] and [batch, heads, time, time] are alive at once. `constants.ts` holds the
 * measured numbers. Where the longest prompt is unknown, prompts are assumed to fill `max_len`.
 */
import { isPacked } from "../learn/mod.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import { EXACT_KL, type Settings } from "../settings/mod.ts";
import {
  FLOAT,
  GAPS,
  HEAP_GROWTH,
  KEPT,
  KEPT_FREED,
  LIBRARY,
  LOGITS_LEARNED,
  LOGITS_READ,
  PROCESS,
  PROGRAMS,
  PROGRAMS_PER_BLOCK,
  PROMPT_TOKEN,
  WORKING,
} from "./constants.ts";
import {
  type KnownRun,
  type LedgerBytes,
  type LedgerRow,
  type ModelShapes,
  totalOf,
} from "./ledger.ts";
import { blockArrays, blockBytes, logitBytes, weightBytes } from "./model_bytes.ts";
import { type Batch, largestPass, takesSeveral, textLength } from "./passes.ts";
import { keepsFreed } from "./update_memory.ts";

/** Where a run computes. */
export interface Place {
  /**
   * Whether a small model has its gradients in a buffer of its own (default: yes, as on the CPU).
   */
  readonly packs?: boolean;
}

/** A run, with what it holds in every phase. */
interface Planned extends KnownRun, Place {
  readonly settings: Settings;
  readonly base: LedgerBytes;
}

/** Answers of one timestep. */
export const answersOf = ({ batch_size, num_return_sequences }: Settings): number =>
  batch_size * num_return_sequences;

/** At most `limit` rows; 0 is no limit. */
const atMost = (limit: number, rows: number): number => limit === 0 ? rows : Math.min(limit, rows);

/** One minibatch of an update. */
function minibatchOf(settings: Settings): Batch {
  const rows = settings.mini_batch_size || answersOf(settings);
  return { rows, most: atMost(settings.micro_batch_size, rows) };
}

/**
 * The blocks of one segment of the gradient, and whether the gradient consists of several
 * programs.
 */
function segmentsOf({ layers }: Gpt2Config, settings: Settings) {
  const blocks = atMost(settings.blocks_per_program, layers);
  return { blocks, inParts: blocks < layers || settings.logits_at_once > 0 };
}

/** Bytes of the weights of policy and value model. */
const modelBytes = ({ policy, reward }: ModelShapes): [number, number] => [
  weightBytes(policy),
  weightBytes(reward, { valueHead: true }),
];

/** Bytes of the models that are trained. */
export function trainedBytes(models: ModelShapes): number {
  const [actor, critic] = modelBytes(models);
  return actor + critic;
}

/**
 * Bytes of frozen models in their stored data type; float16 is for GPUs, whose ledger uses the
 * same rows.
 */
const storedBytes = (bytes: number, { frozen_dtype }: Settings): number =>
  frozen_dtype === "float16" ? bytes / 2 : bytes;

/** Bytes of the frozen models that stay loaded for the whole run. */
export const frozenBytes = (models: ModelShapes, settings: Settings): number =>
  settings.spare_memory ? 0 : storedBytes(trainedBytes(models), settings);

/** Bytes of frozen models that are loaded only while they are used. */
const loadedBytes = (bytes: number, settings: Settings): number =>
  settings.spare_memory ? storedBytes(bytes, settings) : 0;

/** What is held in every phase. */
function baseOf(run: KnownRun & Place, settings: Settings): LedgerBytes {
  const trained = trainedBytes(run), kept = !settings.spare_memory;
  const masks = maskBytes(run, settings, answersOf(settings) * settings.update_timesteps);
  return {
    weights: trained + frozenBytes(run, settings) + (kept ? transposedBytes(run, settings) : 0),
    adam: 2 * trained, // the moments; a step overwrites them and the weights
    gradients: kept ? gradientBytes(run, settings) : 0,
    activations: 0,
    logits: 0,
    caches: masks + (kept ? cacheBytes(run, settings) : 0),
    runtime: runtimeBytes(run),
  };
}

/** Bytes of the process without the arrays of the run. */
function runtimeBytes(
  { policy, reward, promptLengths = [], processBytes = PROCESS }: KnownRun,
): number {
  const programs = PROGRAMS + PROGRAMS_PER_BLOCK * Math.max(policy.layers, reward.layers);
  const zeros = zeroEmbeddings(policy) + zeroEmbeddings(reward);
  const tokens = promptLengths.reduce((sum, length) => sum + length, 0);
  const heap = HEAP_GROWTH + PROMPT_TOKEN * tokens;
  return processBytes + LIBRARY + heap + GAPS + programs + zeros;
}

/** Bytes of the sampling masks of so many answers: one for each vocabulary entry at each token. */
function maskBytes({ policy }: ModelShapes, settings: Settings, answers: number): number {
  const { top_k, top_p, query_len } = settings;
  return top_k === 0 && top_p === 1 ? 0 : answers * query_len * policy.vocabSize;
}

/** The same for the tokens seen before each one, which the repetition penalty needs. */
const seenBytes = ({ policy }: ModelShapes, settings: Settings, answers: number): number =>
  settings.repetition_penalty === 1 ? 0 : answers * settings.query_len * policy.vocabSize;

/**
 * The gradient of the embeddings starts from zeros that ONNX Runtime keeps in the compiled
 * program.
 */
const zeroEmbeddings = ({ embed, vocabSize, positions }: Gpt2Config): number =>
  FLOAT * embed * (vocabSize + positions);

/**
 * Bytes of the gradient arrays. Actor and critic use the same ones in turn, except where each of
 * them has its own buffer.
 */
function gradientBytes(models: KnownRun & Place, settings: Settings): number {
  const { policy, packs = true } = models;
  const larger = Math.max(...modelBytes(models));
  const model = packs && isPacked({ kind: "cpu" }, [[larger / FLOAT]])
    ? trainedBytes(models)
    : larger;
  const accumulates = takesSeveral(models, settings, minibatchOf(settings));
  const { blocks, inParts } = segmentsOf(policy, settings);
  if (!inParts) return model * (accumulates ? 3 : 1); // the sum, a micro-batch's, and the next sum
  // The gradient of one segment is added in place.
  return model + (accumulates ? blocks * blockBytes(policy) + zeroEmbeddings(policy) : 0);
}

/** The larger of two models in some respect. */
const larger = ({ policy, reward }: ModelShapes, of: (config: Gpt2Config) => number): number =>
  Math.max(of(policy), of(reward));

/** Answers that are generated at once. */
const generatedAtOnce = (settings: Settings): number =>
  atMost(settings.generate_batch_size, answersOf(settings));

/** Bytes of the key-value caches of the answers that are generated at once. */
export const cacheBytes = (run: KnownRun, settings: Settings): number =>
  FLOAT * generatedAtOnce(settings) * textLength(run, settings) * 2 * run.policy.embed *
  run.policy.layers;

/** Bytes of the transposed weights with which single tokens of several answers are generated. */
export const transposedBytes = ({ policy }: ModelShapes, settings: Settings): number =>
  generatedAtOnce(settings) > 1 ? policy.layers * blockBytes(policy) : 0;

function generating({ base, settings, ...run }: Planned): Partial<LedgerBytes> {
  const { policy } = run, { spare_memory, score_batch_size } = settings;
  const rows = generatedAtOnce(settings);
  const prompts = { rows, most: atMost(score_batch_size, rows), answers: false };
  return {
    weights: base.weights + (spare_memory ? transposedBytes(run, settings) : 0),
    activations: blockArrays(policy, largestPass(run, settings, prompts), WORKING),
    logits: LOGITS_READ * logitBytes(policy, rows),
    caches: base.caches + (spare_memory ? cacheBytes(run, settings) : 0),
  };
}

/**
 * Frozen weights that are float16 in memory and float32 in use: one block's, and the token
 * embedding for the logits.
 */
const castBytes = (config: Gpt2Config, { frozen_dtype }: Settings): number =>
  frozen_dtype === "float16" ? blockBytes(config) + FLOAT * config.vocabSize * config.embed : 0;

function scoring({ base, settings, ...models }: Planned): Partial<LedgerBytes> {
  const { left_pad_without_positions, score_batch_size } = settings;
  const rows = answersOf(settings);
  const most = atMost(left_pad_without_positions ? 0 : score_batch_size, rows);
  const frozen = Math.max(...modelBytes(models)); // one after the other
  return {
    weights: base.weights + loadedBytes(frozen, settings),
    ...forwardPass(models, { batch: { rows, most }, settings, policies: 1 }),
  };
}

/**
 * A forward pass: first the arrays of the blocks; once these are freed, the logits of the answers
 * under each policy.
 */
function forwardPass(
  models: KnownRun,
  { batch, settings, policies }: { batch: Batch; settings: Settings; policies: number },
): Pick<LedgerBytes, "activations" | "logits"> {
  const pass = largestPass(models, settings, batch), { rows } = pass;
  const activations = larger(
    models,
    (config) =>
      blockArrays(config, pass, WORKING) +
      config.layers * FLOAT * 3 * config.embed ** 2 + // c_attn, cut into query, key and value
      castBytes(config, settings),
  );
  const last = policies * LOGITS_READ * logitBytes(models.policy, rows * settings.query_len);
  const context = maskBytes(models, settings, rows) + seenBytes(models, settings, rows);
  return { activations, logits: Math.max(0, last - activations) + context };
}

function measuring({ base, settings, ...models }: Planned): Partial<LedgerBytes> {
  const pool = answersOf(settings) * settings.update_timesteps;
  const logits = settings.query_len * models.policy.vocabSize;
  const fitting = Math.max(1, Math.floor(EXACT_KL.logits / logits));
  const rows = Math.min(pool, EXACT_KL.answers);
  const most = Math.min(atMost(settings.score_batch_size, rows), fitting);
  return {
    weights: base.weights + loadedBytes(weightBytes(models.policy), settings),
    ...forwardPass(models, { batch: { rows, most }, settings, policies: 2 }),
  };
}

function updating({ base, settings, ...models }: Planned): Partial<LedgerBytes> {
  const { policy } = models;
  const pass = largestPass(models, settings, minibatchOf(settings)), { rows, time } = pass;
  const { blocks, inParts } = segmentsOf(policy, settings);
  const states = FLOAT * rows * time * policy.embed;
  // Checkpoints, and their gradient.
  const between = inParts ? (Math.ceil(policy.layers / blocks) + 2) * states : 0;
  const arrays = (config: Gpt2Config, counts: typeof WORKING) => blockArrays(config, pass, counts);
  const segment = larger(
    models,
    (config) =>
      Math.min(blocks, config.layers) * arrays(config, KEPT) +
      arrays(config, { states: 0, scores: WORKING.scores }),
  );
  const tokens = atMost(settings.logits_at_once, rows * settings.query_len);
  const logits = LOGITS_LEARNED * logitBytes(policy, tokens);
  const headGradient = FLOAT * policy.vocabSize * policy.embed; // for the token embedding
  const held = {
    ...base,
    gradients: gradientBytes(models, settings) + headGradient,
    activations: between + segment,
    logits: inParts ? Math.max(0, logits - segment) : logits,
  };
  const freed = keepsFreed(policy, settings.spare_memory) ? KEPT_FREED * totalOf(held) : 0;
  return { ...held, runtime: held.runtime + freed };
}

const PHASES = [
  ["generate", generating],
  ["score", scoring],
  ["measure", measuring],
  ["update", updating],
] as const;

/**
 * The bytes that a run holds on the CPU during each kind of work.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { peakBytes } from "ppo/memory/mod.ts";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const sizes = { vocabSize: 21128, positions: 1024, embed: 768, heads: 12, layers: 12 };
 * const base = { ...sizes, layerNormEpsilon: 1e-5 };
 * const models = { policy: base, reward: base };
 * const gib = (given: Parameters<typeof validateSettings>[0]) =>
 *   peakBytes(memoryLedger(models, validateSettings(given))) / 2 ** 30;
 * ok(gib({}) > 20); // the tutorial's configuration
 * ok(gib({ micro_batch_size: 1, spare_memory: true }) < 10);
 * ```
 */
export function memoryLedger(run: KnownRun & Place, settings: Settings): LedgerRow[] {
  const base = baseOf(run, settings);
  return PHASES.map(([phase, held]) => {
    const bytes = { ...base, ...held({ ...run, settings, base }) };
    return { phase, ...bytes, total: totalOf(bytes) };
  });
}
