/**
 * What a training loss is: the model, what the loss reads besides the rows, and the loss itself as a graph.
 *
 * `loss_program.ts` compiles its value and its gradient.
 */
import {
  type answerSpec,
  type Gpt2Config,
  type Gpt2Parameters,
  type ModelDropout,
  type Rows,
  type rowsSpec,
} from "../lm/mod.ts";
import type { Hidden } from "../nn/mod.ts";
import { type Device, type DeviceArrays, type Feeds, jit, type Specs } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { Array32 } from "./records.ts";

/** A loss with whatever else its graph computes. */
export type LossResults = Readonly<Record<string, Tensor>> & {
  readonly loss: Tensor<Record<never, never>>;
};

/** What to differentiate: `P` are the model's parameters as tensors, `I` what the loss reads besides the rows. */
export interface LossDefinition<P extends Gpt2Parameters, I> {
  /** The sizes of the body. */
  readonly config: Gpt2Config;
  /** The body's parameters and those of a head. */
  readonly parameters: Specs<P>;
  /** What the loss reads besides the rows. */
  readonly inputs: Specs<I>;
  /**
   * The loss and other results, from the last hidden states and their slots; it may read all parameters but the blocks and
   * positions. With `chosen` it receives the states at `rows.columns` alone, whose slots are these columns.
   */
  readonly loss: (
    parameters: Omit<P, "h" | "wpe">,
    hidden: Hidden,
    inputs: I & { rows: Pick<Rows, "slots"> },
  ) => LossResults;
  /** Whether the loss reads `rows.columns` alone: the last block then computes no more than these (default: no). */
  readonly chosen?: boolean;
  /** Dropout in the body; only where one program holds all blocks. */
  readonly drop?: ((inputs: I) => ModelDropout) | undefined;
}

/** Results by name in host memory. */
export type HostResults = Readonly<Record<string, Float32Array>>;

/** Token rows, with the columns that a loss reads where its definition has `chosen`. */
export type RowFeeds = Feeds<typeof rowsSpec> & {
  readonly columns?: Feeds<typeof answerSpec.columns>;
};

/** What a loss program reads besides the parameters. */
export type LossFeeds<I> = Feeds<Specs<I>> & { readonly rows: RowFeeds };

/** A compiled gradient. */
export interface LossProgram<P extends Gpt2Parameters, I> {
  /** Whether it can add its gradient to what the arrays hold. */
  readonly adds: boolean;
  /** Gives the results and brings the gradient into `into`: over what the arrays hold, or with `adding` added to it. */
  run(
    parameters: DeviceArrays<Specs<P>>,
    inputs: LossFeeds<I>,
    into: DeviceArrays<Specs<P>>,
    mode: { readonly adding: boolean },
  ): Promise<HostResults>;
}

/** A program whose trees of inputs are known to the function that made it, and not to the compiler; `R` are its results. */
export type TreeProgram<R> = (feeds: unknown, into?: unknown) => Promise<R>;

/** `jit` for trees that are put together from parts: one cast here instead of one at each use. */
export const compileTree = jit as <I, R>(
  device: Device,
  spec: unknown,
  fn: (inputs: I) => unknown,
  options?: { toHost?: readonly string[] },
) => Promise<TreeProgram<R>>;

/** The results of a loss on the device. */
export type DeviceResults = Readonly<Record<string, Array32>>;
