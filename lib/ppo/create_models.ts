/**
 * Creates the four models of a run: compiles their programs, loads their weights, and owns the
 * state that training changes.
 *
 * The actor and the critic own their weights and Adam's moments, which each step replaces. The
 * frozen models stay in the memory that their weights were read into. With `spareMemory`, they are
 * read again for each use instead, and the actor and the critic take over that memory.
 */
import { createGenerator, type Generator } from "../decode/mod.ts";
import {
  type AnswerStepOptions,
  type AnswerTrainer,
  type AnswerTrainerOptions,
  createAnswerTrainer,
  createArrayPool,
  type TrainState,
} from "../learn/mod.ts";
import {
  chunksOf,
  type Gpt2Arrays,
  gpt2Spec,
  type PromptAndAnswer,
  type StoredGpt2,
  storedSpec,
  type StoredValueModel,
  type TokenRow,
  uploadParameters,
  type ValueModelArrays,
  valueModelSpec,
  type Weight,
} from "../lm/mod.ts";
import { type Frozen, keptModel, rereadModel } from "../memory/mod.ts";
import { adamDefaults } from "../optim/mod.ts";
import { uniform } from "../random/mod.ts";
import { approxKl } from "../rl/mod.ts";
import { type Text } from "../text/mod.ts";
import type { PpoConfig } from "./config.ts";
import { actorWithDefects, samplingForLogProbs, updateDropout } from "./faithful.ts";
import type { LoadedModel, PpoInputs } from "./inputs.ts";
import { actorLoss, criticLoss } from "./losses.ts";
import type { Actor, Models } from "./models.ts";
import { createEvaluators, type Housekeeping, layoutFor } from "./evaluators.ts";
import type { Sample } from "./sample.ts";

/** A trained model with the state that each step replaces. */
export interface Trained<P> {
  /** Parameters and Adam's moments. */
  state: TrainState<P>;
  /** Computes optimizer steps and gradients. */
  readonly trainer: AnswerTrainer<P, Sample>;
}

/** The four models, with everything that logging, resuming and memory handling need. */
export interface RunModels extends Models {
  /** The actor's weights. */
  readonly trainedActor: Trained<Gpt2Arrays>;
  /** The critic's weights. */
  readonly trainedCritic: Trained<ValueModelArrays>;
  /** The reference's weights. */
  readonly frozenReference: Frozen<StoredGpt2>;
  /** Samples answers with any parameters that have the actor's shapes. */
  readonly generator: Generator;
  /**
   * The exact KL(pi || pi_ref) in nats, summed over the tokens of an answer and averaged over
   * answers. At most `maxLogits` logits of each model are computed at once.
   */
  exactKl(answers: readonly PromptAndAnswer[], options?: { maxLogits?: number }): Promise<number>;
  /** Scores answers with a value model that has these parameters. */
  scoresBy(parameters: StoredValueModel, answers: readonly PromptAndAnswer[]): Promise<number[]>;
  /** Frees the arrays that are kept for the next gradient. */
  releaseGradients(): void;
}

