/**
 * The types of generation: what a generator takes and what it gives. `generate.ts` creates one.
 */
import type { Gpt2Arrays, SamplingSettings, TokenRow } from "../lm/mod.ts";

/** One sampled answer. */
export interface Answer {
  /** The new tokens; the last one is the end token when `ended`. */
  readonly tokens: number[];
  /** log pi(token) under the sampling distribution, one for each token. */
  readonly logProbs: number[];
  /** Whether the end token was drawn before the length ran out. */
  readonly ended: boolean;
  /**
   * The sampling mask of each token, [vocab], 1 where a token could be drawn; empty without a
   * cut-off.
   */
  readonly samplingMask: Uint8Array[];
}

/** How to generate. */
export interface GenerateOptions {
  /** The most tokens of an answer. */
  readonly maxNewTokens: number;
  /** The uniform number in [0, 1) for answer token `position` of row `row`. */
  readonly uniform: (row: number, position: number) => number;
}

/** Generates answers with the parameters that each call passes. */
export interface Generator {
  /**
   * One answer for each prompt, in the prompts' order; `parameters` are as uploaded, or from
   * `transposeParameters`.
   *
   * @throws RangeError if there are no prompts, or if a prompt is empty or leaves no room for its
   *   answer.
   */
  generate(
    parameters: Gpt2Arrays,
    prompts: readonly TokenRow[],
    options: GenerateOptions,
  ): Promise<Answer[]>;
  /** Frees the caches and the transposed weights; the next call allocates them again. */
  rest(): void;
  /** Frees the compiled programs; the generator must not be used again. */
  release(): Promise<void>;
}

/** The ids of the tokenizer's special tokens that generation needs. */
export interface SpecialTokens {
  /** Pads a row at its end. */
  readonly padId: number;
  /** The end-of-sequence token. */
  readonly endId: number;
}

/** How each token is drawn. */
export interface DrawOptions {
  /** Temperature, cut-offs and repetition penalty. */
  readonly sampling: SamplingSettings;
  /** The tokenizer's special tokens. */
  readonly special: SpecialTokens;
  /** Whether to take the likeliest token instead of drawing one (default: no). */
  readonly greedy?: boolean;
  /** The fewest tokens of an answer before its end token (default 0). */
  readonly minNewTokens?: number;
}

/** Settings of `createGenerator`. */
export interface GeneratorOptions extends DrawOptions {
  /**
   * The most prompts that one call reads on the CPU (default: any number); a lower number needs
   * less memory.
   */
  readonly promptsAtOnce?: number | undefined;
}
