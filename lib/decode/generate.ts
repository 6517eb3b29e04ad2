/**
 * Generation: prompts in, sampled answers out, each token with the log-probability under which it
 * was drawn.
 *
 * Prompts of different lengths share a batch without padding in front of them, and the key-value
 * caches are reused. On a GPU the steps do not wait for each other (`generate_on_device.ts`). On
 * the CPU each distinct prompt is read once (`promptPlan`), and every further step computes
 * one token for each row that has not ended.
 */
import { type Device, floats, number } from "../runtime/mod.ts";
import { type Gpt2Arrays, type Gpt2Config, gpt2Spec } from "../lm/mod.ts";
import {
  type CacheArrays,
  type CachedRows,
  cacheOfRows,
  copyRows,
  createCaches,
  keepRows,
  type PromptPlan,
  promptPlan,
} from "./cache.ts";
import { type Decoder, type DrawnTokens, slotsFor, startDecoding } from "./decoding_state.ts";
import { createDeviceDecoder } from "./generate_on_device.ts";
import type { DrawOptions, Generator, GeneratorOptions } from "./generator.ts";
import { readProgram, tokenProgram } from "./step_programs.ts";
import { areTransposed, createTransposer, transposedSpec } from "./transposed_weights.ts";

/**
 * Creates a generator for models of one shape.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { createGenerator } from "ppo/decode/mod.ts";
 * import { gpt2Spec, initialWeights, plainSampling, uploadParameters } from "ppo/lm/mod.ts";
 * import { uniform } from "ppo/random/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 8, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const device = await openDevice("cpu");
 * const options = { sampling: plainSampling, special: { padId: 0, endId: 3 } };
 * const generator = await createGenerator(device, config, options);
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const [answer] = await generator.generate(parameters, [[2, 5, 3]], {
 *   maxNewTokens: 4,
 *   uniform: (row, position) => uniform(7, 0, row, position),
 * });
 * // equal weights: 8 tokens with probability 1/8 each
 * equal(answer.logProbs[0], Math.fround(-Math.log(8)));
 * ```
 */
export async function createGenerator(
  device: Device,
  config: Gpt2Config,
  { promptsAtOnce, ...draw }: GeneratorOptions,
): Promise<Generator> {
  const { vocabSize, positions } = config;
  const given = { ...draw, vocabSize, marksSeen: draw.sampling.repetitionPenalty !== 1 };
  const decoder = device.kind === "cpu"
    ? await createHostDecoder(device, config, { ...draw, promptsAtOnce })
    : await createDeviceDecoder(device, config, draw);
  const caches = createCaches(device, config);
  return {
    async generate(parameters, prompts, options) {
      const slots = slotsFor(prompts, options.maxNewTokens, positions);
      const state = startDecoding(prompts, given);
      const cache = await caches.sized(prompts.length, slots);
      await decoder.draw({ ...options, parameters, prompts, cache, state });
      return state.answers;
    },
    rest() {
      caches.release();
      decoder.rest();
    },
    async release() {
      await decoder.release();
      caches.release();
    },
  };
}

async function createHostDecoder(
  device: Device,
  config: Gpt2Config,
  { promptsAtOnce: maxRows = Infinity, ...draw }: GeneratorOptions,
): Promise<Decoder> {
  const steps = await createSteps(device, config, draw);
  return {
    ...steps,
    async draw({ parameters, prompts, cache, state, maxNewTokens, uniform }) {
      const plan = promptPlan(prompts, { shape: config, maxRows });
      const step = await steps.over(parameters, prompts.length);
      let batch: CachedRows = { rows: [...plan.groups.flat(), ...plan.repeated], cache };
      for (let position = 0; position < maxNewTokens && batch.rows.length > 0; position++) {
        const drawNext: DrawRows = async ({ rows, cache }, { cached }) => {
          const uniforms = floats(rows.map((row) => uniform(row, position)));
          const inputs = state.inputs(rows, { cached });
          const drawn = await step({ ...inputs, uniforms, position: number(position) }, cache);
          state.append(rows, drawn);
        };
        if (position === 0) await readPrompts(device, { ...plan, cache }, drawNext);
        else await drawNext(batch, { cached: true });
        batch = await keepRows(device, batch, (row) => !state.answers[row].ended);
      }
    },
  };
}