/** Compiles and loads the models of a run. */
export async function createModels(
  inputs: PpoInputs,
  config: PpoConfig,
  housekeeping: Housekeeping,
): Promise<RunModels> {
  const evaluators = await createEvaluators(inputs, config, housekeeping);
  const { gradientArrays, ...trainers } = await createTrainers(inputs, config, housekeeping);
  const generator = await createGenerator(inputs.device, inputs.policy.config, {
    sampling: config.sampling,
    special: inputs.special,
    greedy: config.greedy,
    promptsAtOnce: config.memory.scoreBatchSize || Infinity,
  });
  const { reference, reward } = await loadFrozen(inputs, config);
  const { trainedActor, trainedCritic } = await loadTrained(inputs, config, trainers);
  return {
    actor: actorWithDefects({
      generate: answerSampler({ generator, trainedActor }, config, housekeeping),
      logProbs: (answers) => evaluators.logProbs(trainedActor.state.parameters, answers),
      async step(samples, learningRate, { maxKl = Infinity } = {}) {
        const { taken, loss, gradNorm, rows } = await takeStep(
          trainedActor,
          samples,
          learningRate,
          {
            accepts: ({ rows: { logProbs } }) => klToSampler(samples, logProbs) <= maxKl,
          },
        );
        return taken
          ? { loss, gradNorm, logProbs: rows.logProbs, entropy: rows.entropy }
          : undefined;
      },
    }, config),
    critic: {
      values: (answers) => evaluators.values(trainedCritic.state.parameters, answers),
      step: (samples, learningRate) => takeStep(trainedCritic, samples, learningRate),
    },
    reference: {
      logProbs: (answers) =>
        reference.use((parameters) => evaluators.logProbs(parameters, answers)),
    },
    reward: {
      async scores(answers) {
        const scores = await reward.use((parameters) => evaluators.scores(parameters, answers));
        housekeeping.tidy();
        return scores;
      },
    },
    exactKl: (answers, options) =>
      reference.use((stored) =>
        evaluators.exactKl(
          { parameters: trainedActor.state.parameters, reference: stored },
          answers,
          options,
        )
      ),
    generator,
    trainedActor,
    trainedCritic,
    frozenReference: reference,
    scoresBy: evaluators.scores,
    releaseGradients: gradientArrays.release,
  };
}

async function takeStep<P>(
  model: Trained<P>,
  samples: readonly Sample[],
  learningRate: number,
  options: AnswerStepOptions = {},
) {
  const { step } = model.state;
  const { state, ...found } = await model.trainer.step(model.state, samples, learningRate, options);
  model.state = state;
  return { ...found, taken: state.step > step };
}

/** How far the policy is from the one that sampled a minibatch, in nats per token. */
const klToSampler = (samples: readonly Sample[], logProbs: readonly number[][]): number =>
  approxKl({
    logProbs: logProbs.flat(),
    oldLogProbs: samples.flatMap((sample) => sample.logProbs),
  });

/**
 * Compiles the gradients and optimizers of the actor and the critic, which take turns using one
 * pool of gradient arrays.
 */
async function createTrainers(
  inputs: PpoInputs,
  config: PpoConfig,
  { checkAbort, tidy }: Housekeeping,
) {
  const { device, policy, reward } = inputs;
  const { microBatchSize, blocksPerSegment, logitsAtOnce } = config.memory;
  const gradientArrays = createArrayPool(device);
  const dropout = updateDropout(config);
  const { adamEpsilon: epsilon, maxGradNorm } = config;
  const optimizer = { ...adamDefaults, epsilon, maxGradNorm, inPlace: device.kind === "cpu" };
  const options: Omit<AnswerTrainerOptions, "optimizer"> = {
    layout: layoutFor("train", inputs, { ...config, maxRows: microBatchSize }),
    beforeMicroBatch: tidy,
    blocksPerSegment,
    pool: gradientArrays,
    dropout,
  };
  const shape = { config: policy.config, sampling: samplingForLogProbs(config) };
  const ofActor = actorLoss(shape, { clipRange: config.clipRange, dropout });
  const ofCritic = criticLoss(reward.config, { clipRange: config.valueClipRange, dropout });
  return {
    gradientArrays,
    // The actor's step can be aborted, because nothing has changed yet. The critic's step cannot be
    // aborted, because the actor has already been updated.
    actor: await createAnswerTrainer(device, ofActor, {
      ...{ ...options, logitsAtOnce, betweenPrograms: checkAbort },
      optimizer: { ...optimizer, name: { en: "the actor", zh: "策略模型" } },
    }),
    critic: await createAnswerTrainer(device, ofCritic, {
      ...options,
      optimizer: { ...optimizer, name: { en: "the critic", zh: "价值模型" } },
    }),
  };
}

