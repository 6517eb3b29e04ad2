/**
 * A policy to look at: the logits of a language model after any text, what it says of an answer token by token, and answers drawn
 * from it. For chapter 01; a trainer has programs of its own.
 */
import { type Answer, createGenerator } from "../decode/mod.ts";
import {
  distributionOfRow,
  gpt2,
  type Gpt2Arrays,
  gpt2Spec,
  languageHead,
  padRows,
  plainSampling,
  rowsSpec,
  type SamplingSettings,
  type Tokenizer,
  type TokenRow,
  uploadParameters,
} from "../lm/mod.ts";
import { entropyOfLogits, meanOf, ratios } from "../rl/mod.ts";
import { uniform } from "../random/mod.ts";
import { answerBatch, createPolicyScorer } from "../lm/mod.ts";
import { answerRow, promptRow } from "../passages/mod.ts";
import { chooseDevice, type Device, jit } from "../runtime/mod.ts";
import { type Embedded, runSettings } from "./embedded.ts";

/** A model with its tokenizer, compiled. */
export interface PolicyView {
  /** Its folder. */
  readonly policy: Embedded["policy"];
  /** Where it computes. */
  readonly device: Device;
  /** The SFT model's, on the device. */
  readonly parameters: Gpt2Arrays;
  /** Longest answer in tokens. */
  readonly answerLength: number;
  /** `[CLS] passage [SEP]`, cut to fit. */
  promptOf(passage: string): TokenRow;
  /** `question [SEP]`. */
  answerOf(question: string): TokenRow;
  /** The tokens, special ones too, as one text. */
  textOf(row: TokenRow): string;
  /** One row of logits for each token of the answer: those that it was chosen from. */
  logitsAlong(prompt: TokenRow, answer: TokenRow): Promise<number[][]>;
  /** The logits of the next token after a text. */
  logitsAfter(state: TokenRow): Promise<number[]>;
}

/** Compiles the embedded SFT model for looking at. */
export async function openPolicy({ policy }: Pick<Embedded, "policy">): Promise<PolicyView> {
  const { tokenizer, config } = policy;
  const settings = runSettings(policy);
  const lengths = { maxLen: settings.max_len, queryLen: settings.query_len };
  const device = await chooseDevice(settings.device, { buffers: settings.gpu_buffers });
  const spec = gpt2Spec(config);
  const parameters = await uploadParameters(device, spec, policy.weights);
  const program = await jit(
    device,
    { parameters: spec, rows: rowsSpec },
    ({ parameters, rows }) => ({
      logits: languageHead(gpt2(parameters, rows, config), parameters), // [batch, time, vocab]
    }),
    { toHost: ["logits"] },
  );
  const logitsAt = async (row: TokenRow, first: number): Promise<number[][]> => {
    const { logits } = await program({
      parameters,
      rows: padRows([row], { padId: tokenizer.padId }),
    });
    const flat = Array.from(await device.read(logits));
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
    textOf: (row) => tokensText(tokenizer, row),
    logitsAlong: (prompt, answer) =>
      logitsAt([...prompt, ...answer].slice(0, -1), prompt.length - 1),
    logitsAfter: async (state) => (await logitsAt(state, state.length - 1))[0],
  };
}

const tokensText = (tokenizer: Tokenizer, row: TokenRow): string =>
  row.map((id) => tokenizer.tokenOf(id)).join("");

/** One step of a trajectory. */
export interface TrajectoryStep {
  /** Counted from 0. */
  readonly t: number;
  /** The end of the text so far. */
  readonly state: string;
  /** The next token. */
  readonly action: string;
  /** log pi(action | state), in nats. */
  readonly logProb: number;
  /** Entropy of pi(. | state), in nats. */
  readonly entropy: number;
}

/** An answer as states and actions, with what the model's own distribution says of each. */
export async function trajectoryOf(
  model: PolicyView,
  prompt: TokenRow,
  { answer, shown = 8 }: { answer: TokenRow; shown?: number },
): Promise<TrajectoryStep[]> {
  const rows = await model.logitsAlong(prompt, answer);
  return answer.map((token, t) => ({
    t,
    state: `…${model.textOf([...prompt, ...answer.slice(0, t)].slice(-shown))}`,
    action: model.textOf([token]),
    logProb: distributionOfRow(rows[t]).logProbs[token],
    entropy: entropyOfLogits(rows[t]),
  }));
}

