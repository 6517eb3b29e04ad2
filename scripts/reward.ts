/**
 * `deno task reward`: trains a reward model on ranked lists, from the body of a language model.
 *
 * Without a path flag it makes `models/rm_model` anew by the recipe `EMBEDDED_REWARD`, the same bytes for the same seed, and writes
 * into the folder's README how well it orders held-out answers. With a path of one's own the tutorial's defaults hold. With
 * `prompts_file_path` the folder's `settings.json` holds the mean and deviation of the scores that the language model's own answers
 * get: PPO normalises by them. Nothing is written before training is over.
 */
import {
  downloadParameters,
  type ModelFolder,
  readModelFolder,
  type TokenRow,
  uploadParameters,
  type ValueModelArrays,
  valueModelSpec,
  writeModelFolder,
} from "../lib/lm/mod.ts";
import { adamDefaults } from "../lib/optim/mod.ts";
import { type Random, randomStream } from "../lib/rl/mod.ts";
import {
  answerRow,
  createRenamer,
  createRewardTrainer,
  decaysWeight,
  EMBEDDED_REWARD,
  hanOf,
  helpText,
  type Lengths,
  parseFlags,
  plannedSteps,
  promptRow,
  type RankedText,
  readNames,
  readRankedLists,
  REWARD_SETTINGS,
  type RewardSettings,
  type RewardTrainer,
  stageValues,
  trainStage,
  withValueHead,
} from "../lib/rlhf/mod.ts";
import type { Device } from "../lib/runtime/mod.ts";
import { openQuality, type Quality } from "./reward_quality.ts";
import { openStageDevice, progressPrinter, reportNumbers, runCommand } from "./stage_report.ts";

/** Everything that training needs, read before anything is computed. */
interface Inputs {
  readonly settings: RewardSettings;
  readonly policy: ModelFolder;
  readonly lists: readonly RankedText[][];
  readonly heldOut: readonly RankedText[][];
  readonly names: ReadonlyMap<string, string>;
  readonly random: Random;
}

async function readInputs(settings: RewardSettings): Promise<Inputs> {
  const { names_file_path, rename_proportion, max_len } = settings;
  if (rename_proportion > 0 && names_file_path === "") {
    throw new RangeError(`Cannot use rename_proportion ${rename_proportion}: names_file_path is empty`);
  }
  const policy = await readModelFolder(settings.pretrained_model_path);
  if (max_len > policy.config.positions) {
    throw new RangeError(`Cannot use max_len ${max_len}: the model has ${policy.config.positions} positions`);
  }
  return {
    settings,
    policy,
    random: randomStream(settings.seed),
    lists: await readRankedLists(settings.train_file_path),
    heldOut: await readRankedLists(settings.test_file_path),
    names: rename_proportion > 0 ? await readNames(names_file_path) : new Map(),
  };
}

const lengthsOf = ({ max_len: maxLen, query_max_len: queryLen }: RewardSettings): Lengths => ({
  maxLen,
  queryLen,
});

/** Gives the rows of a list, with a new name in some. */
function rowMaker({ settings, policy: { tokenizer }, names, random }: Inputs) {
  const alphabet = hanOf(tokenizer.vocabulary);
  const rename = createRenamer({ names, alphabet, proportion: settings.rename_proportion, random });
  const lengths = lengthsOf(settings);
  return (list: readonly RankedText[]): TokenRow[] => {
    const [prompt, ...answers] = rename(list[0].prompt, [
      list[0].prompt,
      ...list.map(({ answer }) => answer),
    ]);
    const start = promptRow(tokenizer, prompt, lengths);
    return answers.map((answer) => [...start, ...answerRow(tokenizer, answer, lengths)]);
  };
}

const createTrainer = (device: Device, { settings, policy }: Inputs): Promise<RewardTrainer> =>
  createRewardTrainer(device, policy.config, {
    padId: policy.tokenizer.padId,
    optimizer: {
      ...adamDefaults,
      epsilon: settings.adam_epsilon,
      weightDecay: settings.weight_decay,
      maxGradNorm: settings.max_grad_norm,
      decays: decaysWeight,
    },
  });

async function train(device: Device, inputs: Inputs, quality: Quality): Promise<ValueModelArrays> {
  const { settings, policy: { config, weights }, lists, random } = inputs;
  const trainer = await createTrainer(device, inputs);
  const rowsOf = rowMaker(inputs);
  const length = ({ prompt, answer }: RankedText) => prompt.length + answer.length;
  const steps = plannedSteps(lists, {
    epochs: settings.num_train_epochs,
    batchSize: settings.train_batch_size,
    lengthOf: (list) => Math.max(...list.map(length)),
    learningRate: settings.learning_rate,
    warmupProportion: settings.warmup_proportion,
  }, random);
  const headed = withValueHead(weights, config, random);
  const start = await trainer.optimizer.start(await uploadParameters(device, valueModelSpec(config), headed));
  const { parameters } = await trainStage(start, {
    steps,
    maxSteps: settings.max_steps,
    step: (state, { batch, learningRate }) => {
      const microBatch = Math.ceil(batch.length / settings.gradient_accumulation_steps);
      return trainer.step(state, batch.map(rowsOf), { learningRate, microBatch });
    },
    onStep: progressPrinter({ every: settings.logging_steps }),
    onEpoch: async (epoch, state) =>
      console.log(`epoch ${epoch}  ${await quality.line(trainer, state.parameters)}`),
  });
  return parameters;
}

async function reward(args: string[]): Promise<void> {
  const flags = parseFlags(REWARD_SETTINGS, { args, environment: Deno.env.toObject() });
  if (flags.help) {
    const does = "Trains a reward model on ranked lists of answers; without a path: models/rm_model.";
    return console.log(helpText(REWARD_SETTINGS, { command: "deno task reward", does }));
  }
  const { settings, isEmbedded } = stageValues<RewardSettings>(flags, EMBEDDED_REWARD);
  const inputs = await readInputs(settings);
  const { policy: { config, tokenizer }, heldOut } = inputs;
  const device = await openStageDevice(settings);
  const quality = await openQuality(device, { ...inputs, lengths: lengthsOf(settings) });
  const parameters = await train(device, inputs, quality);
  const statistics = await quality.statistics(parameters);
  await writeModelFolder(settings.output_dir, {
    config,
    tokenizer,
    weights: await downloadParameters(device, parameters),
    ...(statistics === undefined
      ? {}
      : { settings: { score_mean: statistics.mean, score_deviation: statistics.deviation } }),
  });
  console.log(
    `wrote ${settings.output_dir}: trained on ${inputs.lists.length} lists, ${heldOut.length} held out`,
  );
  if (isEmbedded) await reportNumbers(settings.output_dir, await quality.numbers(parameters, statistics));
}

if (import.meta.main) await runCommand(() => reward(Deno.args));
