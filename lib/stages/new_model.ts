/**
 * A model to start from where there is none: GPT-2's random weights, but with token embeddings of length about 1.
 *
 * GPT-2's deviation of 0.02 gives them length 0.55 at its 768 channels and 0.23 at 128. The output layer is the same table, so a
 * narrow model must first grow it before any token can be likely, and tokens it seldom meets stay small: such a model learns late
 * to copy a rare name.
 */
import { type Gpt2Config, gpt2Spec, initialWeights, type Weight } from "../lm/mod.ts";
import { normal, type Random } from "../random/mod.ts";

/** GPT-2's deviation, which `initialWeights` has. */
const GPT2_DEVIATION = 0.02;

/** Random weights for a language model, by name. */
export function newModelWeights(config: Gpt2Config, random: Random): Map<string, Weight> {
  const draw = () => normal(random);
  const weights = initialWeights(gpt2Spec(config), { normal: draw, layers: config.layers });
  const scale = 1 / Math.sqrt(config.embed) / GPT2_DEVIATION;
  return new Map([...weights].map(([name, weight]) => [
    name,
    name === "wte.weight" ? { ...weight, data: weight.data.map((value) => value * scale) } : weight,
  ]));
}

/** The weights of a language model's body with a random value head (deviation 0.02): what a reward model starts from. */
export function withValueHead<W extends Weight>(
  body: ReadonlyMap<string, W>,
  { embed }: Gpt2Config,
  random: Random,
): Map<string, W | Weight> {
  const data = Float32Array.from({ length: embed }, () => GPT2_DEVIATION * normal(random));
  return new Map<string, W | Weight>([...body, ["value_fn.weight", { shape: [1, embed], data }]]);
}
