/**
 * Generation on a GPU without waiting: the token that a step draws stays on the device and is the
 * next step's input.
 *
 * The tokens drawn so far, the tokens seen and the caches are states on the device. There are two
 * sets of states: a step reads one and writes the other. Positions, lengths and one uniform number
 * for each row are uploaded. The host reads the tokens once every `READ_EVERY` steps, to stop when
 * all answers have ended. A row that has ended goes on until then, and its further tokens are
 * dropped.
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
import { cutsOff, type Gpt2Config, gpt2Spec, rowsOf } from "../lm/mod.ts";
import {
  type Decoder,
  type DecodingBatch,
  type DrawnTokens,
  startDecoding,
  tokenPositions,
} from "./decoding_state.ts";
import type { DrawOptions } from "./generator.ts";
import { drawFrom, drawSpec, nextLogits, readSpec } from "./step_programs.ts";

/**
 * Steps between two reads of the tokens: a read waits for the GPU, and fewer than this many steps
 * are wasted.
 */
const READ_EVERY = 16;

/** Compiles a decoder whose steps do not wait for each other. */
export async function createDeviceDecoder(
  device: Device,
  config: Gpt2Config,
  draw: DrawOptions,
): Promise<Decoder> {
  const { sampling, special: { endId }, minNewTokens = 0 } = draw;
  const program = await stepProgram(device, config, draw);
  return {
    async draw(batch) {
      const { prompts, state, maxNewTokens } = batch;
      const rows = [...prompts.keys()];
      const first = state.inputs(rows, { cached: false });
      const states = await startStates(device, first.seen, [rows.length, maxNewTokens]);
      const masks = cutsOff(sampling) || minNewTokens > 0
        ? await emptyMasks(device, [rows.length, config.vocabSize])
        : [];
      try {
        const drawn = await drawTokens(device, program, { ...batch, first, states, masks, endId });
        drawn.forEach((tokens) => state.append(rows, tokens));
      } finally {
        flatten({ states, masks }, isDeviceArray).forEach((array) => device.free(array));
      }
    },
    rest() {},
    release: program.release,
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
    // the second is written before it is read
    ...(seen.dims[0] === 0 ? {} : { seen: await device.upload(seen) }),
  });
  return [await create(), await create()];
}

/** Arrays for the sampling masks of the steps between two reads. */
const emptyMasks = (device: Device, dims: readonly number[]): Promise<DeviceArray<"bool">[]> =>
  Promise.all(Array.from({ length: READ_EVERY }, () => device.upload(zeros(dims, "bool"))));

/** Everything that the steps of one batch need. */
interface Batch extends DecodingBatch {
  readonly first: FirstInputs;
  readonly states: [StateArrays, StateArrays];
  readonly masks: readonly DeviceArray<"bool">[];
  readonly endId: number;
}

/**
 * Draws tokens until every answer has ended or the length has run out; the result has one element
 * for each step.
 */
async function drawTokens(
  device: Device,
  program: Awaited<ReturnType<typeof stepProgram>>,
  { parameters, prompts, cache, first, states, masks, endId, maxNewTokens, uniform }: Batch,
): Promise<DrawnTokens[]> {
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
    const tokens = rowsOf(await device.read(into.tokens), maxNewTokens);
    if (!isLast && !tokens.every((row) => row.slice(0, position + 1).includes(endId))) continue;
    const logProbs = rowsOf(await device.read(into.logProbs), maxNewTokens);
    return Array.from({ length: position + 1 }, (_, step) => ({
      tokens: tokens.map((row) => row[step]),
      logProbs: logProbs.map((row) => row[step]),
      samplingMask: readMasks[step],
    }));
  }
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
    // [batch, 1]
    const column = slice(cast(inputs.slots, "float32"), "time", { start: 0, stop: 1 });
    const written = {
      tokens: appended(state.tokens, token),
      logProbs: appended(state.logProbs, logProbs),
      inputIds: cast(expandLike(token, column), "int32"),
    };
    const isToken = equal(iota("vocab", config.vocabSize), tokens, { outer: true }); // [vocab, batch]
    const marked = { seen: not(and(not(state.seen), not(isToken))) };
    const penalised = draw.sampling.repetitionPenalty !== 1;
    return { ...mask, caches, state: penalised ? { ...written, ...marked } : written };
  });
}
