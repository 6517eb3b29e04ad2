/**
 * Generation: prompts in, sampled answers out, each token with the log-probability it was drawn with.
 *
 * Prompts of different lengths share a batch without padding in front of them. The key-value caches are made once and reused. On the
 * CPU each prompt is read once, like lengths together (`read_prompts.ts`), rows whose answer has ended leave the batch, and several
 * rows take a program of their own (`decode_rows.ts`).
 */
import {
  bool,
  type Device,
  type DeviceArray,
  float,
  floats,
  type HostArray,
  int,
  ints,
  jit,
  number,
  type Specs,
} from "../runtime/mod.ts";
import { dot, sum, take, type Tensor } from "../tensor/mod.ts";
import { type CacheArrays, cacheKeeper, keptRows } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";
import { decodeRows, rowInputsSpec, rowLogits } from "./decode_rows.ts";
import { decode, decoderSpec } from "./decoder.ts";
import { type Answer, checkLengths, type Drawn, startDecoding } from "./decoding_state.ts";
import { type Gpt2Parameters, gpt2Spec } from "./gpt2.ts";
import type { Gpt2Arrays } from "./parameters.ts";
import { promptPlan, readPrompts } from "./read_prompts.ts";
import { inRowOrder } from "./row_groups.ts";
import { atColumns, type TokenRow } from "./rows.ts";
import {
  type Distribution,
  drawToken,
  likeliestToken,
  mayBeDrawn,
  samplingDistribution,
  type SamplingSettings,
} from "./sampling.ts";
import { areTurned, createTurner, turnedSpec } from "./turned_weights.ts";

/** How to generate. */
export interface GenerateOptions {
  /** Answers end here at the latest, in tokens. */
  readonly maxNewTokens: number;
  /** The uniform number in [0, 1) for answer token `position` of row `row`. */
  readonly uniform: (row: number, position: number) => number;
}

/** Generates answers with the parameters given at each call. */
export interface Generator {
  /** One answer a prompt, in the prompts' order; `parameters` as they were uploaded, or turned by `turnParameters`. */
  generate(parameters: Gpt2Arrays, prompts: readonly TokenRow[], options: GenerateOptions): Promise<Answer[]>;
  /** Frees caches and turned weights until the next call, which makes them again. */
  rest(): void;
  /** Frees the compiled programs; the generator must not be used again. */
  release(): Promise<void>;
}

/** What the tokenizer says of the special tokens that generation needs. */
export interface SpecialTokens {
  /** Fills rows behind their end. */
  readonly padId: number;
  /** The end-of-sequence token. */
  readonly endId: number;
}

/** What a generator's programs are made for. */
export interface GeneratorOptions {
  /** How tokens are drawn. */
  readonly sampling: SamplingSettings;
  /** The tokenizer's. */
  readonly special: SpecialTokens;
  /** Take the likeliest token instead of drawing (default: no). */
  readonly greedy?: boolean;
  /** The end token is not drawn before an answer has so many tokens (default 0). */
  readonly minNewTokens?: number;
  /** Prompts that are read in one call on the CPU, at most (default: any number); fewer need less memory. */
  readonly promptsAtOnce?: number;
}

