/** What the commands `sft` and `reward` derive from the settings that they share. */
import { resolve } from "node:path";
import type { Tokenizer } from "../lib/lm/mod.ts";
import { adamDefaults, type AdamSettings } from "../lib/optim/mod.ts";
import { createRenamer, hanOf, type Lengths, readNames } from "../lib/passages/mod.ts";
import type { Random } from "../lib/random/mod.ts";
import type { RewardSettings, SftSettings } from "../lib/settings/mod.ts";
import type { DivergenceError } from "../lib/learn/mod.ts";
import { type PlannedStep, plannedSteps } from "../lib/stages/mod.ts";
import { say } from "../lib/text/mod.ts";

type TrainingSettings = Pick<SftSettings, keyof SftSettings & keyof RewardSettings>;

/** The limits on the tokens of a text. */
export const lengthsOf = (
  { max_len: maxLen, query_max_len: queryLen }: Pick<TrainingSettings, "max_len" | "query_max_len">,
): Lengths => ({ maxLen, queryLen });

/** AdamW, without the choice of the weights that decay. */
export const adamOf = (
  { adam_epsilon: epsilon, weight_decay: weightDecay, max_grad_norm: maxGradNorm }:
    TrainingSettings,
): AdamSettings & { maxGradNorm: number } => ({
  ...adamDefaults,
  epsilon,
  weightDecay,
  maxGradNorm,
});

/** Examples per pass: a batch is split into `gradient_accumulation_steps` parts. */
export const microBatchOf = (
  batch: readonly unknown[],
  { gradient_accumulation_steps }: TrainingSettings,
): number => Math.ceil(batch.length / gradient_accumulation_steps);

/** Files and folders of a trained model, in any library's form. */
const TRAINED = /\.(safetensors|bin|pt|pth|ckpt|h5|msgpack|gguf|onnx)$|^checkpoint-\d+$/;

/**
 * Checks that a stage would replace no trained model. A recipe of the embedded models may replace
 * the committed folder.
 *
 * @throws {Error} If `output_dir` holds a model or a checkpoint, and `overwrite` is not set.
 */
export async function requireNewFolder(
  { output_dir, overwrite }: TrainingSettings,
  { isEmbedded, given }: { isEmbedded: boolean; given: Partial<TrainingSettings> },
): Promise<void> {
  if (overwrite || (isEmbedded && given.output_dir === undefined)) return;
  const entries = await Array.fromAsync(Deno.readDir(output_dir)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    const found = error instanceof Deno.errors.NotADirectory
      ? say({ en: "it is a file", zh: "它是文件" })
      : error.message;
    const folder = resolve(output_dir);
    const message = { en: `Cannot train into ${folder}: ${found}`, zh: cannotTrain(folder, found) };
    throw new Error(say(message), { cause: error });
  });
  const found = entries.map(({ name }) => name).toSorted().find((name) => TRAINED.test(name));
  if (found === undefined) return;
  throw new Error(say({
    en: `Cannot train into ${resolve(output_dir)}: it holds a trained model (${found}); ` +
      "give another --output_dir, or --overwrite to replace it",
    zh: cannotTrain(
      resolve(output_dir),
      `其中已有训练好的模型（${found}）；请另给一个 --output_dir，或用 --overwrite 覆盖`,
    ),
  }));
}

const cannotTrain = (folder: string, found: string): string => `无法训练到 ${folder}：${found}`;

/**
 * The names that the passages are about; none without renaming.
 *
 * @throws {RangeError} If passages are to be renamed and there is no file of names.
 */
export async function readNamesFor(
  { names_file_path, rename_proportion }: TrainingSettings,
): Promise<ReadonlyMap<string, string>> {
  if (rename_proportion === 0) return new Map();
  if (names_file_path !== "") return await readNames(names_file_path);
  throw new RangeError(say({
    en: `Cannot use rename_proportion ${rename_proportion}: names_file_path is empty`,
    zh: `不能使用 rename_proportion ${rename_proportion}：names_file_path 为空`,
  }));
}

/** Gives some passages a new name, made of the characters in the vocabulary. */
export const renamerOf = (
  { rename_proportion: proportion }: TrainingSettings,
  { tokenizer, names, random }: {
    tokenizer: Tokenizer;
    names: ReadonlyMap<string, string>;
    random: Random;
  },
) => createRenamer({ names, alphabet: hanOf(tokenizer.vocabulary), proportion, random });

/**
 * The error that ends a stage that has diverged, after the last finite model was saved.
 *
 * @param save writes the model after the last step, and gives its folder
 */
export async function divergedStage(
  diverged: DivergenceError,
  { step, save }: { step: number; save: () => Promise<string> },
): Promise<Error> {
  const folder = step > 0 ? await save().catch(() => undefined) : undefined; // it may have NaN too
  const kept = folder === undefined ? { en: "No model was saved.", zh: "没有保存模型。" } : {
    en: `The model after step ${step}, whose values are finite, is ${folder}.`,
    zh: `第 ${step} 步之后的模型数值仍为有限数，在 ${folder}。`,
  };
  return new Error(say({
    en: `${diverged.message} ${kept.en}`,
    zh: `${diverged.message}${kept.zh}`,
  }));
}

/** The steps of the whole stage. */
export const stepsOf = <T>(
  settings: TrainingSettings,
  items: readonly T[],
  { lengthOf, random }: { lengthOf: (item: T) => number; random: Random },
): Iterable<PlannedStep<T>> =>
  plannedSteps(items, {
    epochs: settings.num_train_epochs,
    batchSize: settings.train_batch_size,
    lengthOf,
    learningRate: settings.learning_rate,
    warmupProportion: settings.warmup_proportion,
  }, random);
