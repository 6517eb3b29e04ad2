/**
 * A policy to look at, for chapter 01: the logits of a language model after any text, its
 * distribution at each token of an answer, and answers sampled from it.
 */
import { type Answer, createGenerator, sampleAnswers } from "../decode/mod.ts";
import {
  answerBatch,
  createPolicyScorer,
  distributionOfRow,
  gpt2,
  type Gpt2Arrays,
  gpt2Spec,
  languageHead,
  type ModelFolder,
  padRows,
  plainSampling,
  rowsSpec,
  type SamplingSettings,
  type TokenRow,
  uploadParameters,
} from "../lm/mod.ts";
import { answerRow, promptRow } from "../passages/mod.ts";
import { entropyOfLogits, meanOf, ratios } from "../rl/mod.ts";
import { chooseDevice, type Device, jit } from "../runtime/mod.ts";
import { say } from "../text/mod.ts";
import { runSettings, threadsFromEnvironment } from "./embedded.ts";
import { lengthsOf, specialOf } from "./opening.ts";

/** A model with its tokenizer, compiled. */
export interface PolicyView {
  /** Its folder. */
  readonly policy: ModelFolder;
  /** Where it computes. */
  readonly device: Device;
  /** Its parameters on the device. */
  readonly parameters: Gpt2Arrays;
  /** Longest answer in tokens. */
  readonly answerLength: number;
  /** `[CLS] passage [SEP]`, cut to fit. */
  promptOf(passage: string): TokenRow;
  /** `question [SEP]`. */
  answerOf(question: string): TokenRow;
  /** The tokens, special ones too, as one text. */
  textOf(row: TokenRow): string;
  /** The logits from which each token of the answer was chosen, one row per token. */
  logitsAlong(prompt: TokenRow, answer: TokenRow): Promise<number[][]>;
  /** The logits of the next token after a text. */
  logitsAfter(state: TokenRow): Promise<number[]>;
}

/** Compiles the embedded SFT model for looking at. */
export async function openPolicy(
  { policy }: { readonly policy: ModelFolder },
): Promise<PolicyView> {
  const { tokenizer, config } = policy;
  const settings = runSettings(policy);
  const lengths = lengthsOf(settings);
  const device = await chooseDevice(settings.device, {
    ...threadsFromEnvironment(),
    buffers: settings.gpu_buffers,
  });
  const spec = gpt2Spec(config);
  const parameters = await uploadParameters(device, spec, policy.weights);
  const program = await jit(device, { parameters: spec, rows: rowsSpec }, (given) => ({
    // [batch, time, vocab]
    logits: languageHead(gpt2(given.parameters, given.rows, config), given.parameters),
  }), { toHost: ["logits"] });
  const logitsAt = async (row: TokenRow, first: number): Promise<number[][]> => {
    const rows = padRows([row], { padId: tokenizer.padId });
    const flat = Array.from(await device.read((await program({ parameters, rows })).logits));
    return row.slice(first).map((_, index) => {
      const start = (first + index) * config.vocabSize;
      return flat.slice(start, start + config.vocabSize);
    });
  };
  return {
    policy,
    device,
    parameters,
    answerLength: lengths.queryLen,
    promptOf: (passage) => promptRow(tokenizer, passage, lengths),
    answerOf: (question) => answerRow(tokenizer, question, lengths),
    textOf: (row) => row.map((id) => tokenizer.tokenOf(id)).join(""),
    logitsAlong: (prompt, answer) =>
      logitsAt([...prompt, ...answer].slice(0, -1), prompt.length - 1),
    logitsAfter: async (state) => (await logitsAt(state, state.length - 1))[0],
  };
}

/**
 * An answer as states and actions, with log pi(action | state) and the entropy of pi(. | state) in
 * nats under the model's own distribution. The text of a state is its last `shown` tokens.
 */