/** Compiles a generator for models of one shape. */
export async function createGenerator(
  device: Device,
  config: Gpt2Config,
  { sampling, special, greedy = false, minNewTokens = 0, promptsAtOnce = Infinity }: GeneratorOptions,
): Promise<Generator> {
  const drawing = { sampling, greedy, minNewTokens, endId: special.endId };
  const readers = await promptPrograms(device, config, drawing);
  const steps = device.kind === "cpu" ? await createRowSteps(device, config, drawing) : undefined;
  const caches = cacheKeeper(device, config);
  const seen = sampling.repetitionPenalty !== 1;
  return {
    async generate(parameters, prompts, { maxNewTokens, uniform }) {
      checkLengths(prompts, maxNewTokens, config.positions);
      const plan = steps === undefined
        ? { groups: [[...prompts.keys()]], repeated: [], copies: [] }
        : promptPlan(prompts, { shape: config, maxRows: promptsAtOnce });
      const order = [...plan.groups.flat(), ...plan.repeated];
      const started = (rows: readonly number[]) =>
        startDecoding(rows.map((row) => prompts[row]), { ...special, vocabSize: config.vocabSize });
      const state = started(order);
      const read = await readers.of(parameters);
      const step = prompts.length > 1 ? await steps?.over(parameters) : undefined;
      const draw = drawer(device, {
        read: (feeds) => read({ ...feeds, parameters }, { caches: feeds.caches }),
        step,
        uniform,
      });
      let cache = await caches.sized(
        prompts.length,
        Math.max(...prompts.map(({ length }) => length)) + maxNewTokens,
      );
      for (let position = 0; position < maxNewTokens && state.running(); position++) {
        const drawn = position === 0
          ? await readPrompts(device, { ...plan, cache }, {
            read: (rows, caches) => draw(started(rows).inputs({ seen }), { rows, caches, position }),
            again: (rows, caches) =>
              draw(started(rows).inputs({ seen, held: true }), { rows, caches, position }),
          })
          : await draw(state.inputs({ seen }), {
            rows: state.rows().map((row) => order[row]),
            caches: cache,
            position,
          });
        state.accept(drawn);
        if (steps !== undefined) cache = await keptRows(device, cache, state.dropEnded());
      }
      return inRowOrder([order], [state.answers]);
    },
    rest() {
      caches.release();
      steps?.rest();
    },
    async release() {
      await readers.release();
      await steps?.release();
      caches.release();
    },
  };
}

/** Steps of several rows on the CPU. */
async function createRowSteps(device: Device, config: Gpt2Config, drawing: Drawing) {
  const turner = await createTurner(device, config);
  const program = await rowsProgram(device, config, drawing);
  return {
    /** Steps with these parameters, until the next call. */
    async over(given: Gpt2Arrays) {
      const parameters = areTurned(given, config) ? given : await turner.turn(given);
      return (feeds: StepFeeds) =>
        program({ ...feeds, ...flatInputs(feeds), parameters }, { caches: feeds.caches });
    },
    rest: turner.rest,
    async release() {
      await program.release();
      await turner.release();
    },
  };
}

/** What the bookkeeping says of the next step. */
type StepInputs = ReturnType<ReturnType<typeof startDecoding>["inputs"]>;

/** What a step takes besides parameters. */
type StepFeeds = StepInputs & {
  readonly uniforms: HostArray<"float32">;
  readonly position: HostArray<"float32">;
  readonly caches: readonly CacheArrays[];
};

/** Draws a token for each of some rows: several rows that go on by one token with a program of their own, where there is one. */
function drawer(
  device: Device,
  { read, step, uniform }: Pick<GenerateOptions, "uniform"> & {
    read: (feeds: StepFeeds) => Promise<StepResults>;
    step: ((feeds: StepFeeds) => Promise<StepResults>) | undefined;
  },
) {
  return async (
    inputs: StepInputs,
    { rows, caches, position }: {
      rows: readonly number[];
      caches: readonly CacheArrays[];
      position: number;
    },
  ): Promise<Drawn> => {
    const uniforms = floats(rows.map((row) => uniform(row, position)));
    const feeds = { ...inputs, uniforms, position: number(position), caches };
    const isStep = inputs.inputIds.dims[1] === 1 && rows.length > 1;
    return await onHost(device, await (isStep && step !== undefined ? step : read)(feeds));
  };
}

/** What a step gives, on the device. */
interface StepResults {
  readonly tokens: DeviceArray<"int32">;
  readonly logProbs: DeviceArray<"float32">;
  readonly kept?: DeviceArray<"bool">;
}

/** What a step gives, in host memory. */
async function onHost(device: Device, { tokens, logProbs, kept }: StepResults): Promise<Drawn> {
  return {
    tokens: await device.read(tokens),
    logProbs: await device.read(logProbs),
    kept: kept && await device.read(kept),
  };
}

