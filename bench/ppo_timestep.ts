/**
 * One timestep of PPO with this library, measured: answers sampled and scored, actor and critic updated on them.
 *
 * Policy, reference, reward model and critic have one body, prompts are random and no token ends an answer, so that every answer has
 * the length asked for and another program can be given the same work.
 */
import { peakMemory } from "../lib/course/mod.ts";
import {
  type Gpt2Config,
  gpt2Spec,
  initialWeights,
  readModelFolder,
  type TokenRow,
  type Weight,
} from "../lib/lm/mod.ts";
import { createPpo, type Ppo } from "../lib/ppo/mod.ts";
import { type Settings, validateSettings } from "../lib/settings/mod.ts";
import type { Device } from "../lib/runtime/mod.ts";
import { cyclicNormal } from "./random_model.ts";
import { timedDevice } from "./timed_device.ts";

/** What a timestep is made of, in the order in which it happens; the two scores are parts of `score`. */
export const PARTS = ["generate", "score", "log_probs", "values", "actor", "critic"] as const;

/** Seconds by part. */
export type TimestepSeconds = Readonly<Record<(typeof PARTS)[number], number>>;

/** A timestep to be measured. */
export interface TimestepRequest {
  /** Token rows. */
  readonly prompts: readonly TokenRow[];
  /** Tokens of each answer. */
  readonly new: number;
  /** Passes of the update over the answers. */
  readonly epochs: number;
}

/** What one took. */
export interface TimestepAnswer {
  /** By part. */
  readonly seconds: TimestepSeconds;
  /** Peak resident memory of the process so far, in MiB. */
  readonly peak: number;
}

/** All seconds of a timestep with its update. */
export const wholeSeconds = ({ generate, score, actor, critic }: TimestepSeconds): number =>
  generate + score + actor + critic;

/** What to open. */
export interface TimestepOptions {
  /** The policy's folder, or only its shape: then the weights are drawn at random. */
  readonly model: string | Gpt2Config;
  /** Settings of the run besides those that follow from the request. */
  readonly settings: Partial<Settings>;
  /** The work whose form every timestep has. */
  readonly request: TimestepRequest;
}

/** Opens a run; each call of the function is one timestep more, with the prompts given. */
export async function openTimesteps(
  device: Device,
  { model, settings, request }: TimestepOptions,
): Promise<(prompts: readonly TokenRow[]) => Promise<TimestepAnswer>> {
  const { config, weights } = await modelOf(model);
  const timed = timedDevice(device);
  const ppo = await createPpo({
    device: timed.device,
    policy: { config, weights },
    reward: { config, weights: new Map([...weights, ["value_fn.weight", randomHead(config)]]) },
    special: { padId: 0, endId: -1 },
    prompts: request.prompts,
    settings: validateSettings({
      max_len: config.positions,
      batch_size: request.prompts.length,
      query_len: request.new,
      ppo_epoch: request.epochs,
      update_timesteps: 1,
      normalise_scores: false,
      fresh_value_head: false,
      ...settings,
    }),
  });
  let count = 0;
  return async (prompts) => {
    ppo.watch.lap();
    timed.lap();
    const samples = await ppo.experience(++count, prompts);
    const inside = timed.lap();
    await ppo.learn(samples, count - 1);
    return { seconds: secondsOf(ppo, inside), peak: peakMemory() };
  };
}

function secondsOf(ppo: Ppo, inside: ReadonlyMap<string, number>): TimestepSeconds {
  const lap = ppo.watch.lap();
  const log_probs = inside.get("logProbs") ?? 0, values = inside.get("values") ?? 0;
  return {
    generate: lap.seconds_generate,
    score: lap.seconds_score,
    log_probs,
    values,
    actor: lap.seconds_actor,
    critic: lap.seconds_critic,
  };
}

async function modelOf(
  model: string | Gpt2Config,
): Promise<{ config: Gpt2Config; weights: ReadonlyMap<string, Weight> }> {
  if (typeof model === "string") return await readModelFolder(model);
  const weights = initialWeights(gpt2Spec(model), {
    normal: cyclicNormal(1),
    layers: model.layers,
  });
  return { config: model, weights };
}

function randomHead({ embed }: Gpt2Config): Weight {
  const normal = cyclicNormal(2);
  return { shape: [1, embed], data: Float32Array.from({ length: embed }, () => 0.02 * normal()) };
}
