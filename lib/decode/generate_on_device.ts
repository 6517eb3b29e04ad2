/**
 * Generation on a GPU without waiting: the token that a step draws stays on the device and is the next step's input.
 *
 * The tokens drawn so far, the tokens seen and the caches are states on the device. There are two sets of states: a step reads one
 * and writes the other. Positions, lengths and one uniform number for each row are uploaded. The host reads the tokens once every
 * `READ_EVERY` steps, to stop when all answers have ended. A row that has ended goes on until then, and its further tokens are dropped.
 */
import {
  type Device,
  type DeviceArray,
  flatten,
  float,
  floats,
  isDeviceArray,
  jit,
  number,
  zeros,
} from "../runtime/mod.ts";
import {
  and,
  cast,
  equal,
  expandLike,
  iota,
  not,
  slice,
  type Tensor,
  where,
} from "../tensor/mod.ts";
import {
  cutsOff,
  type Gpt2Arrays,
  type Gpt2Config,
  gpt2Spec,
  rowsOf,
  type TokenRow,
} from "../lm/mod.ts";
import { type CacheArrays, createCaches } from "./cache.ts";
import { checkLengths, slotsFor, startDecoding, tokenPositions } from "./decoding_state.ts";
import type { Answer, DrawOptions, GenerateOptions, Generator } from "./generator.ts";
import { drawFrom, drawSpec, nextLogits, readSpec } from "./step_programs.ts";

/** Steps between two reads of the tokens: a read waits for the GPU, and fewer than this many steps are computed in vain. */
const READ_EVERY = 16;

/** Compiles a generator whose steps do not wait for each other. */
export async function createDeviceGenerator(
  device: Device,
  config: Gpt2Config,
  draw: DrawOptions,
): Promise<Generator> {
  const { sampling, special, minNewTokens = 0 } = draw;
  const { vocabSize, positions } = config;
  const marksSeen = sampling.repetitionPenalty !== 1;
  const program = await stepProgram(device, config, draw);
  const caches = createCaches(device, config);
  return {
    async generate(parameters, prompts, options) {
      checkLengths(prompts, options.maxNewTokens, positions);
      const cache = await caches.sized(prompts.length, slotsFor(prompts, options.maxNewTokens));
      const start = startDecoding(prompts, { special, vocabSize, marksSeen });
      const first = start.inputs([...prompts.keys()], { cached: false });
      const states = await startStates(device, first.seen, [prompts.length, options.maxNewTokens]);
      const masks = cutsOff(sampling) || minNewTokens > 0
        ? await emptyMasks(device, [prompts.length, vocabSize])
        : [];
      try {
        const batch = { parameters, prompts, cache, states, masks, first, options };
        return await decodeBatch(device, program, { ...batch, endId: special.endId });
      } finally {
        flatten({ states, masks }, isDeviceArray).forEach((array) => device.free(array));
      }
    },
    rest: caches.release,
    async release() {
      await program.release();
      caches.release();
    },
  };
}

type FirstInputs = ReturnType<ReturnType<typeof startDecoding>["inputs"]>;

/** The state that a step leaves for the next one. */
interface StateArrays {
  /** The tokens drawn so far, then zeros: [batch, answer]. */
  readonly tokens: DeviceArray<"float32">;
  /** log pi(token) in the same places. */
  readonly logProbs: DeviceArray<"float32">;
  /** The last token, the next step's input: [batch, 1]. */
  readonly inputIds: DeviceArray<"int32">;
  /** With a repetition penalty, 1 for the tokens of prompt and answer: [batch, vocab]. */
  readonly seen?: DeviceArray<"bool">;
}

/** Two sets of states: the one that the first step reads, and the one that it writes. */
async function startStates(
  device: Device,
  seen: FirstInputs["seen"],
  [batch, answer]: readonly [number, number],
): Promise<[StateArrays, StateArrays]> {
  const create = async (): Promise<StateArrays> => ({
    tokens: await device.upload(zeros([batch, answer])),
    logProbs: await device.upload(zeros([batch, answer])),
    inputIds: await device.upload(zeros([batch, 1], "int32")),
    ...(seen.dims[0] === 0 ? {} : { seen: await device.upload(seen) }), // the second is written before it is read
  });
  return [await create(), await create()];
}

/** Arrays for the sampling masks of the steps between two reads. */
const emptyMasks = (device: Device, dims: readonly number[]): Promise<DeviceArray<"bool">[]> =>
  Promise.all(Array.from({ length: READ_EVERY }, () => device.upload(zeros(dims, "bool"))));

