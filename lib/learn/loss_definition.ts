/**
 * The definition of a training loss: the model, the loss's inputs besides the rows, and the loss
 * itself as a graph.
 *
 * `loss_program.ts` compiles its value and its gradient.
 */
import type {
  answerSpec,
  Gpt2Config,
  Gpt2Parameters,
  ModelDropout,
  Rows,
  rowsSpec,
} from "../lm/mod.ts";
import type { Hidden } from "../nn/mod.ts";
import type { DeviceArrays, Feeds, Specs } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/** A loss with the other results of its graph. */
export type LossResults = Readonly<Record<string, Tensor>> & {
  readonly loss: Tensor<Record<never, never>>;
};

/**
 * The definition of a loss. `P` are the model's parameters as tensors, and `I` are the loss's
 * inputs besides the rows.
 */
export interface LossDefinition<P extends Gpt2Parameters, I> {
  /** The sizes of the body. */
  readonly config: Gpt2Config;
  /** The body's parameters and those of a head. */
  readonly parameters: Specs<P>;
  /** The loss's inputs besides the rows. */
  readonly inputs: Specs<I>;
  /**
   * The loss and other results, from the last hidden states and their slots; it may read all
   * parameters except the blocks and the position embeddings. With `chosen`, it receives only the
   * states at `rows.columns`, whose slots are these columns.
   */
  readonly loss: (
    parameters: Omit<P, "h" | "wpe">,
    hidden: Hidden,
    inputs: I & { rows: Pick<Rows, "slots"> },
  ) => LossResults;
  /**
   * Whether the loss reads only `rows.columns`, in which case the last block computes only these
   * (default: no).
   */
  readonly chosen?: boolean;
  /** Dropout in the body, which is only possible if one program holds all blocks. */
  readonly drop?: ((inputs: I) => ModelDropout) | undefined;
}

/** Results by name in host memory. */
export type HostResults = Readonly<Record<string, Float32Array>>;

/** Token rows, with the columns that a loss reads if its definition has `chosen`. */
export type RowFeeds = Feeds<typeof rowsSpec> & {
  readonly columns?: Feeds<typeof answerSpec.columns>;
};

/** The inputs of a loss program besides the parameters. */
export type LossFeeds<I> = Feeds<Specs<I>> & { readonly rows: RowFeeds };

/** A compiled gradient. */
export interface LossProgram<P extends Gpt2Parameters, I> {
  /** Whether the program can add its gradient to the arrays. */
  readonly adds: boolean;
  /**
   * Gives the results and brings the gradient into `into`: over what the arrays hold, or with
   * `adding` added to it.
   */
  run(
    parameters: DeviceArrays<Specs<P>>,
    inputs: LossFeeds<I>,
    into: DeviceArrays<Specs<P>>,
    mode: { readonly adding: boolean },
  ): Promise<HostResults>;
}
