/**
 * A critic alone: PPO's own critic update without the actor's, for a chapter that trains nothing else.
 *
 *     before each update    V_old = V           then ppo_epoch passes over the pool with the clipped value loss
 */
import { uploadParameters, type ValueModelArrays, valueModelSpec } from "../lm/mod.ts";
import { adamDefaults } from "../optim/mod.ts";
import { meanOf } from "../rl/mod.ts";
import { answerBatch, chunksOf, createValueScorer, type PromptAndAnswer } from "../lm/mod.ts";
import {
  createCriticUpdate,
  minibatches,
  minibatchParts,
  type Sample,
  samplingOf,
  withFreshHead,
} from "../ppo/mod.ts";
import { type Settings } from "../settings/mod.ts";
import { chooseDevice } from "../runtime/mod.ts";
import type { RunInputs } from "./embedded.ts";

/** A critic that learns. */
export interface Critic {
  /** "value_clip_eps 0.2, learning_rate 0.00005": what tells it from others. */
  readonly name: string;
  /** A value may go so far in one update. */
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
  const { adam_epsilon: epsilon, max_grad_norm: maxGradNorm, value_clip_eps: clipRange } = settings;
  const optimizer = { ...adamDefaults, epsilon, maxGradNorm };
  const update = await createCriticUpdate(device, reward.config, { clipRange, optimizer });
  const score = await createValueScorer(device, reward.config);
  const weights = settings.fresh_value_head ? withFreshHead(reward.weights) : reward.weights;
  const start: ValueModelArrays = await uploadParameters(
    device,
    valueModelSpec(reward.config),
    weights,
  );
  const shape = { config: policy.config, sampling: samplingOf(settings) };
  let state = await update.optimizer.start(start);
  let epoch = 0;
  const values = async (answers: readonly PromptAndAnswer[]): Promise<number[][]> => {
    const rows: number[][] = [];
    for (const part of chunksOf(answers, BATCH)) {
      const found = await score(state.parameters, answerBatch(part, { padId }));
      rows.push(...found.map((row, index) => row.slice(0, part[index].answer.length)));
    }
    return rows;
  };
  return {
    name: `value_clip_eps ${clipRange}, learning_rate ${settings.learning_rate}`,
    clipRange,
    values,
    async learn(pool, { signal } = {}) {
      const old = await values(pool); // V_old
      const ready = pool.map((sample, index) => ({ ...sample, values: old[index] }));
      const losses: number[] = [];
      for (let pass = 0; pass < settings.ppo_epoch; pass++) {
        for (const samples of minibatches(ready, settings, epoch++)) {
          signal?.throwIfAborted();
          const parts = minibatchParts(samples, { settings, shape, padId, step: 0 });
          const stepped = await update.step(state, parts, settings.learning_rate);
          state = stepped.state;
          losses.push(stepped.loss);
        }
      }
      return meanOf(losses);
    },
  };
}
