/**
 * A critic alone: PPO's own critic update without the actor's, for a chapter that trains nothing else.
 *
 *     before each update    V_old = V           then ppo_epoch passes over the pool with the clipped value loss
 */
import { createAnswerTrainer } from "../learn/mod.ts";
import {
  answerLayout,
  createValueScorer,
  evaluateAnswers,
  type PromptAndAnswer,
  uploadParameters,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import { adamDefaults } from "../optim/mod.ts";
import {
  configOf,
  criticLoss,
  type Sample,
  shuffledMinibatches,
  withFreshHead,
} from "../ppo/mod.ts";
import { meanOf } from "../rl/mod.ts";
import { chooseDevice } from "../runtime/mod.ts";
import type { Settings } from "../settings/mod.ts";
import type { RunInputs } from "./embedded.ts";

/** A critic that learns. */
export interface Critic {
  /** "value_clip_eps 0.2, learning_rate 0.00005": what distinguishes it from others. */
  readonly name: string;
  /** How far a value may move in one update. */
  readonly clipRange: number;
  /** V before each token of each answer. */
  values(answers: readonly PromptAndAnswer[]): Promise<number[][]>;
  /** `ppo_epoch` passes over the pool, from its values as they are now; gives the mean loss of the minibatches. */
  learn(pool: readonly Sample[], options?: { signal?: AbortSignal | undefined }): Promise<number>;
}

/** Answers scored at once. */
const BATCH = 32;

/** Compiles a critic that starts as PPO's does: the reward model's body with a head of zeros, or (`fresh_value_head: false`) all of it. */
export async function openCritic(
  { policy, reward, tokenizer: { padId } }: RunInputs,
  settings: Settings,
): Promise<Critic> {
  const device = await chooseDevice(settings.device, { buffers: settings.gpu_buffers });
  const config = configOf(settings);
  const { valueClipRange: clipRange, learningRate, maxGradNorm, adamEpsilon: epsilon } = config;
  const layout = answerLayout({ padId, shape: policy.config });
  const reading = answerLayout({ padId, shape: policy.config, maxRows: BATCH });
  const trainer = await createAnswerTrainer(device, criticLoss(reward.config, { clipRange }), {
    optimizer: { ...adamDefaults, epsilon, maxGradNorm },
    layout,
  });
  const score = await createValueScorer(device, reward.config);
  const weights = config.freshValueHead ? withFreshHead(reward.weights) : reward.weights;
  const start: ValueModelArrays = await uploadParameters(
    device,
    valueModelSpec(reward.config),
    weights,
  );
  let state = await trainer.start(start);
  let epoch = 0;
  const values = (answers: readonly PromptAndAnswer[]) =>
    evaluateAnswers(answers, reading, score(state.parameters));
  return {
    name: `value_clip_eps ${clipRange}, learning_rate ${learningRate}`,
    clipRange,
    values,
    async learn(pool, { signal } = {}) {
      const old = await values(pool); // V_old
      const ready = pool.map((sample, index) => ({ ...sample, values: old[index] }));
      const losses: number[] = [];
      for (let pass = 0; pass < config.epochs; pass++) {
        for (const samples of shuffledMinibatches(ready, { ...config, epoch: epoch++ })) {
          signal?.throwIfAborted();
          const stepped = await trainer.step(state, samples, learningRate);
          state = stepped.state;
          losses.push(stepped.loss);
        }
      }
      return meanOf(losses);
    },
  };
}
