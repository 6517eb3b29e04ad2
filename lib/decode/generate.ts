/**
 * Generation: prompts in, sampled answers out, each token with the log-probability it was drawn with.
 *
 * Prompts of different lengths share a batch without padding in front of them. The key-value caches are made once and reused. On a
 * GPU the steps do not wait for each other (`generate_on_device.ts`). On the CPU each prompt is read once, like lengths together
 * (`read_prompts.ts`), rows whose answer has ended leave the batch, and new tokens take programs of their own (`decode_rows.ts`).
 */
import {
  type Device,
  type DeviceArray,
  floats,
  type HostArray,
  int,
  ints,
  jit,
  number,
  type Specs,
} from "../runtime/mod.ts";
import { dot, sum } from "../tensor/mod.ts";
import { type CacheArrays, cacheKeeper, keptRows } from "./cache.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import { decodeRows, rowInputsSpec, rowLogits } from "./decode_rows.ts";
import { decode, decoderSpec } from "./decoder.ts";
import { checkLengths, type Drawn, startDecoding } from "./decoding_state.ts";
import { drawFrom, type Drawing, drawSpec } from "./drawing.ts";
import { createDeviceGenerator } from "./generate_on_device.ts";
import type { GenerateOptions, Generator, GeneratorOptions } from "./generator.ts";
import { type Gpt2Parameters, gpt2Spec } from "../lm/mod.ts";
import type { Gpt2Arrays } from "../lm/mod.ts";
import { promptPlan, readPrompts } from "./read_prompts.ts";
import { inRowOrder } from "../lm/mod.ts";
import { atColumns } from "../lm/mod.ts";
import { areTurned, createTurner, turnedSpec } from "./turned_weights.ts";

/** Compiles a generator for models of one shape. */
export function createGenerator(
  device: Device,
  config: Gpt2Config,
  options: GeneratorOptions,
): Promise<Generator> {
  return device.kind === "cpu"
    ? createHostGenerator(device, config, options)
    : createDeviceGenerator(device, config, options);
}