/** Draws the next token of some rows; `cached` if their caches hold all but the last token. */
type DrawRows = (batch: CachedRows, options: { cached: boolean }) => Promise<void>;

/**
 * Reads the prompts of a plan and draws the first tokens; repeated prompts get copies of the
 * caches.
 */
async function readPrompts(
  device: Device,
  { groups, repeated, copies, cache }: PromptPlan & Pick<CachedRows, "cache">,
  drawNext: DrawRows,
): Promise<void> {
  let start = 0;
  const cached = async (rows: readonly number[]): Promise<CachedRows> => {
    const part = await cacheOfRows(device, cache, { start, count: rows.length });
    start += rows.length;
    return { rows, cache: part };
  };
  for (const rows of groups) await drawNext(await cached(rows), { cached: false });
  if (repeated.length === 0) return;
  await copyRows(device, cache, copies);
  await drawNext(await cached(repeated), { cached: true });
}

/** The inputs of a step besides parameters and caches. */
type StepInputs =
  & ReturnType<ReturnType<typeof startDecoding>["inputs"]>
  & Record<"uniforms" | "position", ReturnType<typeof floats>>;

/**
 * The steps of the CPU. A step of one token a row reads transposed weights. Weights that are not
 * transposed yet are transposed for each call, which pays only for several rows. All other steps
 * read the weights as they are given.
 */
async function createSteps(device: Device, config: Gpt2Config, draw: DrawOptions) {
  const transposer = await createTransposer(device, config);
  type StepProgram = ReturnType<typeof readProgram> | ReturnType<typeof tokenProgram>;
  const programs = new Map<string, StepProgram>(); // each is compiled at its first use
  const program = (name: string, compile: () => StepProgram): StepProgram => {
    const compiled = programs.get(name) ?? compile();
    programs.set(name, compiled);
    return compiled;
  };
  const reader = (isTransposed: boolean) =>
    program(isTransposed ? "read transposed" : "read", () => {
      const parameters = isTransposed ? transposedSpec(config) : gpt2Spec(config);
      return readProgram(device, config, { ...draw, parameters });
    });
  const decoder = (batch: 1 | -1) =>
    program(`token ${batch}`, () => tokenProgram(device, config, { ...draw, batch }));
  await reader(false); // what nearly every call needs; the others only at their first use
  await decoder(-1);
  return {
    /**
     * The step with these parameters, for a batch of at most `size` rows; valid until the next
     * call.
     */
    async over(parameters: Gpt2Arrays, size: number) {
      const isTransposed = areTransposed(parameters, config);
      const transposed = isTransposed || size === 1
        ? parameters
        : await transposer.transpose(parameters);
      return async (inputs: StepInputs, caches: readonly CacheArrays[]): Promise<DrawnTokens> => {
        const [rows, time] = inputs.inputIds.dims;
        const isToken = time === 1 && (isTransposed || rows > 1);
        const program = await (isToken ? decoder(rows > 1 ? -1 : 1) : reader(isTransposed));
        const feeds = { ...inputs, caches, parameters: isToken ? transposed : parameters };
        const { tokens, logProbs, samplingMask } = await program(feeds, { caches });
        return {
          tokens: await device.read(tokens),
          logProbs: await device.read(logProbs),
          samplingMask: samplingMask && await device.read(samplingMask),
        };
      };
    },
    rest: transposer.rest,
    async release() {
      for (const program of programs.values()) await (await program).release();
      await transposer.release();
    },
  };
}
