/** A run: an agent with its environments, and everything that changes while it learns. */
import {
  type ContinuousVectorEnv,
  type DiscreteVectorEnv,
  makeVectorEnv,
  type VectorStep,
} from "../control/mod.ts";
import { type Random, randomStream } from "../random/mod.ts";
import type { Device } from "../runtime/mod.ts";
import { type AgentConfig, agentConfig } from "./config.ts";
import { type AgentDesign, designOf } from "./design.ts";
import { countStep, type EpisodesState, noEpisodes } from "./episodes.ts";
import { createExplorer, type Explorer } from "./explorer.ts";
import { createLearner, type Learner } from "./learner.ts";
import { initialParameters, parameterCount } from "./network.ts";
import { createNormalizer, type Normalizer } from "./normalizer.ts";
import type { ControlSettings } from "../settings/mod.ts";

/** How far a run is. */
export interface AgentProgress {
  /** Steps of all environments together. */
  readonly timesteps: number;
  /** Updates made. */
  readonly updates: number;
}

/** A run. */
export interface AgentRun {
  /** The name of the environment. */
  readonly id: string;
  /** The configuration. */
  readonly config: AgentConfig;
  /** The design of the agent. */
  readonly design: AgentDesign;
  /** The environments. */
  readonly envs: DiscreteVectorEnv | ContinuousVectorEnv;
  /** The parameters and the programs. */
  readonly learner: Learner;
  /** Draws actions. */
  readonly explorer: Explorer;
  /** Normalises observations and rewards. */
  readonly normalizer: Normalizer;
  /** All random numbers besides those of the environments. */
  readonly random: CountedRandom;
  /** Adds a step to the episodes. */
  readonly countStep: (episodes: EpisodesState, step: VectorStep) => EpisodesState;
  /** The episodes so far. */
  episodes: EpisodesState;
  /** The current normalised observations, side by side. */
  observations: Float32Array<ArrayBuffer>;
  /** How far the run is. */
  progress: AgentProgress;
}

/** A stream of random numbers that can be continued where another run stopped. */
export interface CountedRandom {
  /** Returns the next number in [0, 1). */
  readonly next: Random;
  /** How many numbers have been drawn. */
  drawn(): number;
  /** Continues after so many numbers. */
  skipTo(drawn: number): void;
}

function countedRandom(seed: number): CountedRandom {
  let stream = randomStream(seed), drawn = 0;
  return {
    next() {
      drawn++;
      return stream();
    },
    drawn: () => drawn,
    skipTo(count) {
      stream = randomStream(seed, { skip: count });
      drawn = count;
    },
  };
}

/** What a run is started with. */
export interface AgentOptions {
  /** The name of the environment. */
  readonly env: string;
  /** The random seed (default: 0). */
  readonly seed?: number;
  /** The settings; the others keep Stable-Baselines3's defaults. */
  readonly settings?: Partial<ControlSettings>;
}

/**
 * Creates a run at its start.
 *
 * @throws RangeError when the environment is unknown or the settings do not suit it.
 * @example
 * ```ts
 * import { createAgent, presetSettings, trainAgent } from "ppo/agent/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import assert from "node:assert/strict";
 * const device = await openDevice("cpu", { threads: 1 });
 * const settings = { ...presetSettings("CartPole-v1", "zoo"), total_timesteps: 512 };
 * const run = await createAgent(device, { env: "CartPole-v1", seed: 1, settings });
 * const rows = await Array.fromAsync(trainAgent(run));
 * assert.deepEqual(rows.map(({ timesteps }) => timesteps), [256, 512]); // 8 times 32 steps
 * ```
 */
export async function createAgent(
  device: Device,
  { env, seed = 0, settings = {} }: AgentOptions,
): Promise<AgentRun> {
  const config = agentConfig(settings);
  const envs = makeVectorEnv(env, { count: config.envs });
  const design = designOf(envs, config);
  const random = countedRandom(seed);
  const learner = await createLearner(device, design, config);
  const zeros = new Float32Array(parameterCount(design));
  const parameters = initialParameters(design, { ...config, random: random.next });
  await learner.restore({ step: 0, parameters, first: zeros, second: zeros });
  const { observationSize } = design;
  const normalizer = createNormalizer({ ...config, observationSize });
  return {
    id: env,
    config,
    design,
    envs,
    learner,
    explorer: createExplorer(design, { envs: config.envs, random: random.next }),
    normalizer,
    random,
    countStep,
    episodes: noEpisodes(config.envs),
    observations: normalizer.observe(envs.reset({ seed })),
    progress: { timesteps: 0, updates: 0 },
  };
}
