/**
 * The programs of generation on the CPU: from new tokens to the next ones, drawn from the sampling
 * distribution.
 */
import { bool, type Device, float, int, jit, type Specs, type Tensors } from "../runtime/mod.ts";
import { dot, rename, sum, take } from "../tensor/mod.ts";
import {
  atColumns,
  type Distribution,
  drawToken,
  type Gpt2Config,
  type Gpt2Parameters,
  likeliestToken,
  mayBeDrawn,
  samplingDistribution,
} from "../lm/mod.ts";
import { decode, decoderSpec, decodeToken, tokenLogits } from "./decoder.ts";
import type { DrawOptions } from "./generator.ts";
import { transposedSpec } from "./transposed_weights.ts";

/** Specs of a draw's inputs besides logits. */
export const drawSpec = ({ vocabSize }: Pick<Gpt2Config, "vocabSize">) => ({
  /** One number in [0, 1) for each row. */
  uniforms: float({ batch: -1 }),
  /** The number of tokens in the answer so far. */
  position: float({}),
  /** Tokens that are already in the text; used only by a repetition penalty. */
  seen: bool({ batch: -1, vocab: vocabSize }),
});

/**
 * Draws one token for each row: the tokens, their log-probabilities and, with a cut-off, the
 * sampling masks.
 */
export function drawFrom(
  logits: Distribution,
  { seen, uniforms, position }: Tensors<ReturnType<typeof drawSpec>>,
  { sampling, special: { endId }, greedy = false, minNewTokens = 0 }: DrawOptions,
) {
  const allowed = minNewTokens > 0
    ? mayBeDrawn(logits, position, { minNewTokens, endId })
    : undefined;
  const { logProbs, samplingMask } = samplingDistribution(logits, sampling, { seen, allowed });
  const tokens = greedy ? likeliestToken(logProbs) : drawToken(logProbs, uniforms);
  return {
    tokens,
    logProbs: take(logProbs, tokens, "vocab"),
    ...(samplingMask === undefined ? {} : { samplingMask }),
  };
}

/**
 * Specs of the inputs of `nextLogits`: those of the decoder, and the column of each row's last
 * token.
 */
export const readSpec = (config: Gpt2Config) => ({
  ...decoderSpec(config),
  slots: int({ batch: -1, time: -1 }),
  lastColumns: int({ batch: -1, chosen: 1 }),
});

/** The logits after each row's last token, [batch, vocab], and the updated caches. */
export function nextLogits(
  parameters: Gpt2Parameters,
  { slots, lastColumns, ...inputs }: Tensors<ReturnType<typeof readSpec>>,
  config: Gpt2Config,
) {
  const { hidden, caches } = decode(parameters, inputs, config);
  // [batch, embed]
  const last = sum(atColumns(hidden, rename(lastColumns, { chosen: "answer" }), slots), "answer");
  return { logits: dot(last, parameters.wte.weight, "embed"), caches };
}

const TO_HOST = { toHost: ["tokens", "logProbs", "samplingMask"] };

/**
 * Reads any number of new tokens a row, over weights as `parameters` describes them, and draws the
 * next token.
 */
export function readProgram(
  device: Device,
  config: Gpt2Config,
  { parameters, ...draw }: DrawOptions & { parameters: Specs<Gpt2Parameters> },
) {
  const spec = { ...readSpec(config), ...drawSpec(config), parameters };
  return jit(device, spec, ({ parameters, uniforms, position, seen, ...inputs }) => {
    const { logits, caches } = nextLogits(parameters, inputs, config);
    return { ...drawFrom(logits, { seen, uniforms, position }, draw), caches };
  }, TO_HOST);
}

/**
 * Reads one new token a row, over transposed weights, for one row or for any number, and draws the
 * next token.
 */
export function tokenProgram(
  device: Device,
  config: Gpt2Config,
  { batch, ...draw }: DrawOptions & { batch: 1 | -1 },
) {
  const spec = {
    ...decoderSpec(config, { batch, time: 1 }),
    ...drawSpec(config),
    parameters: transposedSpec(config),
  };
  return jit(device, spec, ({ parameters, uniforms, position, seen, ...inputs }) => {
    const { hidden, caches } = decodeToken(parameters, inputs, config);
    const logits = tokenLogits(hidden, parameters);
    return { ...drawFrom(logits, { seen, uniforms, position }, draw), caches };
  }, TO_HOST);
}
