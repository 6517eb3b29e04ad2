/**
 * Model folders as other PPO trainers (OpenRLHF, TRL) load them: the same weights under the names that transformers' own
 * classes have.
 *
 * A language model is a `GPT2LMHeadModel` whose tokenizer knows where an answer ends. A reward model or critic is a
 * `GPT2ForSequenceClassification` with one label: our `value_fn.weight` is its `score.weight`.
 */
import { joinPath, readJsonRecord, writeAtomically, writeSafetensors } from "../files/mod.ts";
import { type ModelFolder, writeModelFolder } from "./checkpoint.ts";
import { PREFIX, VALUE_HEAD, type Weight } from "./weights.ts";

/** Writes a policy; [SEP] becomes the tokenizer's end token and [CLS] its first, which BERT tokenizers leave open. */
export async function writePolicyFolder(folder: string, model: ModelFolder): Promise<void> {
  const { weights } = model;
  const body = new Map([...weights].filter(([name]) => name !== VALUE_HEAD));
  await writeModelFolder(folder, { ...model, weights: body });
  await nameEnds(folder, model);
}

/** What a reward model or critic is written with. */
export interface ScoreFolderOptions {
  /** Mean and deviation of the raw scores, which OpenRLHF takes from `config.json`. */
  readonly statistics?: { readonly mean: number; readonly deviation: number } | undefined;
  /** Whether the head is zero: a critic that knows nothing yet. */
  readonly freshHead?: boolean;
}

/**
 * Writes a reward model or critic.
 *
 * @throws RangeError when the model has no `value_fn.weight`.
 */
export async function writeScoreFolder(
  folder: string,
  model: ModelFolder,
  { statistics, freshHead = false }: ScoreFolderOptions = {},
): Promise<void> {
  const head = model.weights.get(VALUE_HEAD);
  if (head === undefined) {
    throw new RangeError(
      `Cannot write ${folder} as a reward model: the model has no "${VALUE_HEAD}"`,
    );
  }
  await writeModelFolder(folder, model);
  await nameEnds(folder, model);
  await changeJson(joinPath(folder, "config.json"), {
    architectures: ["GPT2ForSequenceClassification"],
    id2label: { 0: "score" },
    label2id: { score: 0 },
    problem_type: "regression",
    ...(statistics === undefined ? {} : { mean: statistics.mean, std: statistics.deviation }),
  });
  const score = freshHead ? { ...head, data: new Float32Array(head.data.length) } : head;
  const named = [...model.weights].map(([name, weight]): [string, Weight] =>
    name === VALUE_HEAD ? ["score.weight", score] : [PREFIX + name, weight]
  );
  await writeSafetensors(joinPath(folder, "model.safetensors"), new Map(named));
}

/** Tells the folder's tokenizer which tokens begin and end a text. */
async function nameEnds(folder: string, { tokenizer }: ModelFolder): Promise<void> {
  const ends = {
    bos_token: tokenizer.tokenOf(tokenizer.clsId),
    eos_token: tokenizer.tokenOf(tokenizer.sepId),
  };
  for (const file of ["tokenizer_config.json", "special_tokens_map.json"]) {
    await changeJson(joinPath(folder, file), ends);
  }
}

async function changeJson(
  path: string,
  fields: { readonly [key: string]: unknown },
): Promise<void> {
  const record = { ...await readJsonRecord(path), ...fields };
  await writeAtomically(path, JSON.stringify(record, null, 2) + "\n");
}