async function createHostGenerator(
  device: Device,
  config: Gpt2Config,
  { sampling, special, greedy = false, minNewTokens = 0, promptsAtOnce = Infinity }:
    GeneratorOptions,
): Promise<Generator> {
  const drawing = { sampling, greedy, minNewTokens, endId: special.endId };
  const readers = await promptPrograms(device, config, drawing);
  const steps = await createRowSteps(device, config, drawing);
  const caches = cacheKeeper(device, config);
  const seen = sampling.repetitionPenalty !== 1;
  return {
    async generate(parameters, prompts, { maxNewTokens, uniform }) {
      checkLengths(prompts, maxNewTokens, config.positions);
      const plan = promptPlan(prompts, { shape: config, maxRows: promptsAtOnce });
      const order = [...plan.groups.flat(), ...plan.repeated];
      const started = (rows: readonly number[]) =>
        startDecoding(rows.map((row) => prompts[row]), { ...special, vocabSize: config.vocabSize });
      const state = started(order);
      const read = await readers.of(parameters);
      const turned = areTurned(parameters, config);
      const draw = drawer(device, {
        read: (feeds) => read({ ...feeds, parameters }, { caches: feeds.caches }),
        step: turned || prompts.length > 1
          ? await steps.over(parameters, { rows: prompts.length })
          : undefined,
        fewestRows: turned ? 1 : 2,
        uniform,
      });
      let cache = await caches.sized(
        prompts.length,
        Math.max(...prompts.map(({ length }) => length)) + maxNewTokens,
      );
      for (let position = 0; position < maxNewTokens && state.running(); position++) {
        const drawn = position === 0
          ? await readPrompts(device, { ...plan, cache }, {
            read: (rows, caches) =>
              draw(started(rows).inputs({ seen }), { rows, caches, position }),
            again: (rows, caches) =>
              draw(started(rows).inputs({ seen, held: true }), { rows, caches, position }),
          })
          : await draw(state.inputs({ seen }), {
            rows: state.rows().map((row) => order[row]),
            caches: cache,
            position,
          });
        state.accept(drawn);
        cache = await keptRows(device, cache, state.dropEnded());
      }
      return inRowOrder([order], [state.answers]);
    },
    rest() {
      caches.release();
      steps.rest();
    },
    async release() {
      await readers.release();
      await steps.release();
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
        return await program({ ...feeds, ...flatInputs(feeds), parameters }, {
          caches: feeds.caches,
        });
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

/** What the bookkeeping says of the next step. */
type StepInputs = ReturnType<ReturnType<typeof startDecoding>["inputs"]>;

/** What a step takes besides parameters. */
type StepFeeds = StepInputs & {
  readonly uniforms: HostArray<"float32">;
  readonly position: HostArray<"float32">;
  readonly caches: readonly CacheArrays[];
};

/** Draws a token for each of some rows: at least `fewestRows` that go on by one token with a program of their own, where there is one. */
function drawer(
  device: Device,
  { read, step, fewestRows, uniform }: Pick<GenerateOptions, "uniform"> & {
    read: (feeds: StepFeeds) => Promise<StepResults>;
    step: ((feeds: StepFeeds) => Promise<StepResults>) | undefined;
    fewestRows: number;
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
    const isStep = inputs.inputIds.dims[1] === 1 && rows.length >= fewestRows;
    return await onHost(device, await (isStep && step !== undefined ? step : read)(feeds));
  };
}

/** What a step gives, on the device. */
interface StepResults {
  readonly tokens: DeviceArray<"int32">;
  readonly logProbs: DeviceArray<"float32">;
  readonly samplingMask?: DeviceArray<"bool">;
}

/** What a step gives, in host memory. */
async function onHost(
  device: Device,
  { tokens, logProbs, samplingMask }: StepResults,
): Promise<Drawn> {
  return {
    tokens: await device.read(tokens),
    logProbs: await device.read(logProbs),
    samplingMask: samplingMask && await device.read(samplingMask),
  };
}

const TO_HOST = { toHost: ["tokens", "logProbs", "samplingMask"] };

/** The programs that read prompts: one for weights as they are stored, one for turned ones at its first use. */
async function promptPrograms(device: Device, config: Gpt2Config, drawing: Drawing) {
  const stored = await promptProgram(device, config, { ...drawing, parameters: gpt2Spec(config) });
  let turned: typeof stored | undefined;
  return {
    async of(parameters: Gpt2Arrays) {
      if (!areTurned(parameters, config)) return stored;
      return turned ??= await promptProgram(device, config, {
        ...drawing,
        parameters: turnedSpec(config),
      });
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
  return jit(
    device,
    spec,
    ({ parameters, lastColumns, uniforms, position, seen, slots, ...inputs }) => {
      const { hidden, caches } = decode(parameters, inputs, config);
      const last = sum(atColumns(hidden, lastColumns, slots), "answer"); // [batch, embed]
      const logits = dot(last, parameters.wte.weight, "embed"); // [batch, vocab]
      return { ...drawFrom(logits, { seen, uniforms, position }, drawing), caches };
    },
    TO_HOST,
  );
}

/** One token a row over turned weights, for one row or any number. */
function rowsProgram(
  device: Device,
  config: Gpt2Config,
  { batch = -1, ...drawing }: Drawing & { batch?: 1 | -1 },
) {
  const spec = {
    ...rowInputsSpec(config, { batch }),
    ...drawSpec(config),
    parameters: turnedSpec(config),
  };
  return jit(device, spec, ({ parameters, uniforms, position, seen, ...inputs }) => {
    const { hidden, caches } = decodeRows(parameters, inputs, config);
    return {
      ...drawFrom(rowLogits(hidden, parameters), { seen, uniforms, position }, drawing),
      caches,
    };
  }, TO_HOST);
}

/** Ids and positions of one token a row, without the axis of time. */
const flatInputs = (
  { inputIds, positionIds }: Record<"inputIds" | "positionIds", HostArray<"int32">>,
) => ({
  inputIds: ints(inputIds.data),
  positionIds: ints(positionIds.data),
});
