/** Models with random weights as folders, of GPT-2-base's shape if no other is asked for: what time and memory are measured on. */
import {
  type Gpt2Config,
  gpt2Spec,
  initialWeights,
  makeTokenizer,
  valueModelSpec,
  writeModelFolder,
} from "../lib/lm/mod.ts";
import { fileExists, joinPath } from "../lib/files/mod.ts";
import { normal, randomStream } from "../lib/random/mod.ts";

/** GPT-2 base with the vocabulary of Chinese BERT: 102 million weights, 409 MB. */
export const BASE: Gpt2Config = {
  vocabSize: 21128,
  positions: 1024,
  embed: 768,
  heads: 12,
  layers: 12,
  layerNormEpsilon: 1e-5,
};

/** So many different normal numbers, a prime, go round and round: drawing 102 million would take minutes. */
const DRAWN = 1_000_003;

/** Normal numbers that repeat after a million. */
export function cyclicNormal(seed: number): () => number {
  const random = randomStream(seed);
  const numbers = Float64Array.from({ length: DRAWN }, () => normal(random));
  let next = 0;
  return () => numbers[next++ % DRAWN];
}

/** Which model. */
export interface RandomModel {
  readonly seed?: number;
  readonly config?: Gpt2Config;
  /** A reward model, with statistics of scores in its settings. */
  readonly reward?: boolean;
}

/** Writes the folder unless it is there. */
export async function ensureRandomModel(
  folder: string,
  { seed = 1, config = BASE, reward = false }: RandomModel = {},
): Promise<void> {
  if (await fileExists(joinPath(folder, "model.safetensors"))) return;
  console.error(`writing a random model to ${folder}`);
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const rest = Array.from(
    { length: config.vocabSize - special.length },
    (_, index) => `token${index}`,
  );
  const spec = reward ? valueModelSpec(config) : gpt2Spec(config);
  const weights = initialWeights(spec, { normal: cyclicNormal(seed), layers: config.layers });
  const tokenizer = makeTokenizer([...special, ...rest]);
  const statistics = reward ? { settings: { score_mean: 0, score_deviation: 1 } } : {};
  await writeModelFolder(folder, { config, weights, tokenizer, ...statistics });
}

/** Bytes of all weights as float32. */
export async function weightBytes(folder: string): Promise<number> {
  return (await Deno.stat(joinPath(folder, "model.safetensors"))).size;
}
