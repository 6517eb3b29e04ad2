/**
 * PPO for a language model (Schulman et al. 2017; Ouyang et al. 2022): sample, score, update, again.
 *
 * `createPpo` compiles the programs and holds the models; `train` is an async generator of metrics, one row an update. The
 * schedule is the tutorial's: `num_episodes` x `max_timesteps` timesteps of `batch_size` prompts, an update every
 * `update_timesteps`, `ppo_epoch` passes over the pool of answers since the last one.
 */
import {
  type Answer,
  createGenerator,
  downloadParameters,
  type Generator,
  type Gpt2Arrays,
  type Gpt2Config,
  gpt2Spec,
  plainSampling,
  type SamplingSettings,
  type SpecialTokens,
  type TokenRow,
  uploadParameters,
  type ValueModelArrays,
  valueModelSpec,
  type Weight,
} from "../lm/mod.ts";
import { adamDefaults, type TrainState } from "../optim/mod.ts";
import { randomStream, type ScoreStatistics, uniform, whiten } from "../rl/mod.ts";
import type { Device } from "../runtime/mod.ts";
import { answerBatch } from "./answer_batch.ts";
import { type Sample, scoreAnswers } from "./experience.ts";
import { type Metrics, poolMetrics, stepMetrics, type UpdateStep } from "./metrics.ts";
import { minibatches, minibatchParts } from "./minibatches.ts";
import { createActorUpdate, createCriticUpdate } from "./ppo_update.ts";
import { createExactKl, createPolicyScorer } from "./sampled_policy.ts";
import type { Settings } from "./settings.ts";
import { createStopwatch } from "./stopwatch.ts";
import { createValueScorer } from "./values.ts";

/** A model as it comes from its folder. */
export interface LoadedModel {
  readonly config: Gpt2Config;
  readonly weights: ReadonlyMap<string, Weight>;
}

/** What PPO starts from. */
export interface PpoInputs {
  readonly device: Device;
  /** The SFT model: actor at the start, and the frozen reference. */
  readonly policy: LoadedModel;
  /** The reward model; the critic starts from its body. */
  readonly reward: LoadedModel;
  /** Mean and deviation of the SFT model's raw scores, stored with the reward model. */
  readonly scoreStatistics?: ScoreStatistics | undefined;
  readonly special: SpecialTokens;
  /** Prompts as token rows. */
  readonly prompts: readonly TokenRow[];
  readonly settings: Settings;
}

/** Where a run stands, told after each timestep. */
export interface Progress {
  readonly timestep: number;
  readonly timesteps: number;
  readonly update: number;
  readonly updates: number;
}

