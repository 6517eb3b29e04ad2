/**
 * The value of a loss on GPT-2's last hidden states, and its gradient as one program or as several
 * programs with some blocks each.
 *
 * With several programs (gradient checkpointing), only the hidden states between segments are kept,
 * and each segment's backward program recomputes its blocks (Chen et al. 2016, "Training Deep Nets
 * with Sublinear Memory Cost"). The results are the same.
 */
import {
  answerSpec,
  type Chosen,
  gpt2,
  type Gpt2Parameters,
  type Rows,
  rowsSpec,
} from "../lm/mod.ts";
import { gradientsOf } from "../optim/mod.ts";
import type { Device, DeviceArrays, Specs } from "../runtime/mod.ts";
import { rename } from "../tensor/mod.ts";
import { say } from "../text/mod.ts";
import { type ArrayPool, createArrayPool } from "./array_pool.ts";
import type { LossDefinition, LossFeeds, LossProgram } from "./loss_definition.ts";
import { gradientInParts } from "./loss_in_parts.ts";
import { compileTree, type DeviceResults, readFloats } from "./records.ts";

/** How a gradient is split into programs. */
export interface LossProgramOptions {
  /**
   * Blocks per segment of gradient checkpointing. With 0, or with at least the number of blocks,
   * one program computes everything.
   */
  readonly blocksPerSegment?: number;
  /**
   * Answer tokens whose logits exist at once (0: all). The head then runs several times. This is
   * only possible on the CPU.
   */
  readonly logitsAtOnce?: number;
  /** The pool of spare arrays (default: a new pool). */
  readonly pool?: ArrayPool;
  /**
   * Called between the programs of one gradient. If it throws, the step ends and nothing has
   * changed.
   */
  readonly betweenPrograms?: (() => void) | undefined;
}

/**
 * Compiles the gradient of a loss.
 *
 * @throws RangeError when dropout is combined with segments, or logits in parts are requested on a
 * GPU.
 */
export function createLossProgram<P extends Gpt2Parameters, I>(
  device: Device,
  definition: LossDefinition<P, I>,
  { blocksPerSegment = 0, logitsAtOnce = 0, pool = createArrayPool(device), betweenPrograms }:
    LossProgramOptions = {},
): Promise<LossProgram<P, I>> {
  const { layers } = definition.config;
  const inOne = blocksPerSegment === 0 || blocksPerSegment >= layers;
  if (inOne && logitsAtOnce === 0) return wholeGradient(device, definition);
  if (definition.drop !== undefined) {
    const also = logitsAtOnce > 0
      ? { en: " and logits_at_once 0", zh: " 和 logits_at_once 0" }
      : { en: "", zh: "" };
    throw new RangeError(say({
      en: "Cannot apply dropout when the gradient is computed in parts: " +
        `set blocks_per_program 0${also.en}`,
      zh: `分段计算梯度时不能使用 dropout：请设置 blocks_per_program 0${also.zh}`,
    }));
  }
  if (logitsAtOnce > 0 && device.kind !== "cpu") {
    throw new RangeError(say({
      en: `Cannot compute logits in parts on ${device.kind}, ` +
        "because only the CPU adds gradients in place: set logits_at_once 0",
      zh: `不能在 ${device.kind} 上分段计算 logits，因为只有 CPU 能就地累加梯度：` +
        "请设置 logits_at_once 0",
    }));
  }
  const size = inOne ? layers : blocksPerSegment;
  const parts = { blocksPerSegment: size, logitsAtOnce, pool, betweenPrograms };
  return gradientInParts(device, definition, parts);
}

/** The tensors of a program that runs the whole model. */
type Whole<P, I> = { parameters: P; inputs: I & { rows: Rows & Chosen } };

const wholeSpec = <P extends Gpt2Parameters, I>(
  { parameters, inputs, chosen = false }: LossDefinition<P, I>,
) => ({
  parameters,
  inputs: { ...inputs, rows: chosen ? { ...rowsSpec, columns: answerSpec.columns } : rowsSpec },
});

function wholeLoss<P extends Gpt2Parameters, I>(
  { config, loss, drop }: LossDefinition<P, I>,
  { parameters, inputs }: Whole<P, I>,
) {
  const { slots, columns } = inputs.rows;
  const hidden = gpt2(parameters, inputs.rows, config, drop?.(inputs));
  const seen = columns === undefined ? slots : rename(columns, { answer: "time" });
  return loss(parameters, hidden, { ...inputs, rows: { slots: seen } });
}

async function wholeGradient<P extends Gpt2Parameters, I>(
  device: Device,
  definition: LossDefinition<P, I>,
): Promise<LossProgram<P, I>> {
  const program = await compileTree<Whole<P, I>, { results: DeviceResults }>(
    device,
    wholeSpec(definition),
    (given) => {
      const results = wholeLoss(definition, given);
      return { results, gradients: gradientsOf(results.loss, given.parameters) };
    },
    { toHost: ["results"] },
  );
  return {
    adds: false,
    async run(parameters, inputs, into) {
      const { results } = await program({ parameters, inputs }, { gradients: into });
      return await readFloats(device, results);
    },
  };
}

/**
 * Compiles a loss without its gradient, for evaluating a model.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createLoss } from "ppo/learn/mod.ts";
 * import { type Gpt2Parameters, gpt2Spec, initialWeights } from "ppo/lm/mod.ts";
 * import { padRows, uploadParameters } from "ppo/lm/mod.ts";
 * import type { Hidden } from "ppo/nn/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import { square, sum } from "ppo/tensor/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const definition = {
 *   ...{ config, parameters: gpt2Spec(config), inputs: {} },
 *   loss: (_: unknown, hidden: Hidden) => ({ loss: sum(square(hidden)) }),
 * };
 * const loss = await createLoss<Gpt2Parameters, Record<never, never>>(device, definition);
 * const rows = padRows([[1, 2]], { padId: 0 });
 * deepEqual(Math.round(await loss(parameters, { rows })), 0); // the norm of equal numbers is 0
 * ```
 */
export async function createLoss<P extends Gpt2Parameters, I>(
  device: Device,
  definition: LossDefinition<P, I>,
): Promise<(parameters: DeviceArrays<Specs<P>>, inputs: LossFeeds<I>) => Promise<number>> {
  const program = await compileTree<Whole<P, I>, { results: DeviceResults }>(
    device,
    wholeSpec(definition),
    (given) => ({ results: { loss: wholeLoss(definition, given).loss } }),
    { toHost: ["results"] },
  );
  return async (parameters, inputs) => {
    const { results } = await program({ parameters, inputs });
    return (await device.read(results.loss))[0];
  };
}
