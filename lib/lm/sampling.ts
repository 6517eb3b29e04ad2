/**
 * The sampling distribution: the one function that turns logits into the log-probabilities a token is drawn from.
 *
 * Generation, old, new and reference log-probabilities, KL and ratio all use it, so they all speak of the same policy.
 * Order as in Hugging Face: repetition penalty (Keskar et al. 2019), temperature, top-k (Fan et al. 2018), top-p
 * (Holtzman et al. 2020). A cut-off is decided once, by the policy that sampled; pass its `samplingMask` to every later use.
 */
import {
  add,
  and,
  cast,
  cumsum,
  equal,
  exp,
  expandLike,
  iota,
  largest,
  less,
  logSoftmax,
  min,
  mul,
  neg,
  not,
  type Shape,
  softmax,
  sum,
  type Tensor,
  where,
} from "../tensor/mod.ts";

/** How tokens are drawn. The defaults draw from the model's own distribution. */
export interface SamplingSettings {
  /** Logits are divided by it. */
  readonly temperature: number;
  /** Only the k likeliest tokens (0: all). */
  readonly topK: number;
  /** Only the likeliest tokens whose probabilities reach this sum (1: all). */
  readonly topP: number;
  /** Logits of tokens already in the text are divided (if positive) or multiplied by it (1: no penalty). */
  readonly repetitionPenalty: number;
}

/** Draws from the model's own distribution. */
export const plainSampling: SamplingSettings = {
  temperature: 1,
  topK: 0,
  topP: 1,
  repetitionPenalty: 1,
};

/** Whether these settings cut the distribution, so that the sampling mask must be stored with a rollout. */
export const cutsOff = ({ topK, topP }: SamplingSettings): boolean => topK > 0 || topP < 1;

/** The logit of a token that was cut off: its probability is 0 and its gradient too. */
const CUT = -1e9;

/** What is known of a position besides its logits; both are [..., vocab]. */
export interface SamplingContext<S extends Shape> {
  /** Tokens already in the text; needed for a repetition penalty. */
  readonly seen?: Tensor<S, "bool"> | undefined;
  /** Tokens that may be drawn here, where not all may: no end token before an answer's least length (`mayBeDrawn`). */
  readonly allowed?: Tensor<S, "bool"> | undefined;
  /** The mask of the policy that sampled; without it the cut-offs of `settings` and `allowed` are applied here. */
  readonly samplingMask?: Tensor<S, "bool"> | undefined;
}

/**
 * Log-probabilities of the sampling distribution over the axis "vocab", and the set of tokens it keeps.
 *
 * @throws RangeError when a repetition penalty is asked for and `seen` is missing.
 */
export function samplingDistribution<S extends Shape & { vocab: number }>(
  logits: Tensor<S>,
  settings: SamplingSettings,
  context: SamplingContext<S> = {},
): { logProbs: Tensor<S>; samplingMask: Tensor<S, "bool"> | undefined } {
  const shaped = shapedLogits(logits, settings, context.seen);
  const samplingMask = context.samplingMask ?? makeSamplingMask(shaped, settings, context.allowed);
  const cut = samplingMask === undefined ? shaped : where(samplingMask, shaped, CUT);
  return {
    logProbs: logSoftmax(same<S>(cut), "vocab"),
    samplingMask: samplingMask && sameBool<S>(samplingMask),
  };
}

/** Broadcasting over one shape gives that shape; the compiler cannot see it for a generic one. */
const same = <S extends Shape>(x: Tensor): Tensor<S> => x as Tensor<S>;
const sameBool = <S extends Shape>(x: Tensor<Shape, "bool">): Tensor<S, "bool"> =>
  x as Tensor<S, "bool">;

function shapedLogits(
  logits: Tensor,
  settings: SamplingSettings,
  seen: Tensor<Shape, "bool"> | undefined,
): Tensor {
  const { temperature, repetitionPenalty } = settings;
  let shaped = logits;
  if (repetitionPenalty !== 1) {
    if (seen === undefined) {
      throw new RangeError(
        "Cannot apply a repetition penalty: the tokens seen so far were not given",
      );
    }
    const penalised = where(
      less(shaped, 0),
      mul(shaped, repetitionPenalty),
      mul(shaped, 1 / repetitionPenalty),
    );
    shaped = where(seen, penalised, shaped);
  }
  return temperature === 1 ? shaped : mul(shaped, 1 / temperature);
}