/** A token that may come next. */
export interface NextToken {
  /** Its text. */
  readonly token: string;
  /** The model's number for it. */
  readonly logit: number;
  /** pi(token | state). */
  readonly probability: number;
}

/** The likeliest next tokens, the first on top. */
export function likeliestTokens(
  model: PolicyView,
  logits: readonly number[],
  count: number,
): NextToken[] {
  const { logProbs } = distributionOfRow(logits);
  return logits.map((logit, id) => ({
    token: model.textOf([id]),
    logit,
    probability: Math.exp(logProbs[id]),
  }))
    .toSorted((a, b) => b.logit - a.logit).slice(0, count);
}

/** What sampling settings make of one distribution. */
export interface SamplingEffect {
  /** "temperature 0.5", or "as the model says". */
  readonly settings: string;
  /** Tokens that may be drawn. */
  readonly tokens: number;
  /** In nats. */
  readonly entropy: number;
  /** The likeliest token. */
  readonly first: string;
  /** Its probability. */
  readonly probability: number;
}

/** The same logits under several settings. */
export function compareSampling(
  model: PolicyView,
  state: TokenRow,
  { logits, settings }: {
    logits: readonly number[];
    settings: readonly Partial<SamplingSettings>[];
  },
): SamplingEffect[] {
  const seen = logits.map((_, id) => state.includes(id));
  return settings.map((given) => {
    const { logProbs, samplingMask } = distributionOfRow(logits, { ...given, seen });
    const best = logProbs.indexOf(Math.max(...logProbs));
    return {
      settings: Object.entries(given).map(([name, value]) => `${name} ${value}`).join(", ") ||
        "as the model says",
      tokens: samplingMask.filter(Boolean).length,
      entropy: entropyOfLogits(logProbs),
      first: model.textOf([best]),
      probability: Math.exp(logProbs[best]),
    };
  });
}

/** How answers are drawn. */
export interface DrawOptions {
  /** How many. */
  readonly count: number;
  /** Where the random numbers start. */
  readonly seed: number;
  /** Take the likeliest token each time: every answer is the same then. */
  readonly greedy?: boolean;
  /** Default: the model's own distribution. */
  readonly sampling?: SamplingSettings;
}

/** Answers of the model to one prompt. */
export async function drawAnswers(
  { policy, device, parameters, answerLength }: PolicyView,
  prompt: TokenRow,
  { count, seed, greedy = false, sampling = plainSampling }: DrawOptions,
): Promise<Answer[]> {
  const { config, tokenizer } = policy;
  const special = { padId: tokenizer.padId, endId: tokenizer.sepId };
  const generator = await createGenerator(device, config, { sampling, special, greedy });
  const answers = await generator.generate(parameters, Array<TokenRow>(count).fill(prompt), {
    maxNewTokens: answerLength,
    uniform: (row, position) => uniform(seed, 0, row, position),
  });
  await generator.release();
  return answers;
}

/** Ratios of answers' tokens: scored under some settings, over the probability they were drawn with. */
export interface ScoredRatios {
  /** One row an answer. */
  readonly rows: number[][];
  /** Over all tokens. */
  readonly mean: number;
  /** Over all tokens. */
  readonly smallest: number;
  /** Over all tokens. */
  readonly largest: number;
}

/** pi(a_t) under `scoring` over the probability that each token was drawn with; 1 everywhere when the settings are the same. */
export async function scoredRatios(
  { policy, device, parameters }: PolicyView,
  prompt: TokenRow,
  { answers, scoring }: { answers: readonly Answer[]; scoring: SamplingSettings },
): Promise<ScoredRatios> {
  const scorer = await createPolicyScorer(device, { config: policy.config, sampling: scoring });
  const pairs = answers.map(({ tokens, samplingMask }) => ({
    prompt,
    answer: tokens,
    samplingMask,
  }));
  const batch = answerBatch(pairs, { padId: policy.tokenizer.padId });
  const scored = await scorer(parameters)(batch, pairs);
  const rows = answers.map(({ logProbs }, row) =>
    ratios({ logProbs: scored[row].slice(0, logProbs.length), oldLogProbs: logProbs })
  );
  const all = rows.flat();
  return { rows, mean: meanOf(all), smallest: Math.min(...all), largest: Math.max(...all) };
}