export async function trajectoryOf(
  model: PolicyView,
  prompt: TokenRow,
  { answer, shown = 8 }: { answer: TokenRow; shown?: number },
): Promise<{ t: number; state: string; action: string; logProb: number; entropy: number }[]> {
  const rows = await model.logitsAlong(prompt, answer);
  return answer.map((token, t) => ({
    t,
    state: `…${model.textOf([...prompt, ...answer.slice(0, t)].slice(-shown))}`,
    action: model.textOf([token]),
    logProb: distributionOfRow(rows[t]).logProbs[token],
    entropy: entropyOfLogits(rows[t]),
  }));
}

/** The `count` likeliest next tokens, with their logits and probabilities pi(token | state). */
export function likeliestTokens(
  model: PolicyView,
  logits: readonly number[],
  count: number,
): { token: string; logit: number; probability: number }[] {
  const { logProbs } = distributionOfRow(logits);
  const tokens = logits.map((logit, id) => {
    return { token: model.textOf([id]), logit, probability: Math.exp(logProbs[id]) };
  });
  return tokens.toSorted((a, b) => b.logit - a.logit).slice(0, count);
}

/**
 * The same logits under several settings ("temperature 0.5", or "the model's own"): how many
 * tokens may be drawn, the entropy in nats, and the likeliest token with its probability. The
 * repetition penalty is for the tokens of `state`.
 */
export function compareSampling(
  model: PolicyView,
  state: TokenRow,
  { logits, settings }: {
    logits: readonly number[];
    settings: readonly Partial<SamplingSettings>[];
  },
): { settings: string; tokens: number; entropy: number; first: string; probability: number }[] {
  const seen = logits.map((_, id) => state.includes(id));
  return settings.map((given) => {
    const { logProbs, samplingMask } = distributionOfRow(logits, { ...given, seen });
    const best = logProbs.indexOf(Math.max(...logProbs));
    const name = Object.entries(given).map(([name, value]) => `${name} ${value}`).join(", ");
    return {
      settings: name || say({ en: "the model's own", zh: "模型自己的" }),
      tokens: samplingMask.filter(Boolean).length,
      entropy: entropyOfLogits(logProbs),
      first: model.textOf([best]),
      probability: Math.exp(logProbs[best]),
    };
  });
}

/**
 * `count` answers of the model to one prompt, by default from its own distribution; `greedy` takes
 * the likeliest token each time.
 */
export async function drawAnswers(
  { policy: { config, tokenizer }, device, parameters, answerLength }: PolicyView,
  prompt: TokenRow,
  { count, seed, greedy = false, sampling = plainSampling }: {
    readonly count: number;
    readonly seed: number;
    readonly greedy?: boolean;
    readonly sampling?: SamplingSettings;
  },
): Promise<Answer[]> {
  const special = specialOf(tokenizer);
  const generator = await createGenerator(device, config, { sampling, special, greedy });
  const prompts = Array<TokenRow>(count).fill(prompt);
  const options = { maxNewTokens: answerLength, seed };
  const answers = await sampleAnswers(generator, { parameters, prompts }, options);
  await generator.release();
  return answers;
}

/**
 * The ratio of each token, one row per answer: its probability under `scoring` over the
 * probability with which it was drawn. All are 1 when the settings are the same. `mean`,
 * `smallest` and `largest` are over all tokens.
 */
export async function scoredRatios(
  { policy: { config, tokenizer }, device, parameters }: PolicyView,
  prompt: TokenRow,
  { answers, scoring }: { answers: readonly Answer[]; scoring: SamplingSettings },
): Promise<{ rows: number[][]; mean: number; smallest: number; largest: number }> {
  const scorer = await createPolicyScorer(device, { config, sampling: scoring });
  const pairs = answers.map(({ tokens, samplingMask }) => {
    return { prompt, answer: tokens, samplingMask };
  });
  const scored = await scorer(parameters)(answerBatch(pairs, tokenizer), pairs);
  const rows = answers.map(({ logProbs: oldLogProbs }, row) =>
    ratios({ logProbs: scored[row].slice(0, oldLogProbs.length), oldLogProbs })
  );
  const all = rows.flat();
  return { rows, mean: meanOf(all), smallest: Math.min(...all), largest: Math.max(...all) };
}
