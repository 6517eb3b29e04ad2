/**
 * Model folders as other PPO trainers (OpenRLHF, TRL) load them: the same weights under the names
 * that transformers' own classes have.
 *
 * A language model is a `GPT2LMHeadModel` whose tokenizer knows the end token of an answer. A
 * reward model or critic is a `GPT2ForSequenceClassification` with one label: our
 * `value_fn.weight` is its `score.weight`.
 */
import {
  joinPath,
  type JsonRecord,
  readJsonRecord,
  writeAtomically,
  writeSafetensors,
} from "../files/mod.ts";
import { type ModelFolder, type Weight, writeModelFolder } from "../lm/mod.ts";
import type { ScoreStatistics } from "../rl/mod.ts";

const VALUE_HEAD = "value_fn.weight";

/**
 * Writes a policy. [CLS] and the end token ([SEP]) become the tokenizer's first and end tokens,
 * which BERT tokenizers leave open.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { writePolicyFolder } from "ppo/export/mod.ts";
 * import { gpt2Spec, initialWeights, makeTokenizer } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "好"]);
 * const folder = await Deno.makeTempDir();
 * await writePolicyFolder(folder, { config, weights, tokenizer });
 * equal(JSON.parse(await Deno.readTextFile(`${folder}/tokenizer_config.json`)).eos_token, "[SEP]");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writePolicyFolder(folder: string, model: ModelFolder): Promise<void> {
  const weights = new Map(model.weights);
  weights.delete(VALUE_HEAD);
  await writeModelFolder(folder, { ...model, weights });
  await nameEndTokens(folder, model);
}

/**
 * Writes a reward model or critic.
 *
 * @param options.statistics mean and standard deviation of the raw scores, which OpenRLHF reads
 *   from `config.json`
 * @throws RangeError if the model has no `value_fn.weight`.
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { writeScoreFolder } from "ppo/export/mod.ts";
 * import { initialWeights, makeTokenizer, valueModelSpec } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(valueModelSpec(config), { normal: () => 1, layers: 1 });
 * const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "好"]);
 * const folder = await Deno.makeTempDir();
 * const statistics = { mean: 6, deviation: 2 };
 * await writeScoreFolder(folder, { config, weights, tokenizer }, { statistics });
 * equal(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).std, 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeScoreFolder(
  folder: string,
  model: ModelFolder,
  { statistics }: { readonly statistics?: ScoreStatistics | undefined } = {},
): Promise<void> {
  if (!model.weights.has(VALUE_HEAD)) {
    throw new RangeError(
      `Cannot write ${folder} as a reward model: the model has no "${VALUE_HEAD}"`,
    );
  }
  await writeModelFolder(folder, model);
  await nameEndTokens(folder, model);
  await changeJson(joinPath(folder, "config.json"), {
    architectures: ["GPT2ForSequenceClassification"],
    id2label: { 0: "score" },
    label2id: { score: 0 },
    problem_type: "regression",
    ...(statistics === undefined ? {} : { mean: statistics.mean, std: statistics.deviation }),
  });
  const named = [...model.weights].map(([name, weight]): [string, Weight] =>
    name === VALUE_HEAD ? ["score.weight", weight] : [`transformer.${name}`, weight]
  );
  await writeSafetensors(joinPath(folder, "model.safetensors"), new Map(named));
}

/** Adds the first and the end token to the folder's tokenizer. */
async function nameEndTokens(folder: string, { tokenizer }: ModelFolder): Promise<void> {
  const { tokenOf, clsId, endId } = tokenizer;
  const ends = { bos_token: tokenOf(clsId), eos_token: tokenOf(endId) };
  await changeJson(joinPath(folder, "tokenizer_config.json"), ends);
  await changeJson(joinPath(folder, "special_tokens_map.json"), ends);
}

async function changeJson(path: string, fields: JsonRecord): Promise<void> {
  const record = { ...await readJsonRecord(path), ...fields };
  await writeAtomically(path, JSON.stringify(record, null, 2) + "\n");
}
