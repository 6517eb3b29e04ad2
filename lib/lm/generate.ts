/**
 * Generation: prompts in, sampled answers out, each token with the log-probability it was drawn with.
 *
 * Prompts of different lengths share a batch without padding in front of them. The key-value caches are made once and reused.
 */
import { bool, type Device, float, floats, int, jit, number } from "../runtime/mod.ts";
import { dot, sum, take } from "../tensor/mod.ts";
import { cacheKeeper } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";
import { decode, decoderSpec } from "./decoder.ts";
import { type Answer, checkLengths, startDecoding } from "./decoding_state.ts";
import { gpt2Spec } from "./gpt2.ts";
import type { Gpt2Arrays } from "./parameters.ts";
import { atColumns, type TokenRow } from "./rows.ts";
import {
  drawToken,
  likeliestToken,
  mayBeDrawn,
  samplingDistribution,
  type SamplingSettings,
} from "./sampling.ts";

/** How to generate. */
export interface GenerateOptions {
  /** Answers end here at the latest, in tokens. */
  readonly maxNewTokens: number;
  /** The uniform number in [0, 1) for answer token `position` of row `row`. */
  readonly uniform: (row: number, position: number) => number;
}

/** Generates answers with the parameters given at each call. */
export interface Generator {
  /** One answer a prompt, in the prompts' order. */
  generate(parameters: Gpt2Arrays, prompts: readonly TokenRow[], options: GenerateOptions): Promise<Answer[]>;
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
  const step = await stepProgram(device, config, { sampling, greedy, minNewTokens, endId: special.endId });
  const caches = cacheKeeper(device, config);
  return {
    async generate(parameters, prompts, options) {
      checkLengths(prompts, options.maxNewTokens, config.positions);
      const capacity = Math.max(...prompts.map((prompt) => prompt.length)) + options.maxNewTokens;
      const cache = await caches.sized(prompts.length, capacity);
      const state = startDecoding(prompts, { ...special, vocabSize: config.vocabSize });
      for (let position = 0; position < options.maxNewTokens && state.running(); position++) {
        const uniforms = floats(prompts.map((_, row) => options.uniform(row, position)));
        const feeds = {
          parameters,
          ...state.inputs({ seen: sampling.repetitionPenalty !== 1 }),
          uniforms,
          position: number(position),
          caches: cache,
        };
        const drawn = await step(feeds, { caches: cache });
        const kept = drawn.kept && await device.read(drawn.kept);
        state.accept({
          tokens: await device.read(drawn.tokens),
          logProbs: await device.read(drawn.logProbs),
          kept,
        });
      }
      return state.answers;
    },
    async release() {
      await step.release();
      caches.release();
    },
  };
}

/** One program for prompt and decoding: reads new tokens, draws the next one. */
function stepProgram(
  device: Device,
  config: Gpt2Config,
  { sampling, greedy, minNewTokens, endId }: {
    sampling: SamplingSettings;
    greedy: boolean;
    minNewTokens: number;
    endId: number;
  },
) {
  const spec = {
    ...decoderSpec(config),
    parameters: gpt2Spec(config),
    slots: int({ batch: -1, time: -1 }),
    lastColumns: int({ batch: -1, answer: 1 }),
    uniforms: float({ batch: -1 }),
    position: float({}),
    seen: bool({ batch: -1, vocab: config.vocabSize }),
  };
  return jit(device, spec, ({ parameters, lastColumns, uniforms, position, seen, slots, ...inputs }) => {
    const { hidden, caches } = decode(parameters, inputs, config);
    const last = sum(atColumns(hidden, lastColumns, slots), "answer"); // [batch, embed]
    const logits = dot(last, parameters.wte.weight, "embed"); // [batch, vocab]
    const allowed = minNewTokens > 0 ? mayBeDrawn(logits, position, { minNewTokens, endId }) : undefined;
    const { logProbs, kept } = samplingDistribution(logits, sampling, { seen, allowed });
    const tokens = greedy ? likeliestToken(logProbs) : drawToken(logProbs, uniforms);
    return {
      tokens,
      logProbs: take(logProbs, tokens, "vocab"),
      caches,
      ...(kept === undefined ? {} : { kept }),
    };
  }, { toHost: ["tokens", "logProbs", "kept"] });
}
