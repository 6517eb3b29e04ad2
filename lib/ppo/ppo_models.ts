/**
 * What a PPO run is made of: the compiled programs, the frozen models, and actor and critic with their optimizers' state.
 */
import { createGenerator, type SpecialTokens } from "../decode/mod.ts";
import {
  type Gpt2Arrays,
  type Gpt2Config,
  gpt2Spec,
  plainSampling,
  rowsThatFit,
  type SamplingSettings,
  type StoredGpt2,
  storedSpec,
  type StoredValueModel,
  type TokenRow,
  uploadParameters,
  type ValueModelArrays,
  valueModelSpec,
  type Weight,
  type WeightType,
} from "../lm/mod.ts";
import { adamDefaults } from "../optim/mod.ts";
import { createArrayPool, type TrainState } from "../learn/mod.ts";
import type { ScoreStatistics } from "../rl/mod.ts";
import { type Device, trimMemory } from "../runtime/mod.ts";
import { type Frozen, keptModel, rereadModel } from "../memory/mod.ts";
import { createActorUpdate, createCriticUpdate } from "./ppo_update.ts";
import { createExactKl, createPolicyScorer } from "../lm/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { createValueScorer } from "../lm/mod.ts";

/** A model as it comes from its folder. */
export interface LoadedModel {
  /** Its sizes. */
  readonly config: Gpt2Config;
  /** By dotted Hugging Face name; with `spare_memory` they become the actor's or critic's own. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** Reads the weights again, if they lie somewhere: `spare_memory` then holds no frozen model between two uses. */
  readonly reread?: (() => Promise<ReadonlyMap<string, Weight>>) | undefined;
}

/** What PPO starts from. */
export interface PpoInputs {
  /** Where to compute. */
  readonly device: Device;
  /** The SFT model: actor at the start, and the frozen reference. */
  readonly policy: LoadedModel;
  /** The reward model; the critic starts from its body. */
  readonly reward: LoadedModel;
  /** Mean and deviation of the SFT model's raw scores, stored with the reward model. */
  readonly scoreStatistics?: ScoreStatistics | undefined;
  /** The tokenizer's [PAD] and [SEP]. */
  readonly special: SpecialTokens;
  /** Prompts as token rows. */
  readonly prompts: readonly TokenRow[];
  /** Checked and complete. */
  readonly settings: Settings;
}

/** How tokens are drawn, by the settings' names. */
export const samplingOf = (settings: Settings): SamplingSettings => ({
  temperature: settings.temperature,
  topK: settings.top_k,
  topP: settings.top_p,
  repetitionPenalty: settings.repetition_penalty,
});

/** How a run's frozen models are stored. */
export const frozenType = ({ frozen_dtype }: Pick<Settings, "frozen_dtype">): WeightType =>
  frozen_dtype === "float16" ? "float16" : "float32";

/** Dropout's rate in the update when the defect `dropout_in_update` is on: GPT-2's own. */
const DROPOUT = 0.1;

/** The largest of ONNX Runtime's buckets: larger buffers are made anew in every pass, which takes longer than what they are for. */
const LARGEST_BUCKET = 160 * 2 ** 20;

/**
 * The settings with passes of so few rows that a GPU's buffers hold their arrays, and, where no number is asked for, that its buckets
 * do; on the CPU as they are.
 */
export function fittingSettings(
  { device, policy, settings }: Pick<PpoInputs, "device" | "settings"> & {
    readonly policy: Pick<LoadedModel, "config">;
  },
): Settings {
  if (device.adapter === undefined) return settings;
  const { max_len, query_len } = settings;
  const answers = settings.batch_size * settings.num_return_sequences * settings.update_timesteps;
  const fit = (rows: number): number => {
    const wanted = rows || answers;
    const most = rows === 0 && settings.gpu_buffers === "buckets" ? LARGEST_BUCKET : Infinity;
    const pass = { rows: wanted, time: max_len, logits: query_len };
    const fitting = rowsThatFit(device, policy.config, pass, most);
    return fitting < wanted ? fitting : rows;
  };
  return {
    ...settings,
    micro_batch_size: fit(settings.micro_batch_size),
    score_batch_size: fit(settings.score_batch_size),
  };
}

/** Compiles every program of a run; `checkpoint` is looked at between the programs of a gradient. */
export async function compilePrograms(
  { device, policy, reward, special, settings }: PpoInputs,
  { checkpoint = () => {} }: { checkpoint?: () => void } = {},
) {
  const sampling = samplingOf(settings);
  const shape = {
    config: policy.config,
    sampling: settings.log_probs_of_raw_distribution ? plainSampling : sampling,
  };
  const optimizer = {
    ...adamDefaults,
    epsilon: settings.adam_epsilon,
    maxGradNorm: settings.max_grad_norm,
    inPlace: device.kind === "cpu",
  };
  const common = {
    optimizer,
    dropout: settings.dropout_in_update ? DROPOUT : 0,
    blocksPerProgram: settings.blocks_per_program,
    logitsAtOnce: settings.logits_at_once,
    pool: createArrayPool(device),
    ...(settings.spare_memory ? { onPart: trimMemory } : {}),
  };
  const frozen = frozenType(settings);
  const types: readonly WeightType[] = frozen === "float32" ? [frozen] : ["float32", frozen];
  return {
    shape,
    /** Arrays that wait to be written with gradients. */
    pool: common.pool,
    generator: await createGenerator(device, policy.config, {
      sampling,
      special,
      greedy: !settings.do_sample,
      ...(settings.score_batch_size > 0 ? { promptsAtOnce: settings.score_batch_size } : {}),
    }),
    policy: await createPolicyScorer(device, shape, types),
    value: await createValueScorer(device, reward.config, types),
    exactKl: await createExactKl(device, shape, frozen),
    actor: await createActorUpdate(device, shape, {
      ...common,
      clipRange: settings.policy_clip_eps,
      checkpoint,
    }),
    critic: await createCriticUpdate(device, reward.config, {
      ...common,
      clipRange: settings.value_clip_eps,
    }),
  };
}

