/**
 * Random weights to start from: GPT-2's, but with token embeddings of length about 1.
 *
 * GPT-2's standard deviation of 0.02 gives token embeddings the length 0.55 at its 768 channels
 * and 0.23 at 128. The output layer is the same table. A narrow model must first grow it before
 * any token can be likely, and the embeddings of rare tokens stay short, so such a model learns
 * late to copy a rare name.
 */
import { type Gpt2Config, gpt2Spec, initialWeights, type Weight } from "../lm/mod.ts";
import { normal, type Random } from "../random/mod.ts";

/** The standard deviation of GPT-2's initial weights, which `initialWeights` uses. */
const GPT2_DEVIATION = 0.02;

/**
 * Random weights for a language model, by name.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { randomStream } from "ppo/random/mod.ts";
 * const sizes = { vocabSize: 9, positions: 4, embed: 2, heads: 1, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * deepEqual(newModelWeights(config, randomStream(1)).get("wte.weight")?.shape, [9, 2]);
 * ```
 */
export function newModelWeights(config: Gpt2Config, random: Random): Map<string, Weight> {
  const draw = () => normal(random);
  const weights = initialWeights(gpt2Spec(config), { normal: draw, layers: config.layers });
  const scale = 1 / Math.sqrt(config.embed) / GPT2_DEVIATION;
  return new Map([...weights].map(([name, weight]) => [
    name,
    name === "wte.weight" ? { ...weight, data: weight.data.map((value) => value * scale) } : weight,
  ]));
}

/**
 * The weights of a language model's body with a random value head (standard deviation 0.02), from
 * which a reward model starts.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const sizes = { vocabSize: 9, positions: 4, embed: 2, heads: 1, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * deepEqual([...withValueHead(new Map(), config, () => 0.5).keys()], ["value_fn.weight"]);
 * ```
 */
export function withValueHead<W extends Weight>(
  body: ReadonlyMap<string, W>,
  { embed }: Gpt2Config,
  random: Random,
): Map<string, W | Weight> {
  const data = Float32Array.from({ length: embed }, () => GPT2_DEVIATION * normal(random));
  return new Map<string, W | Weight>([...body, ["value_fn.weight", { shape: [1, embed], data }]]);
}
