/** What a generator is: prompts in, sampled answers out. `generate.ts` makes one. */
import type { Answer } from "./decoding_state.ts";
import type { Gpt2Arrays } from "../lm/mod.ts";
import type { TokenRow } from "../lm/mod.ts";
import type { SamplingSettings } from "../lm/mod.ts";

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
  generate(
    parameters: Gpt2Arrays,
    prompts: readonly TokenRow[],
    options: GenerateOptions,
  ): Promise<Answer[]>;
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

/** What a generator's programs are made for. */
export interface GeneratorOptions {
  /** How tokens are drawn. */
  readonly sampling: SamplingSettings;
  /** The tokenizer's. */
  readonly special: SpecialTokens;
  /** Take the likeliest token instead of drawing (default: no). */
  readonly greedy?: boolean;
  /** The end token is not drawn before an answer has so many tokens (default 0). */
  readonly minNewTokens?: number;
  /** Prompts that are read in one call on the CPU, at most (default: any number); fewer need less memory. */
  readonly promptsAtOnce?: number;
}
