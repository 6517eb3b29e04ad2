/** From logits to a drawn token and what is stored about it: the end of every program that generates. */
import { bool, float } from "../runtime/mod.ts";
import { take, type Tensor } from "../tensor/mod.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import {
  type Distribution,
  drawToken,
  likeliestToken,
  mayBeDrawn,
  samplingDistribution,
  type SamplingSettings,
} from "../lm/mod.ts";

/** How tokens are drawn. */
export interface Drawing {
  /** Temperature, cut-offs and penalty. */
  readonly sampling: SamplingSettings;
  /** The likeliest token instead of a drawn one. */
  readonly greedy: boolean;
  /** The end token is not drawn before an answer has so many tokens. */
  readonly minNewTokens: number;
  /** The end token. */
  readonly endId: number;
}

/** The inputs of a draw that do not depend on the program's kind. */
export const drawSpec = ({ vocabSize }: Gpt2Config) => ({
  uniforms: float({ batch: -1 }),
  position: float({}),
  seen: bool({ batch: -1, vocab: vocabSize }),
});

/** What a draw needs besides logits. */
export interface DrawInputs {
  /** Tokens that stand in the text already; read only where there is a repetition penalty. */
  readonly seen: Tensor<{ batch: number; vocab: number }, "bool">;
  /** One number in [0, 1) a row. */
  readonly uniforms: Tensor<{ batch: number }>;
  /** Tokens of the answer so far. */
  readonly position: Tensor<Record<never, never>>;
}

/** Draws a token a row from logits. */
export function drawFrom(
  logits: Distribution,
  { seen, uniforms, position }: DrawInputs,
  { sampling, greedy, minNewTokens, endId }: Drawing,
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
