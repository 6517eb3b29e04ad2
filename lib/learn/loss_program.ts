/**
 * The gradient of a loss on GPT-2's last hidden states, as one program or as several that hold some blocks each.
 *
 * In parts, only the hidden states between parts are kept, and each part's backward program computes its blocks again (Chen et
 * al. 2016, "Training Deep Nets with Sublinear Memory Cost"); parts of one size share their programs. Same rules, same results.
 */
import { type ArrayPool, createArrayPool } from "./array_pool.ts";
import { type GradientMode } from "./gradient_arrays.ts";
import { gradientsOf } from "../optim/mod.ts";
import {
  type Device,
  type DeviceArray,
  type DeviceArrays,
  type Feeds,
  int,
  jit,
  type Spec,
  type Specs,
} from "../runtime/mod.ts";
import type { Hidden } from "../nn/mod.ts";
import { rename, type Tensor } from "../tensor/mod.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import {
  type Columns,
  gpt2,
  gpt2At,
  type Gpt2Parameters,
  type ModelDropout,
  type Rows,
  rowsSpec,
} from "../lm/mod.ts";
import { gradientInParts } from "./loss_in_parts.ts";

/** A loss with whatever else its graph says. */
export type LossResults = Readonly<Record<string, Tensor>> & {
  readonly loss: Tensor<Record<never, never>>;
};

/** What to differentiate: `P` are the model's parameters as tensors, `I` what the loss reads besides. */
export interface LossDefinition<P extends Gpt2Parameters, I> {
  /** The shape of the body. */
  readonly config: Gpt2Config;
  /** The body's parameters and those of a head. */
  readonly parameters: Specs<P>;
  /** What the loss reads besides the rows. */
  readonly inputs: Specs<I>;
  /**
   * The loss and other results, from the last hidden states and their slots; it may read all parameters but the blocks and
   * positions. With `chosen` it gets the states at `rows.columns` alone, whose slots are these columns.
   */
  readonly loss: (
    parameters: Omit<P, "h" | "wpe">,
    hidden: Hidden,
    inputs: I & { rows: Pick<Rows, "slots"> },
  ) => LossResults;
  /** Whether the loss looks at `rows.columns` alone: the last block then computes no more than these (default: no). */
  readonly chosen?: boolean;
  /** Dropout in the body; only where one program holds all blocks. */
  readonly drop?: ((inputs: I) => ModelDropout) | undefined;
}

/** Results by name in host memory. */
export type HostResults = Readonly<Record<string, Float32Array>> & { readonly loss: Float32Array };

/** The columns of each row that a loss looks at: [batch, answer]. */
export const columnsSpec: Spec<{ batch: number; answer: number }, "int32"> = int({
  batch: -1,
  answer: -1,
});

/** Token rows, with the columns that a loss looks at where it says so. */
export type RowFeeds = Feeds<typeof rowsSpec> & { readonly columns?: Feeds<typeof columnsSpec> };

/** Gives the results and brings the gradient into `into`. */
export interface LossProgram<P extends Gpt2Parameters, I> {
  (
    parameters: DeviceArrays<Specs<P>>,
    inputs: Feeds<Specs<I>> & { readonly rows: RowFeeds },
    into: DeviceArrays<Specs<P>>,
    mode?: GradientMode,
  ): Promise<HostResults>;
  /** Whether it can add its gradient to what the arrays hold. */
  readonly adds: boolean;
}

/** How a loss program is cut up. */
export interface LossProgramOptions {
  /** How many blocks one program holds; 0, or at least all of them: one program for everything. */
  readonly blocksPerProgram?: number;
  /** Answer tokens whose logits exist at once, on the CPU: the head then runs several times; 0: all of them. */
  readonly logitsAtOnce?: number;
  /** Where spare arrays come from; default: a pool of its own. */
  readonly pool?: ArrayPool;
  /** Looked at between the programs of one gradient. */
  readonly checkpoint?: () => void;
}

/** A program whose trees the function that made it knows, and the compiler need not. */
export type AnyProgram = (
  feeds: unknown,
  into?: unknown,
) => Promise<Readonly<Record<string, unknown>>>;