/** How to train. */
export interface TrainOptions {
  /** Looked at between programs; an abort ends the run with its reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A gradient read back from the device. */
export interface ActorGradient {
  readonly loss: number;
  readonly logProbs: number[][];
  readonly gradients: ReadonlyMap<string, Weight>;
}

/** A PPO run. */
export interface Ppo {
  /** One row of metrics an update; stops at the end of the schedule. */
  train(options?: TrainOptions): AsyncGenerator<Metrics>;
  /** Samples and scores one timestep's answers with the models as they are. */
  experience(timestep: number, prompts: readonly TokenRow[]): Promise<Sample[]>;
  /** The same answers scored again, as one batch. */
  rescore(samples: readonly Sample[]): Promise<Sample[]>;
  /** Updates actor and critic on a pool of answers. */
  update(pool: readonly Sample[], update: number): Promise<UpdateStep[]>;
  /** Mean over sampled answers of KL(pi || pi_ref), exact over the vocabulary, summed over an answer's tokens. */
  exactKl(samples: readonly Sample[]): Promise<number>;
  /** The gradient of the actor's loss on these answers as one minibatch, by parameter name. */
  actorGradient(samples: readonly Sample[], options?: { microBatchSize?: number }): Promise<ActorGradient>;
  /** The actor as it is now; valid until the next update. */
  actor(): Gpt2Arrays;
  critic(): ValueModelArrays;
  readonly reference: Gpt2Arrays;
  readonly generator: Generator;
}

/** How tokens are drawn, by the settings' names. */
export const samplingOf = (settings: Settings): SamplingSettings => ({
  temperature: settings.temperature,
  topK: settings.top_k,
  topP: settings.top_p,
  repetitionPenalty: settings.repetition_penalty,
});

/** Answers whose KL is measured exactly at each update: the rest of the vocabulary costs as much as a forward pass of each. */
const EXACT_KL_ANSWERS = 16;

/** Dropout's rate in the update when the defect `dropout_in_update` is on: GPT-2's own. */
const DROPOUT = 0.1;

/**
 * Compiles a run.
 *
 * @throws RangeError when there are fewer prompts than `batch_size`, or normalisation is asked for without statistics.
 */
export async function createPpo(inputs: PpoInputs): Promise<Ppo> {
  const { device, policy, reward, special, prompts, settings } = inputs;
  checkInputs(inputs);
  const sampling = samplingOf(settings);
  const scoring = settings.log_probs_of_raw_distribution ? plainSampling : sampling;
  const shape = { config: policy.config, sampling: scoring };
  const reference = await uploadParameters(device, gpt2Spec(policy.config), policy.weights);
  const rewardModel = await uploadParameters(device, valueModelSpec(reward.config), reward.weights);
  const generator = await createGenerator(device, policy.config, {
    sampling,
    special,
    greedy: !settings.do_sample,
  });
  const scorers = {
    policy: await createPolicyScorer(device, shape),
    value: await createValueScorer(device, reward.config),
  };
  const optimizer = { ...adamDefaults, epsilon: settings.adam_epsilon, maxGradNorm: settings.max_grad_norm };
  const dropout = settings.dropout_in_update ? DROPOUT : 0;
  const actorUpdate = await createActorUpdate(device, shape, {
    clipRange: settings.policy_clip_eps,
    optimizer,
    dropout,
  });
  const criticUpdate = await createCriticUpdate(device, reward.config, {
    clipRange: settings.value_clip_eps,
    optimizer,
    dropout,
  });
  const exact = await createExactKl(device, shape);
  let actor: TrainState<Gpt2Arrays> = await actorUpdate.optimizer.start(
    await uploadParameters(device, gpt2Spec(policy.config), policy.weights),
  );
  let critic: TrainState<ValueModelArrays> = await criticUpdate.optimizer.start(
    await uploadParameters(
      device,
      valueModelSpec(reward.config),
      settings.fresh_value_head ? freshHead(reward.weights) : reward.weights,
    ),
  );
  const watch = createStopwatch();

  const score = (
    chosen: readonly TokenRow[],
    answers: readonly Answer[],
    timestep: number,
  ): Promise<Sample[]> => {
    const models = { actor: actor.parameters, reference, critic: critic.parameters, reward: rewardModel };
    const scoreStatistics = settings.normalise_scores ? inputs.scoreStatistics : undefined;
    const options = { settings, sampling, padId: special.padId, timestep, scoreStatistics };
    return scoreAnswers(chosen, answers, { ...scorers, ...models }, options);
  };

  const rescore = (samples: readonly Sample[]): Promise<Sample[]> => {
    const answers = samples.map(({ answer, kept, logProbs, ended }) => ({
      tokens: [...answer],
      logProbs: [...logProbs],
      kept: [...kept],
      ended,
    }));
    return score(samples.map(({ prompt }) => prompt), answers, samples[0].timestep);
  };

  const experience = async (timestep: number, chosen: readonly TokenRow[]): Promise<Sample[]> => {
    const repeated = chosen.flatMap((prompt) => Array<TokenRow>(settings.num_return_sequences).fill(prompt));
    const draw = (row: number, position: number) => uniform(settings.seed, timestep, row, position);
    const options = { maxNewTokens: settings.query_len, uniform: draw };
    const answers = await watch.time(
      "generate",
      () => generator.generate(actor.parameters, repeated, options),
    );
    const models = { actor: actor.parameters, reference, critic: critic.parameters, reward: rewardModel };
    const scoreStatistics = settings.normalise_scores ? inputs.scoreStatistics : undefined;
    const scoringOptions = { settings, sampling, padId: special.padId, timestep, scoreStatistics };
    return watch.time(
      "score",
      () => scoreAnswers(repeated, answers, { ...scorers, ...models }, scoringOptions),
    );
  };

  const update = async (
    pool: readonly Sample[],
    number: number,
    signal?: AbortSignal,
  ): Promise<UpdateStep[]> => {
    const steps: UpdateStep[] = [];
    const ready = settings.whiten_advantages ? whitened(pool) : pool;
    for (let epoch = 0; epoch < settings.ppo_epoch; epoch++) {
      for (const samples of minibatches(ready, settings, number * settings.ppo_epoch + epoch)) {
        signal?.throwIfAborted();
        const parts = minibatchParts(samples, {
          settings,
          shape,
          padId: special.padId,
          step: steps.length + number,
        });
        const rate = settings.learning_rate;
        const actorStep = await watch.time("actor", () => actorUpdate.step(actor, parts, rate));
        actor = actorStep.state;
        const criticStep = await watch.time("critic", () => criticUpdate.step(critic, parts, rate));
        critic = criticStep.state;
        steps.push({ samples, actor: actorStep, critic: criticStep });
      }
    }
    return steps;
  };

  const actorGradient = async (
    samples: readonly Sample[],
    { microBatchSize = 0 } = {},
  ): Promise<ActorGradient> => {
    const own = { ...settings, micro_batch_size: microBatchSize };
    const parts = minibatchParts(samples, { settings: own, shape, padId: special.padId, step: 0 });
    const { loss, logProbs, gradients } = await actorUpdate.gradient(actor.parameters, parts);
    return { loss, logProbs, gradients: await downloadParameters(device, gradients) };
  };

  const exactKl = async (samples: readonly Sample[]): Promise<number> => {
    const batch = answerBatch(samples, {
      padId: special.padId,
      leftPadded: settings.left_pad_without_positions,
    });
    const rows = await exact({ parameters: actor.parameters, reference }, batch, samples);
    return rows.flat().reduce((total, kl) => total + kl, 0) / rows.length;
  };

  async function* train({ signal, onProgress }: TrainOptions = {}): AsyncGenerator<Metrics> {
    const timesteps = settings.num_episodes * settings.max_timesteps;
    const updates = Math.floor(timesteps / settings.update_timesteps);
    const nextPrompts = promptSampler(prompts, settings);
    let pool: Sample[] = [];
    for (let timestep = 1, number = 0; timestep <= timesteps; timestep++) {
      signal?.throwIfAborted();
      pool.push(...await experience(timestep, nextPrompts()));
      onProgress?.({ timestep, timesteps, update: number, updates });
      if (timestep % settings.update_timesteps !== 0) continue;
      const before = { ...poolMetrics(pool), kl_exact: await exactKl(pool.slice(-EXACT_KL_ANSWERS)) };
      const steps = await update(pool, number++, signal);
      const after = stepMetrics(steps, { clipRange: settings.policy_clip_eps });
      pool = [];
      yield { update: number, timestep, ...before, ...after, ...watch.lap() };
    }
  }

  return {
    train,
    experience,
    rescore,
    update,
    exactKl,
    actorGradient,
    actor: () => actor.parameters,
    critic: () => critic.parameters,
    reference,
    generator,
  };
}

function checkInputs({ prompts, settings, scoreStatistics, policy }: PpoInputs): void {
  if (prompts.length === 0) throw new RangeError("Cannot train: the data set of prompts is empty");
  if (prompts.length < settings.batch_size) {
    throw new RangeError(
      `Cannot train with batch_size ${settings.batch_size}: there are only ${prompts.length} prompts`,
    );
  }
  if (settings.normalise_scores && scoreStatistics === undefined) {
    throw new RangeError(
      "Cannot normalise scores: the reward model's settings.json has no score_mean and score_deviation; measure them or set normalise_scores false",
    );
  }
  if (settings.max_len > policy.config.positions) {
    throw new RangeError(
      `Cannot train with max_len ${settings.max_len}: the model has ${policy.config.positions} positions`,
    );
  }
}

/** The same weights with a value head of zeros: a critic that has learnt nothing yet says 0. */
function freshHead(weights: ReadonlyMap<string, Weight>): Map<string, Weight> {
  return new Map([...weights].map(([name, weight]) => [
    name,
    name === "value_fn.weight" ? { shape: weight.shape, data: new Float32Array(weight.data.length) } : weight,
  ]));
}

/** The pool with its advantages at mean 0 and deviation 1 over all real tokens. */
function whitened(pool: readonly Sample[]): Sample[] {
  const real = whiten(pool.map(({ advantages, answer }) => advantages.slice(0, answer.length)));
  return pool.map((sample, index) => ({ ...sample, advantages: real[index] }));
}

/** Draws `batch_size` different prompts a call, from the seed alone (or, as a defect, from an order no seed governs). */
function promptSampler(prompts: readonly TokenRow[], settings: Settings): () => TokenRow[] {
  const random = settings.prompts_through_set ? Math.random : randomStream(settings.seed);
  return () => {
    const chosen = new Set<number>();
    while (chosen.size < settings.batch_size) chosen.add(Math.floor(random() * prompts.length));
    return [...chosen].map((index) => prompts[index]);
  };
}