/** How tokens are drawn. */
interface Drawing {
  readonly sampling: SamplingSettings;
  readonly greedy: boolean;
  readonly minNewTokens: number;
  readonly endId: number;
}

/** The inputs of a draw that do not depend on the program's kind. */
const drawSpec = ({ vocabSize }: Gpt2Config) => ({
  uniforms: float({ batch: -1 }),
  position: float({}),
  seen: bool({ batch: -1, vocab: vocabSize }),
});

/** What a draw needs besides logits. */
interface DrawInputs {
  readonly seen: Tensor<{ batch: number; vocab: number }, "bool">;
  readonly uniforms: Tensor<{ batch: number }>;
  /** Tokens of the answer so far. */
  readonly position: Tensor<Record<never, never>>;
}

/** Draws a token a row from logits. */
function drawFrom(
  logits: Distribution,
  { seen, uniforms, position }: DrawInputs,
  { sampling, greedy, minNewTokens, endId }: Drawing,
) {
  const allowed = minNewTokens > 0 ? mayBeDrawn(logits, position, { minNewTokens, endId }) : undefined;
  const { logProbs, kept } = samplingDistribution(logits, sampling, { seen, allowed });
  const tokens = greedy ? likeliestToken(logProbs) : drawToken(logProbs, uniforms);
  return { tokens, logProbs: take(logProbs, tokens, "vocab"), ...(kept === undefined ? {} : { kept }) };
}

const TO_HOST = { toHost: ["tokens", "logProbs", "kept"] };

/** The programs that read prompts: one for weights as they are stored, one for turned ones at its first use. */
async function promptPrograms(device: Device, config: Gpt2Config, drawing: Drawing) {
  const stored = await promptProgram(device, config, { ...drawing, parameters: gpt2Spec(config) });
  let turned: typeof stored | undefined;
  return {
    async of(parameters: Gpt2Arrays) {
      if (!areTurned(parameters, config)) return stored;
      return turned ??= await promptProgram(device, config, { ...drawing, parameters: turnedSpec(config) });
    },
    async release() {
      await stored.release();
      await turned?.release();
    },
  };
}

/** Reads prompts, and decodes where there is no faster program: any number of new tokens a row, then draws the next one. */
function promptProgram(
  device: Device,
  config: Gpt2Config,
  { parameters, ...drawing }: Drawing & { parameters: Specs<Gpt2Parameters> },
) {
  const spec = {
    ...decoderSpec(config),
    ...drawSpec(config),
    parameters,
    slots: int({ batch: -1, time: -1 }),
    lastColumns: int({ batch: -1, answer: 1 }),
  };
  return jit(device, spec, ({ parameters, lastColumns, uniforms, position, seen, slots, ...inputs }) => {
    const { hidden, caches } = decode(parameters, inputs, config);
    const last = sum(atColumns(hidden, lastColumns, slots), "answer"); // [batch, embed]
    const logits = dot(last, parameters.wte.weight, "embed"); // [batch, vocab]
    return { ...drawFrom(logits, { seen, uniforms, position }, drawing), caches };
  }, TO_HOST);
}

/** One token a row over turned weights. */
function rowsProgram(device: Device, config: Gpt2Config, drawing: Drawing) {
  const spec = { ...rowInputsSpec(config), ...drawSpec(config), parameters: turnedSpec(config) };
  return jit(device, spec, ({ parameters, uniforms, position, seen, ...inputs }) => {
    const { hidden, caches } = decodeRows(parameters, inputs, config);
    return { ...drawFrom(rowLogits(hidden, parameters), { seen, uniforms, position }, drawing), caches };
  }, TO_HOST);
}

/** Ids and positions of one token a row, without the axis of time. */
const flatInputs = ({ inputIds, positionIds }: Record<"inputIds" | "positionIds", HostArray<"int32">>) => ({
  inputIds: ints(inputIds.data),
  positionIds: ints(positionIds.data),
});
