/**
 * The trainer that every stage uses: loss -> gradient -> sum over micro-batches -> gradient
 * clipping -> Adam.
 *
 * SFT, the reward model, the actor, the critic and REINFORCE differ only in their loss and in the
 * layout of a batch. The loss of each micro-batch is divided by the whole batch's count, so that
 * the losses and gradients of micro-batches add up to those of the batch (gradient accumulation).
 * Gradient arrays are allocated once and overwritten at every step.
 */
import type { Gpt2Parameters } from "../lm/mod.ts";
import {
  type Device,
  type DeviceArrays,
  flatten,
  isFloatArray,
  jit,
  type Specs,
} from "../runtime/mod.ts";
import { add } from "../tensor/mod.ts";
import { type ArrayPool, createArrayPool } from "./array_pool.ts";
import { divergedStep, lossOf } from "./divergence.ts";
import type { HostResults, LossDefinition, LossFeeds, LossProgram } from "./loss_definition.ts";
import { createLossProgram, type LossProgramOptions } from "./loss_program.ts";
import { createOptimizer, type OptimizerSettings, type TrainState } from "./optimizer.ts";
import { isFloatSpec, mapRecord } from "./records.ts";

/** Options for training a model. */
export interface TrainerOptions extends LossProgramOptions {
  /** Adam, its constants and gradient clipping. */
  readonly optimizer: OptimizerSettings;
  /** Called before each micro-batch. */
  readonly beforeMicroBatch?: (() => void) | undefined;
}

/** The gradient of a batch, stored in the trainer's arrays. */
export interface BatchGradient<P> {
  /** The batch's loss. */
  readonly loss: number;
  /** d loss / d parameter, before clipping. */
  readonly gradients: P;
  /** The other results of the loss, one record per micro-batch. */
  readonly results: readonly HostResults[];
}

/** One optimizer step. */
export interface TrainerStep<P> extends Omit<BatchGradient<P>, "gradients"> {
  /** The global gradient norm before clipping. */
  readonly gradNorm: number;
  /** Parameters and moments after the step. The state before the step must not be used again. */
  readonly state: TrainState<P>;
}

/** Options of a step. */
export interface StepOptions {
  /**
   * Decides, after the gradient, whether to take the step (default: yes). A step that is not taken
   * returns the state that was given, and NaN as the gradient norm.
   */
  readonly accepts?: ((results: readonly HostResults[]) => boolean) | undefined;
}

/** Micro-batches of one batch. Each is laid out when it is needed. */
export type MicroBatches<F> = readonly (() => F)[];

/** Trains one model. `P` are its arrays, and `F` are the inputs of its loss. */
export interface Trainer<P, F> {
  /** A state with zero moments, which takes over the parameters. */
  start(parameters: P): Promise<TrainState<P>>;
  /**
   * Computes the loss and the gradient without a step. They are valid until a trainer that shares
   * the pool runs again.
   */
  gradient(parameters: P, microBatches: MicroBatches<F>): Promise<BatchGradient<P>>;
  /**
   * One optimizer step on a batch.
   *
   * @throws DivergenceError if the loss or the gradient is not finite. The state is then unchanged.
   */
  step(
    state: TrainState<P>,
    microBatches: MicroBatches<F>,
    learningRate: number,
    options?: StepOptions,
  ): Promise<TrainerStep<P>>;
}

/**
 * Compiles a trainer. @throws RangeError when the options request dropout or logits in parts, and
 * the device or the split into programs does not allow it.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createTrainer } from "ppo/learn/mod.ts";
 * import { type Gpt2Parameters, gpt2Spec, initialWeights } from "ppo/lm/mod.ts";
 * import { padRows, uploadParameters } from "ppo/lm/mod.ts";
 * import type { Hidden } from "ppo/nn/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import { square, sum } from "ppo/tensor/mod.ts";
 * import { adamDefaults } from "ppo/optim/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const definition = {
 *   ...{ config, parameters: gpt2Spec(config), inputs: {} },
 *   loss: (_: unknown, hidden: Hidden) => ({ loss: sum(square(hidden)) }),
 * };
 * const optimizer = { ...adamDefaults, maxGradNorm: 1 };
 * type Inputs = Record<never, never>;
 * const trainer = await createTrainer<Gpt2Parameters, Inputs>(device, definition, { optimizer });
 * const start = await trainer.start(parameters);
 * const batch = [() => ({ rows: padRows([[1, 2]], { padId: 0 }) })];
 * deepEqual((await trainer.step(start, batch, 0.1)).state.step, 1);
 * ```
 */