/**
 * Samples answers with the current actor. The random number for token t of row r depends only on
 * (seed, timestep, r, t), not on the batch.
 */
function answerSampler(
  { generator, trainedActor }: Pick<RunModels, "generator" | "trainedActor">,
  { seed, answersPerPrompt, answerLength, memory }: PpoConfig,
  { checkAbort, tidy }: Housekeeping,
): Actor["generate"] {
  return async (prompts, { timestep }) => {
    const repeated = prompts.flatMap((prompt) => Array<TokenRow>(answersPerPrompt).fill(prompt));
    const answers: Awaited<ReturnType<Generator["generate"]>> = [];
    for (const part of chunksOf(repeated, memory.generateBatchSize || repeated.length)) {
      const first = answers.length;
      const draw = (row: number, position: number) => {
        checkAbort(); // called for each token
        return uniform(seed, timestep, first + row, position);
      };
      const options = { maxNewTokens: answerLength, uniform: draw };
      answers.push(...await generator.generate(trainedActor.state.parameters, part, options));
    }
    if (memory.spareMemory) generator.rest();
    tidy();
    return answers.map(({ tokens, ...answer }, index) => ({
      ...answer,
      prompt: repeated[index],
      answer: tokens,
    }));
  };
}

/** How a model is read for each use, or undefined if it stays in memory. */
const rereadOf = ({ reread }: LoadedModel, { memory }: PpoConfig) =>
  memory.spareMemory ? reread : undefined;

/** Loads the reference and the reward model, or prepares to read them for each use. */
async function loadFrozen({ device, policy, reward }: PpoInputs, config: PpoConfig) {
  const load = <T>(spec: T, model: LoadedModel, name: Text) => {
    const reread = rereadOf(model, config);
    const stored = storedSpec(spec, config.memory.frozenType);
    return reread === undefined
      ? keptModel(device, stored, model.weights)
      : rereadModel(device, stored, { weights: model.weights, reread, name });
  };
  return {
    reference: await load(gpt2Spec(policy.config), policy, {
      en: "the reference model",
      zh: "参考模型",
    }),
    reward: await load(valueModelSpec(reward.config), reward, {
      en: "the reward model",
      zh: "奖励模型",
    }),
  };
}

/** Uploads the initial weights of the actor and the critic. */
async function loadTrained(
  { device, policy, reward }: PpoInputs,
  config: PpoConfig,
  { actor, critic }: Omit<Awaited<ReturnType<typeof createTrainers>>, "gradientArrays">,
): Promise<Pick<RunModels, "trainedActor" | "trainedCritic">> {
  const load = <T>(spec: T, model: LoadedModel) =>
    uploadParameters(device, spec, model.weights, { share: rereadOf(model, config) !== undefined });
  const weights = config.freshValueHead ? withFreshHead(reward.weights) : reward.weights;
  const ofActor = await load(gpt2Spec(policy.config), policy);
  const ofCritic = await load(valueModelSpec(reward.config), { ...reward, weights });
  return {
    trainedActor: { trainer: actor, state: await actor.start(ofActor) },
    trainedCritic: { trainer: critic, state: await critic.start(ofCritic) },
  };
}

/**
 * The same weights with a value head of zeros, so that an untrained critic predicts 0.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { withFreshHead } from "ppo/ppo/mod.ts";
 * const head = { shape: [1, 2], data: Float32Array.of(3, 4) };
 * const fresh = withFreshHead(new Map([["value_fn.weight", head]]));
 * deepEqual(fresh.get("value_fn.weight")?.data[1], 0);
 * ```
 */
export const withFreshHead = (weights: ReadonlyMap<string, Weight>): Map<string, Weight> =>
  new Map([...weights].map(([name, weight]) => [
    name,
    name === "value_fn.weight"
      ? { shape: weight.shape, data: new Float32Array(weight.data.length) }
      : weight,
  ]));