/** Everything that one batch needs, from its prompts to its answers. */
interface Batch {
  readonly parameters: Gpt2Arrays;
  readonly prompts: readonly TokenRow[];
  readonly cache: readonly CacheArrays[];
  readonly states: [StateArrays, StateArrays];
  readonly masks: readonly DeviceArray<"bool">[];
  readonly first: FirstInputs;
  readonly options: GenerateOptions;
  readonly endId: number;
}

async function decodeBatch(
  device: Device,
  program: Awaited<ReturnType<typeof stepProgram>>,
  { parameters, prompts, cache, states, masks, first, options, endId }: Batch,
): Promise<Answer[]> {
  const { maxNewTokens, uniform } = options;
  const places = floats(Array.from({ length: maxNewTokens }, (_, place) => place));
  const readMasks: Uint8Array[] = [];
  for (let position = 0;; position++) {
    const into = states[(position + 1) % 2];
    const { inputIds, ...state } = states[position % 2];
    const before = prompts.map(({ length }) => length + position - 1);
    const feeds = {
      ...(position === 0 ? first : { ...tokenPositions(before), inputIds }),
      ...{ parameters, caches: cache, state: { seen: first.seen, ...state }, places },
      uniforms: floats(prompts.map((_, row) => uniform(row, position))),
      position: number(position),
    };
    const mask = masks.length > 0 ? { samplingMask: masks[position % READ_EVERY] } : {};
    await program(feeds, { caches: cache, state: into, ...mask });
    const isLast = position + 1 === maxNewTokens;
    if (!isLast && (position + 1) % READ_EVERY > 0) continue;
    for (const written of masks.slice(0, position % READ_EVERY + 1)) {
      readMasks.push((await device.read(written)).slice());
    }
    const rows = rowsOf(await device.read(into.tokens), maxNewTokens)
      .map((row) => row.slice(0, position + 1));
    if (isLast || rows.every((row) => row.includes(endId))) {
      const logProbs = rowsOf(await device.read(into.logProbs), maxNewTokens);
      return answersOf(rows, { logProbs, masks: readMasks, endId });
    }
  }
}

/** The answers: each row up to its end token. */
function answersOf(
  rows: readonly number[][],
  { logProbs, masks, endId }: {
    logProbs: readonly number[][];
    masks: readonly Uint8Array[];
    endId: number;
  },
): Answer[] {
  return rows.map((row, index) => {
    const end = row.indexOf(endId);
    const length = end < 0 ? row.length : end + 1;
    const maskOf = (batch: Uint8Array) => {
      const size = batch.length / rows.length;
      return batch.slice(index * size, (index + 1) * size);
    };
    return {
      tokens: row.slice(0, length),
      logProbs: logProbs[index].slice(0, length),
      ended: end >= 0,
      samplingMask: masks.slice(0, length).map(maskOf),
    };
  });
}

type SoFar = { batch: number; answer: number };

/** Reads prompts or one token a row, draws the next token and appends it to those drawn before. */
function stepProgram(device: Device, config: Gpt2Config, draw: DrawOptions) {
  const { seen, ...drawn } = drawSpec(config);
  const soFar = float({ batch: -1, answer: -1 });
  const spec = {
    ...readSpec(config),
    ...drawn,
    parameters: gpt2Spec(config),
    places: float({ answer: -1 }),
    state: { tokens: soFar, logProbs: soFar, seen },
  };
  return jit(device, spec, ({ parameters, state, places, ...inputs }) => {
    const { logits, caches } = nextLogits(parameters, inputs, config);
    const { tokens, logProbs, ...mask } = drawFrom(logits, { ...inputs, seen: state.seen }, draw);
    const token = cast(tokens, "float32");
    const isHere = equal(places, inputs.position); // [answer]
    const appended = (past: Tensor<SoFar>, now: Tensor<{ batch: number }>) =>
      where(isHere, expandLike(now, past), past);
    const column = slice(cast(inputs.slots, "float32"), "time", { start: 0, stop: 1 }); // [batch, 1]
    const written = {
      tokens: appended(state.tokens, token),
      logProbs: appended(state.logProbs, logProbs),
      inputIds: cast(expandLike(token, column), "int32"),
    };
    const isToken = equal(iota("vocab", config.vocabSize), tokens); // [vocab, batch]
    const marked = { seen: not(and(not(state.seen), not(isToken))) };
    const penalised = draw.sampling.repetitionPenalty !== 1;
    return { ...mask, caches, state: penalised ? { ...written, ...marked } : written };
  });
}