/** `jit` for trees that are put together from parts: one cast here instead of one at each use. */
export const compileTree = jit as <I>(
  device: Device,
  spec: unknown,
  fn: (inputs: I) => unknown,
  options?: { toHost?: readonly string[] },
) => Promise<AnyProgram>;

/**
 * Compiles the gradient of a loss.
 *
 * @throws RangeError when dropout is asked for in parts, or logits in parts on a GPU
 */
export function createLossProgram<P extends Gpt2Parameters, I>(
  device: Device,
  definition: LossDefinition<P, I>,
  { blocksPerProgram = 0, logitsAtOnce = 0, pool = createArrayPool(device), checkpoint }:
    LossProgramOptions = {},
): Promise<LossProgram<P, I>> {
  const { layers } = definition.config;
  const inOne = blocksPerProgram === 0 || blocksPerProgram >= layers;
  if (inOne && logitsAtOnce === 0) return wholeProgram(device, definition);
  if (definition.drop !== undefined) {
    const also = logitsAtOnce > 0 ? " and logits_at_once 0" : "";
    throw new RangeError(
      `Cannot apply dropout where programs hold some of the blocks: set blocks_per_program 0${also}`,
    );
  }
  if (logitsAtOnce > 0 && device.kind !== "cpu") {
    throw new RangeError(
      `Cannot compute logits in parts on ${device.kind}: their gradients are added in place, which only the CPU allows; set logits_at_once 0`,
    );
  }
  const blocks = inOne ? layers : blocksPerProgram;
  return gradientInParts(device, definition, {
    blocksPerProgram: blocks,
    logitsAtOnce,
    pool,
    checkpoint,
  });
}

async function wholeProgram<P extends Gpt2Parameters, I>(
  device: Device,
  { config, parameters, inputs, loss, drop, chosen = false }: LossDefinition<P, I>,
): Promise<LossProgram<P, I>> {
  type Given = { parameters: P; inputs: I & { rows: MaybeChosen } };
  const rows = chosen ? { ...rowsSpec, columns: columnsSpec } : rowsSpec;
  const program = await compileTree(
    device,
    { parameters, inputs: { ...inputs, rows } },
    (given: Given) => {
      const { hidden, slots } = lastStates(given.parameters, given.inputs.rows, {
        config,
        drop: drop?.(given.inputs),
      });
      const results = loss(given.parameters, hidden, { ...given.inputs, rows: { slots } });
      return { results, gradients: gradientsOf(results.loss, given.parameters) };
    },
    { toHost: ["results"] },
  );
  const gradient = async (
    arrays: DeviceArrays<Specs<P>>,
    given: Feeds<Specs<I>> & { readonly rows: Feeds<typeof rowsSpec> },
    into: DeviceArrays<Specs<P>>,
  ) => {
    const { results } = await program({ parameters: arrays, inputs: given }, { gradients: into });
    return readResults(device, results);
  };
  return Object.assign(gradient, { adds: false });
}

type MaybeChosen = Rows & { readonly columns?: Columns };

/** The last hidden states and their slots: all of them, or at the columns that are chosen. */
function lastStates(
  parameters: Gpt2Parameters,
  { columns, ...rows }: MaybeChosen,
  { config, drop }: { config: Gpt2Config; drop: ModelDropout },
): { hidden: Hidden; slots: Rows["slots"] } {
  if (columns === undefined) {
    return { hidden: gpt2(parameters, rows, config, drop), slots: rows.slots };
  }
  const hidden = gpt2At(parameters, { ...rows, columns }, config, drop);
  return { hidden: rename(hidden, { answer: "time" }), slots: rename(columns, { answer: "time" }) };
}

/** Reads a program's results; their tree is a record of float32 arrays. */
export async function readResults(device: Device, results: unknown): Promise<HostResults> {
  const read: Record<string, Float32Array> = {};
  for (const [name, array] of Object.entries(results as Record<string, DeviceArray<"float32">>)) {
    read[name] = (await device.read(array)).slice();
  }
  return { ...read, loss: read.loss };
}