/** The compiled programs of a run. */
export type Programs = Awaited<ReturnType<typeof compilePrograms>>;

/** The models of a run; `actor` and `critic` are replaced at each optimizer step. */
export interface Models {
  readonly reference: Frozen<StoredGpt2>;
  readonly reward: Frozen<StoredValueModel>;
  actor: TrainState<Gpt2Arrays>;
  critic: TrainState<ValueModelArrays>;
}

/**
 * Uploads the four models. The frozen ones use the memory they were read into, and actor and critic get arrays of their own; with
 * `spare_memory` it is the other way round, and the frozen ones are read again when they are asked.
 */
export async function loadModels(inputs: PpoInputs, programs: Programs): Promise<Models> {
  const { device, policy, reward, settings } = inputs;
  const policySpec = gpt2Spec(policy.config), rewardSpec = valueModelSpec(reward.config);
  const type = frozenType(settings);
  const frozen = <T>(spec: T, model: LoadedModel, name: string) => {
    const reread = rereadOf(model, settings);
    const stored = storedSpec(spec, type);
    return reread === undefined
      ? keptModel(device, stored, model.weights)
      : rereadModel(device, stored, { weights: model.weights, reread, name });
  };
  const criticWeights = settings.fresh_value_head ? withFreshHead(reward.weights) : reward.weights;
  const own = (model: LoadedModel) => ({ share: rereadOf(model, settings) !== undefined });
  return {
    reference: await frozen(policySpec, policy, "the reference model"),
    reward: await frozen(rewardSpec, reward, "the reward model"),
    actor: await programs.actor.optimizer.start(
      await uploadParameters(device, policySpec, policy.weights, own(policy)),
    ),
    critic: await programs.critic.optimizer.start(
      await uploadParameters(device, rewardSpec, criticWeights, own(reward)),
    ),
  };
}

/** How a frozen model is read for each use; undefined: it is kept. */
const rereadOf = ({ reread }: LoadedModel, { spare_memory }: Settings) =>
  spare_memory ? reread : undefined;

/** The same weights with a value head of zeros: a critic that has learnt nothing yet says 0. */
export function withFreshHead(weights: ReadonlyMap<string, Weight>): Map<string, Weight> {
  return new Map([...weights].map(([name, weight]) => [
    name,
    name === "value_fn.weight"
      ? { shape: weight.shape, data: new Float32Array(weight.data.length) }
      : weight,
  ]));
}

/**
 * What a run needs to be true before anything is compiled.
 *
 * @throws RangeError when there are fewer prompts than `batch_size`, a prompt does not fit, statistics are missing, or the device
 *   cannot read frozen models as they are to be stored.
 */
export function checkInputs(
  { device, prompts, settings, scoreStatistics, policy, reward }: PpoInputs,
): void {
  const { batch_size, max_len, query_len } = settings;
  checkFrozenType(settings, device);
  if (prompts.length === 0) throw new RangeError("Cannot train: the data set of prompts is empty");
  if (prompts.length < batch_size) {
    throw new RangeError(
      `Cannot train with batch_size ${batch_size}: there are only ${prompts.length} prompts`,
    );
  }
  if (settings.normalise_scores && scoreStatistics === undefined) {
    throw new RangeError(
      "Cannot normalise scores: the reward model's settings.json has no score_mean and score_deviation; measure them or set normalise_scores false",
    );
  }
  const positions = Math.min(policy.config.positions, reward.config.positions);
  if (max_len > positions) {
    throw new RangeError(
      `Cannot train with max_len ${max_len}: the models have ${positions} positions`,
    );
  }
  const tooLong = prompts.findIndex((prompt) => prompt.length + query_len > max_len);
  if (tooLong >= 0) {
    throw new RangeError(
      `Cannot train: prompt ${tooLong} has ${
        prompts[tooLong].length
      } tokens, and with query_len ${query_len} that is more than max_len ${max_len}`,
    );
  }
  if (policy.config.vocabSize !== reward.config.vocabSize) {
    throw new RangeError(
      `Cannot train: the policy has a vocabulary of ${policy.config.vocabSize} tokens and the reward model one of ${reward.config.vocabSize}`,
    );
  }
}

/**
 * Whether a device can store frozen models as the settings say. On the CPU float16 would save nothing, since they lie where they were
 * read.
 *
 * @throws RangeError when it cannot.
 */
export function checkFrozenType(
  settings: Pick<Settings, "frozen_dtype">,
  { kind, adapter, description }: Pick<Device, "kind" | "adapter" | "description">,
): void {
  if (frozenType(settings) === "float32" || adapter?.readsFloat16) return;
  const reason = kind === "cpu"
    ? "that is for GPUs, and this run computes on the CPU, where spare_memory keeps no frozen model at all"
    : `programs on ${description} cannot read it (the adapter lacks shader-f16)`;
  throw new RangeError(
    `Cannot store the frozen models as float16: ${reason}; leave frozen_dtype at float32`,
  );
}
