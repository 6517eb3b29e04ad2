/**
 * Generation on a GPU without waiting: the token that a step draws stays there and is the next step's input.
 *
 * What has been drawn so far, the tokens seen and the caches are states on the device: a step reads one set of arrays and writes
 * another, which takes turns with it. Positions, lengths and one uniform number a row go in. The host looks at the tokens once in
 * `LOOK_EVERY` steps, to stop when all answers have ended; a row that has ended goes on until then, and what it draws is left out.
 */
import {
  type Device,
  type DeviceArray,
  flatten,
  float,
  floats,
  int,
  ints,
  isDeviceArray,
  jit,
  number,
  zeros,
} from "../runtime/mod.ts";
import {
  and,
  cast,
  dot,
  equal,
  expandLike,
  iota,
  not,
  rename,
  slice,
  sum,
  type Tensor,
  where,
} from "../tensor/mod.ts";
import { type CacheArrays, cacheKeeper } from "./cache.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import { decode, decoderSpec } from "./decoder.ts";
import { type Answer, checkLengths, startDecoding } from "./decoding_state.ts";
import { drawFrom, type Drawing, drawSpec } from "./drawing.ts";
import type { GenerateOptions, Generator, GeneratorOptions } from "./generator.ts";
import { gpt2Spec } from "../lm/mod.ts";
import type { Gpt2Arrays } from "../lm/mod.ts";
import { atColumns, type TokenRow } from "../lm/mod.ts";
import { cutsOff } from "../lm/mod.ts";

/** Steps between two looks at the tokens: a look waits for the GPU, and at most so many steps less one are done in vain. */
const LOOK_EVERY = 16;

/** Compiles a generator whose steps do not wait for each other. */
export async function createDeviceGenerator(
  device: Device,
  config: Gpt2Config,
  { sampling, special, greedy = false, minNewTokens = 0 }: GeneratorOptions,
): Promise<Generator> {
  const drawing = { sampling, greedy, minNewTokens, endId: special.endId };
  const program = await stepProgram(device, config, drawing);
  const caches = cacheKeeper(device, config);
  return {
    async generate(parameters, prompts, options) {
      checkLengths(prompts, options.maxNewTokens, config.positions);
      const slots = Math.max(...prompts.map(({ length }) => length)) + options.maxNewTokens;
      const cache = await caches.sized(prompts.length, slots);
      const seen = sampling.repetitionPenalty !== 1;
      const first = startDecoding(prompts, { ...special, vocabSize: config.vocabSize }).inputs({
        seen,
      });
      const states = await startStates(device, first, options.maxNewTokens);
      const samplingMasks = cutsOff(sampling) || minNewTokens > 0
        ? await emptySets(device, [prompts.length, config.vocabSize])
        : [];
      try {
        const batch = { parameters, prompts, cache, states, samplingMasks, first, options };
        return await decodeBatch(device, program, { ...batch, endId: special.endId });
      } finally {
        flatten({ states, samplingMasks }, isDeviceArray).forEach((array) => device.free(array));
      }
    },
    rest: caches.release,
    async release() {
      await program.release();
      caches.release();
    },
  };
}

type Prepared = ReturnType<ReturnType<typeof startDecoding>["inputs"]>;

/** What a step leaves for the next one. */
interface StateArrays {
  /** Drawn so far, 0 behind it: [batch, answer]. */
  readonly tokens: DeviceArray<"float32">;
  /** log pi(token) in the same places. */
  readonly logProbs: DeviceArray<"float32">;
  /** The last token, as the next step takes it: [batch, 1]. */
  readonly inputIds: DeviceArray<"int32">;
  /** 1 for tokens of prompt and answer, where there is a repetition penalty: [batch, vocab]. */
  readonly seen?: DeviceArray<"bool">;
}

/** Two sets of states: what the first step reads, and where it writes. */
async function startStates(
  device: Device,
  { seen, lengths }: Prepared,
  answer: number,
): Promise<[StateArrays, StateArrays]> {
  const [batch] = lengths.dims;
  const make = async (): Promise<StateArrays> => ({
    tokens: await device.upload(zeros([batch, answer])),
    logProbs: await device.upload(zeros([batch, answer])),
    inputIds: await device.upload(zeros([batch, 1], "int32")),
    ...(seen.dims[0] === 0 ? {} : { seen: await device.upload(seen) }), // the second is written before it is read
  });
  return [await make(), await make()];
}

/** Arrays for the sampling masks of the steps between two looks. */
const emptySets = (device: Device, dims: readonly number[]): Promise<DeviceArray<"bool">[]> =>
  Promise.all(Array.from({ length: LOOK_EVERY }, () => device.upload(zeros(dims, "bool"))));

/** One batch from its prompts to its answers. */
interface Batch {
  readonly parameters: Gpt2Arrays;
  readonly prompts: readonly TokenRow[];
  readonly cache: readonly CacheArrays[];
  readonly states: [StateArrays, StateArrays];
  readonly samplingMasks: readonly DeviceArray<"bool">[];
  readonly first: Prepared;
  readonly options: GenerateOptions;
  readonly endId: number;
}