export async function createTrainer<P extends Gpt2Parameters, I>(
  device: Device,
  definition: LossDefinition<P, I>,
  { optimizer: settings, beforeMicroBatch, pool = createArrayPool(device), ...cut }: TrainerOptions,
): Promise<Trainer<DeviceArrays<Specs<P>>, LossFeeds<I>>> {
  type Arrays = DeviceArrays<Specs<P>>;
  const { parameters: spec } = definition;
  const program = await createLossProgram(device, definition, { ...cut, pool });
  const optimizer = await createOptimizer<Arrays>(device, spec, settings);
  const parts = { program, spec, pool, beforeMicroBatch };
  const gradient = await createGradientSum(device, parts);
  const giveBack = ({ gradients }: BatchGradient<Arrays>) => pool.giveTree(gradients);
  return {
    start: optimizer.start,
    async gradient(parameters, microBatches) {
      const found = await gradient(parameters, microBatches);
      giveBack(found); // the arrays can be read until the pool reuses them
      return found;
    },
    async step(state, microBatches, learningRate, { accepts = () => true } = {}) {
      const found = await gradient(state.parameters, microBatches);
      const { loss, results, gradients } = found;
      try {
        if (!Number.isFinite(loss)) {
          throw divergedStep(loss, { name: lossOf(settings.name), step: state.step + 1 });
        }
        if (!accepts(results)) return { state, gradNorm: NaN, loss, results };
        return { ...await optimizer.update(state, gradients, learningRate), loss, results };
      } finally {
        giveBack(found);
      }
    },
  };
}

/** The parts for summing a batch's gradients. */
interface GradientParts<P extends Gpt2Parameters, I>
  extends Pick<TrainerOptions, "beforeMicroBatch"> {
  readonly program: LossProgram<P, I>;
  readonly spec: Specs<P>;
  readonly pool: ArrayPool;
}

/** Sums losses and gradients over micro-batches, in place if the program supports it. */
async function createGradientSum<P extends Gpt2Parameters, I>(
  device: Device,
  { program, spec, pool, beforeMicroBatch }: GradientParts<P, I>,
) {
  type Arrays = DeviceArrays<Specs<P>>;
  const plus = program.adds ? undefined : await createAddition<Arrays>(device, { spec, pool });
  return async (
    parameters: Arrays,
    microBatches: MicroBatches<LossFeeds<I>>,
  ): Promise<BatchGradient<Arrays>> => {
    if (microBatches.length === 0) throw new RangeError("Cannot train on an empty batch");
    let gradients = await pool.takeTree<Arrays>(spec);
    const results: HostResults[] = [];
    try {
      for (const [index, feeds] of microBatches.entries()) {
        beforeMicroBatch?.();
        if (index === 0 || plus === undefined) {
          results.push(await program.run(parameters, feeds(), gradients, { adding: index > 0 }));
        } else {
          const part = await pool.takeTree<Arrays>(spec);
          results.push(await program.run(parameters, feeds(), part, { adding: false }));
          gradients = await plus(gradients, part);
        }
      }
    } catch (error) {
      pool.giveTree(gradients); // nothing is left over after an abort
      throw error;
    }
    return { loss: results.reduce((total, { loss }) => total + loss[0], 0), gradients, results };
  };
}

/**
 * Compiles `total + part`, which writes into arrays of the pool and returns its operands to the
 * pool.
 */
async function createAddition<A>(
  device: Device,
  { spec, pool }: { spec: unknown; pool: ArrayPool },
): Promise<(total: A, part: A) => Promise<A>> {
  const flat = Object.fromEntries(flatten(spec, isFloatSpec));
  const program = await jit(
    device,
    { total: flat, part: flat },
    ({ total, part }) => mapRecord(total, (sum, name) => add(sum, part[name])),
  );
  const records = (tree: A) => Object.fromEntries(flatten(tree, isFloatArray));
  return async (total, part) => {
    const into = await pool.takeTree<A>(spec);
    await program({ total: records(total), part: records(part) }, records(into));
    pool.giveTree(total);
    pool.giveTree(part);
    return into;
  };
}
