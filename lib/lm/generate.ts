/**
 * Generation: prompts in, sampled answers out, each token with the log-probability it was drawn with.
 *
 * Prompts of different lengths share a batch without padding in front of them. The key-value caches are made once and reused. On the
 * CPU rows whose answer has ended leave the batch, and several rows take a program of their own (`decode_rows.ts`).
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

/**
 * Compiles a generator for models of one shape.
 *
 * @param greedy take the likeliest token instead of drawing
 * @param minNewTokens the end token is not drawn before an answer has so many tokens
 */
export async function createGenerator(
  device: Device,
  config: Gpt2Config,
  { sampling, special, greedy = false, minNewTokens = 0 }: {
    sampling: SamplingSettings;
    special: SpecialTokens;
    greedy?: boolean;
    minNewTokens?: number;
  },
): Promise<Generator> {
  const drawing = { sampling, greedy, minNewTokens, endId: special.endId };
  const readers = await promptPrograms(device, config, drawing);
  const steps = device.kind === "cpu" ? await createRowSteps(device, config, drawing) : undefined;
  const caches = cacheKeeper(device, config);
  const seen = sampling.repetitionPenalty !== 1;
  return {
    async generate(parameters, prompts, { maxNewTokens, uniform }) {
      checkLengths(prompts, maxNewTokens, config.positions);
      const slots = Math.max(...prompts.map((prompt) => prompt.length)) + maxNewTokens;
      const read = await readers.of(parameters);
      let cache = await caches.sized(prompts.length, slots);
      const turned = areTurned(parameters, config);
      const step = turned || prompts.length > 1
        ? await steps?.over(parameters, { rows: prompts.length })
        : undefined;
      const state = startDecoding(prompts, { ...special, vocabSize: config.vocabSize });
      for (let position = 0; position < maxNewTokens && state.running(); position++) {
        const rows = state.rows();
        const uniforms = floats(rows.map((row) => uniform(row, position)));
        const feeds = { ...state.inputs({ seen }), uniforms, position: number(position), caches: cache };
        const drawn = step !== undefined && position > 0 && (turned || rows.length > 1)
          ? await step(feeds)
          : await read({ ...feeds, parameters }, { caches: cache });
        state.accept(await onHost(device, drawn));
        if (steps !== undefined) cache = await keptRows(device, cache, state.dropEnded());
      }
      return state.answers;
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

/** Steps over turned weights on the CPU; a single row's program is made at its first use. */
async function createRowSteps(device: Device, config: Gpt2Config, drawing: Drawing) {
  const turner = await createTurner(device, config);
  const several = await rowsProgram(device, config, drawing);
  let one: typeof several | undefined;
  return {
    /** Steps with these parameters, until the next call; `rows` is how many there are at first. */
    async over(given: Gpt2Arrays, { rows }: { rows: number }) {
      const parameters = areTurned(given, config) ? given : await turner.turn(given);
      const programOf = async (count: number) =>
        count > 1 ? several : one ??= await rowsProgram(device, config, { ...drawing, batch: 1 });
      await programOf(rows);
      return async (feeds: StepFeeds) => {
        const program = await programOf(feeds.uniforms.data.length);
        return await program({ ...feeds, ...flatInputs(feeds), parameters }, { caches: feeds.caches });
      };
    },
    rest: turner.rest,
    async release() {
      await several.release();
      await one?.release();
      await turner.release();
    },
  };
}

/** What a step takes besides parameters. */
type StepFeeds = ReturnType<ReturnType<typeof startDecoding>["inputs"]> & {
  readonly uniforms: HostArray<"float32">;
  readonly position: HostArray<"float32">;
  readonly caches: readonly CacheArrays[];
};

/** What a step gives, in host memory. */
async function onHost(
  device: Device,
  { tokens, logProbs, kept }: {
    tokens: DeviceArray<"int32">;
    logProbs: DeviceArray<"float32">;
    kept?: DeviceArray<"bool">;
  },
): Promise<Drawn> {
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

/** One token a row over turned weights, for one row or any number. */
function rowsProgram(
  device: Device,
  config: Gpt2Config,
  { batch = -1, ...drawing }: Drawing & { batch?: 1 | -1 },
) {
  const spec = { ...rowInputsSpec(config, { batch }), ...drawSpec(config), parameters: turnedSpec(config) };
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