type TokenSet = Tensor<Shape, "bool">;

function makeSamplingMask(
  logits: Tensor,
  { topK, topP }: SamplingSettings,
  allowed: TokenSet | undefined,
): TokenSet | undefined {
  // The least logit and not CUT for what is not allowed: the search for a threshold halves the range of the logits.
  const counted = allowed === undefined
    ? logits
    : where(allowed, logits, neg(largest(neg(logits), "vocab")));
  const byCount = topK > 0 && topK < logits.shape.vocab ? topByCount(counted, topK) : undefined;
  const before = both(byCount, allowed);
  if (topP >= 1) return before;
  const considered = before === undefined ? logits : where(before, logits, CUT);
  return both(topByMass(softmax(considered, "vocab"), topP), before);
}

function both(left: TokenSet | undefined, right: TokenSet | undefined): TokenSet | undefined {
  return left === undefined ? right : right === undefined ? left : and(left, right);
}

/** Halvings of the threshold search: enough to part any two float32 numbers that differ by a millionth of the range. */
const HALVINGS = 32;

/** Tokens at or above the largest threshold that still satisfies `enough`; ties are kept together. */
function aboveThreshold(
  x: Tensor,
  enough: (mask: Tensor) => Tensor<Shape, "bool">,
): Tensor<Shape, "bool"> {
  let low: Tensor = neg(largest(neg(x), "vocab")), high: Tensor = add(largest(x, "vocab"), 1e-6);
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = mul(add(low, high), 0.5);
    const fits = enough(cast(not(less(x, middle)), "float32"));
    [low, high] = [where(fits, middle, low), where(fits, high, middle)];
  }
  return not(less(x, low));
}

const topByCount = (logits: Tensor, k: number) =>
  aboveThreshold(logits, (mask) => not(less(sum(mask, "vocab"), k)));

const topByMass = (probabilities: Tensor, p: number) =>
  aboveThreshold(probabilities, (mask) => not(less(sum(mul(mask, probabilities), "vocab"), p)));

/**
 * The tokens that may be drawn after `position` tokens of an answer: all but the end token before the least length.
 *
 * @param options.minNewTokens an answer has at least so many tokens before its end token
 */
export function mayBeDrawn<S extends Shape & { vocab: number }>(
  logits: Tensor<S>,
  position: Tensor<Record<never, never>>,
  { minNewTokens, endId }: { minNewTokens: number; endId: number },
): Tensor<S, "bool"> {
  const isEnd = equal(iota("vocab", logits.shape.vocab), endId);
  const early = and(isEnd, less(position, minNewTokens)); // [vocab]
  return not(cast(expandLike(cast(early, "float32"), logits), "bool"));
}

/** One row of a distribution for each sequence. */
export type Distribution = Tensor<{ batch: number; vocab: number }>;

/**
 * Draws one token a row by inverse CDF: the first whose cumulative probability exceeds `uniform`, a number in [0, 1).
 *
 * The same uniform number and the same distribution always give the same token.
 */
export function drawToken(
  logProbs: Distribution,
  uniform: Tensor<{ batch: number }>,
): Tensor<{ batch: number }, "int32"> {
  const probabilities = exp(logProbs);
  const cumulative = cumsum(probabilities, "vocab");
  const total = sum(probabilities, "vocab");
  const below = cast(not(less(mul(total, uniform), cumulative)), "float32"); // 1 where cumulative <= u
  return cast(min(sum(below, "vocab"), lastPossible(probabilities)), "int32");
}

/** The likeliest token of each row; of several, the first. */
export function likeliestToken(logProbs: Distribution): Tensor<{ batch: number }, "int32"> {
  const best = cast(
    not(less(logProbs, expandLike(largest(logProbs, "vocab"), logProbs))),
    "float32",
  );
  return cast(sum(cast(less(cumsum(best, "vocab"), 0.5), "float32"), "vocab"), "int32");
}

/** Rounding may leave the cumulative sum below u to the end: the last token with any probability then. */
function lastPossible(probabilities: Distribution): Tensor<{ batch: number }> {
  const columns = cast(iota("vocab", probabilities.shape.vocab), "float32");
  const possible = cast(not(less(probabilities, 1e-30)), "float32");
  return largest(mul(possible, columns), "vocab");
}