async function decodeBatch(
  device: Device,
  program: Awaited<ReturnType<typeof stepProgram>>,
  {
    parameters,
    prompts,
    cache,
    states,
    samplingMasks,
    first,
    options: { maxNewTokens, uniform },
    endId,
  }: Batch,
): Promise<Answer[]> {
  const places = floats(Array.from({ length: maxNewTokens }, (_, place) => place));
  const sets: Uint8Array[] = [];
  const cuts = samplingMasks.length > 0;
  for (let position = 0;; position++) {
    const into = states[(position + 1) % 2];
    const { inputIds, ...state } = states[position % 2];
    const feeds = {
      ...(position === 0 ? first : { ...laterInputs(prompts, position), inputIds }),
      ...{ parameters, caches: cache, state: { seen: first.seen, ...state }, places },
      uniforms: floats(prompts.map((_, row) => uniform(row, position))),
      position: number(position),
    };
    const samplingMask = samplingMasks[position % LOOK_EVERY];
    await program(feeds, { caches: cache, state: into, ...(cuts ? { samplingMask } : {}) });
    const isLast = position + 1 === maxNewTokens;
    if (!isLast && (position + 1) % LOOK_EVERY > 0) continue;
    for (const set of samplingMasks.slice(0, position % LOOK_EVERY + 1)) {
      sets.push((await device.read(set)).slice());
    }
    const tokens = await device.read(into.tokens);
    const rows = prompts.map((_, row) =>
      tokens.subarray(row * maxNewTokens, row * maxNewTokens + position + 1)
    );
    if (isLast || rows.every((row) => row.includes(endId))) {
      return answersOf(rows, {
        logProbs: await device.read(into.logProbs),
        samplingMask: sets,
        endId,
      });
    }
  }
}

/** What a step of one token a row reads of the host. */
function laterInputs(prompts: readonly TokenRow[], position: number) {
  const lengths = prompts.map((prompt) => prompt.length + position - 1);
  const column = [prompts.length, 1];
  const nothing = new Int32Array(prompts.length);
  return {
    positionIds: ints(lengths, column),
    slots: ints(nothing, column),
    lastColumns: ints(nothing, column),
    lengths: ints(lengths),
    total: ints([Math.max(...lengths) + 1], []),
  };
}

/** What was drawn, up to each row's end. */
function answersOf(
  rows: readonly Float32Array[],
  { logProbs, samplingMask, endId }: {
    logProbs: Float32Array;
    samplingMask: readonly Uint8Array[];
    endId: number;
  },
): Answer[] {
  const width = logProbs.length / rows.length;
  return rows.map((row, index) => {
    const end = row.indexOf(endId);
    const length = end < 0 ? row.length : end + 1;
    const setOf = (sets: Uint8Array) => {
      const size = sets.length / rows.length;
      return sets.slice(index * size, (index + 1) * size);
    };
    return {
      tokens: Array.from(row.subarray(0, length)),
      logProbs: Array.from(logProbs.subarray(index * width, index * width + length)),
      ended: end >= 0,
      samplingMask: samplingMask.slice(0, length).map(setOf),
    };
  });
}

/** Reads prompts or one token a row, draws the next token and writes it behind those drawn before. */
function stepProgram(device: Device, config: Gpt2Config, drawing: Drawing) {
  const { seen, ...drawn } = drawSpec(config);
  const soFar = float({ batch: -1, answer: -1 });
  const spec = {
    ...decoderSpec(config),
    ...drawn,
    parameters: gpt2Spec(config),
    slots: int({ batch: -1, time: -1 }),
    lastColumns: int({ batch: -1, chosen: 1 }),
    places: float({ answer: -1 }),
    state: { tokens: soFar, logProbs: soFar, seen },
  };
  return jit(device, spec, ({ parameters, lastColumns, slots, state, places, ...inputs }) => {
    const { hidden, caches } = decode(parameters, inputs, config);
    const last = sum(atColumns(hidden, rename(lastColumns, { chosen: "answer" }), slots), "answer"); // [batch, embed]
    const logits = dot(last, parameters.wte.weight, "embed"); // [batch, vocab]
    const { tokens, logProbs, ...cut } = drawFrom(logits, { ...inputs, seen: state.seen }, drawing);
    const token = cast(tokens, "float32");
    const isHere = equal(places, inputs.position); // [answer]
    const behind = (past: Tensor<SoFar>, now: Tensor<{ batch: number }>) =>
      where(isHere, expandLike(now, past), past);
    const firstColumn = slice(cast(slots, "float32"), "time", { start: 0, stop: 1 }); // [batch, 1]
    const written = {
      tokens: behind(state.tokens, token),
      logProbs: behind(state.logProbs, logProbs),
      inputIds: cast(expandLike(token, firstColumn), "int32"),
    };
    const isToken = equal(iota("vocab", config.vocabSize), tokens); // [vocab, batch]
    const marked = { seen: not(and(not(state.seen), not(isToken))) };
    const penalised = drawing.sampling.repetitionPenalty !== 1;
    return { ...cut, caches, state: penalised ? { ...written, ...marked } : written };
  });
}

type SoFar = { batch: number; answer: number };
