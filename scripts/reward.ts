/**
 * `deno task reward`: trains a reward model on ranked lists, from the body of a language model.
 *
 * Without a path flag it rebuilds `models/rm_model` by the recipe `EMBEDDED_REWARD`, with the same
 * bytes for the same seed, and writes into the folder's README how well it orders held-out answers.
 * With the user's own paths the tutorial's defaults hold. After each epoch it measures the held-out
 * loss and writes `checkpoint-N`. If a file holds questions instead of ranked lists, the initial
 * model writes the lists first. The folder's `settings.json` holds the mean and standard deviation
 * of the scores of that model's own answers, by which PPO normalises, and the lengths of its texts.
 * Ctrl-C saves one more `checkpoint-N` and leaves the rest unchanged.
 */
import { join, resolve } from "node:path";
import { fileExists } from "../lib/files/mod.ts";
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
import type { DivergenceError } from "../lib/learn/mod.ts";
import { type Random, randomStream } from "../lib/random/mod.ts";
import { type ScoreStatistics } from "../lib/rl/mod.ts";
import {
  answerRow,
  promptRow,
  type RankedText,
  readRewardData,
  requirePositions,
} from "../lib/passages/mod.ts";
import {
  createRewardTrainer,
  decaysWeight,
  openWriter,
  type RewardTrainer,
  trainStage,
  withValueHead,
  writeLists,
} from "../lib/stages/mod.ts";
import {
  EMBEDDED_REWARD,
  REWARD_SETTINGS,
  type RewardSettings,
  stageValues,
} from "../lib/settings/mod.ts";
import type { Device } from "../lib/runtime/mod.ts";
import { say, titled } from "../lib/text/mod.ts";
import { type CommandContext, runCommand, tellNote, type Terminal } from "./command.ts";
import { withoutEqualLists } from "./comparable_lists.ts";
import { dataFileOptions } from "./data_file_options.ts";
import { requireStageDisk } from "./disk_plan.ts";
import { readFlags } from "./read_flags.ts";
import { openQuality, type Quality } from "./reward_quality.ts";
import { openStageLog } from "./stage_log.ts";
import {
  adamOf,
  divergedStage,
  lengthsOf,
  microBatchOf,
  readNamesFor,
  renamerOf,
  requireNewFolder,
  stepsOf,
} from "./stage_training.ts";
import {
  countReporter,
  MEASURING,
  openStageDevice,
  percent,
  QUESTIONS_WRITTEN,
  READING,
  reportNumbers,
  stepReporter,
  stoppedLine,
  wroteLine,
} from "./stage_report.ts";

/** The inputs of training, all read before anything is computed. */
interface Inputs {
  readonly settings: RewardSettings;
  readonly policy: ModelFolder;
  readonly lists: readonly RankedText[][];
  readonly heldOut: readonly RankedText[][];
  readonly names: ReadonlyMap<string, string>;
  readonly random: Random;
}

/** The lists of both files. If a file holds questions, `policy` writes its lists. */
async function readLists(
  device: Device,
  settings: RewardSettings,
  { policy, terminal }: { policy: ModelFolder; terminal: Terminal },
): Promise<Pick<Inputs, "lists" | "heldOut">> {
  const comparable = (lists: RankedText[][], side: "train" | "test") =>
    withoutEqualLists(lists, { path: settings[`${side}_file_path`], settings, policy, terminal });
  const [train, test] = [
    await readRewardData(settings.train_file_path, dataFileOptions(settings, terminal)),
    await readRewardData(settings.test_file_path, dataFileOptions(settings, terminal)),
  ];
  if (train.lists !== undefined && test.lists !== undefined) {
    return { lists: comparable(train.lists, "train"), heldOut: comparable(test.lists, "test") };
  }
  const writer = await openWriter(device, policy);
  const written = await writeLists(writer, { train: train.passages, test: test.passages }, {
    lengths: lengthsOf(settings),
    seed: settings.seed,
    lists: settings.lists,
    perQuestion: true,
    proportion: settings.unanswerable_proportion,
    onWritten: countReporter(terminal, QUESTIONS_WRITTEN),
  });
  await writer.generator.release();
  return {
    lists: comparable(train.lists ?? written.train, "train"),
    heldOut: comparable(test.lists ?? written.test, "test"),
  };
}

async function readInputs(
  device: Device,
  settings: RewardSettings,
  terminal: Terminal,
): Promise<Inputs> {
  const names = await readNamesFor(settings);
  const path = settings.pretrained_model_path;
  if (path === REWARD_SETTINGS.pretrained_model_path.text && !await fileExists(path)) {
    throw new Error(say({
      en: `Cannot start from ${resolve(path)}: there is no such folder; ` +
        "name the SFT model with --pretrained_model_path",
      zh: `无法从 ${resolve(path)} 开始：没有这个文件夹；` +
        "请用 --pretrained_model_path 给出 SFT 模型",
    }));
  }
  const policy = await readModelFolder(path, { tell: tellNote });
  requirePositions(settings.max_len, policy.config.positions);
  return {
    settings,
    policy,
    random: randomStream(settings.seed),
    ...await readLists(device, settings, { policy, terminal }),
    names,
  };
}

/** Makes a function that encodes a list, with a new name in some passages. */
function rowMaker({ settings, policy: { tokenizer }, names, random }: Inputs) {
  const rename = renamerOf(settings, { tokenizer, names, random });
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
    dropout: { body: settings.dropout, head: settings.value_dropout, seed: settings.seed },
    blocksPerSegment: settings.blocks_per_program,
    stable: !settings.unstable_log_sigmoid,
    optimizer: {
      ...adamOf(settings),
      decays: settings.decay_layer_norms ? (name) => !name.endsWith("bias") : decaysWeight,
    },
  });

/** The result of training. */
interface Trained {
  readonly parameters: ValueModelArrays;
  /** Optimizer steps made. */
  readonly step: number;
  /** Whether Ctrl-C ended it. */
  readonly stopped: boolean;
  /** Why the next step could not be taken. */
  readonly diverged?: DivergenceError;
}

async function train(
  device: Device,
  inputs: Inputs,
  { quality, terminal, interruptSignal }: CommandContext & { quality: Quality },
): Promise<Trained> {
  const { settings, policy: { config, weights }, lists, random } = inputs;
  const trainer = await createTrainer(device, inputs);
  const rowsOf = rowMaker(inputs);
  const log = await openStageLog(settings.checkpoints ? settings.output_dir : undefined);
  const length = ({ prompt, answer }: RankedText) => prompt.length + answer.length;
  const lengthOf = (list: readonly RankedText[]) => Math.max(...list.map(length));
  const steps = stepsOf(settings, lists, { lengthOf, random });
  const headed = withValueHead(weights, config, random);
  const start = await trainer.start(
    await uploadParameters(device, valueModelSpec(config), headed),
  );
  const { state, ...end } = await trainStage(start, {
    steps,
    maxSteps: settings.max_steps,
    signal: interruptSignal(),
    step: (state, { batch, learningRate }) =>
      trainer.step(state, batch.map(rowsOf), {
        learningRate,
        microBatch: microBatchOf(batch, settings),
      }),
    onStep: stepReporter({ terminal, log, every: settings.logging_steps }),
    onEpoch: async ({ epoch, step }, { parameters }) => {
      terminal.progress(say(MEASURING));
      const { loss, inOrder } = await quality.measure(trainer, parameters);
      const [held, share] = [loss.toFixed(4), percent(inOrder)];
      terminal.print(say({
        en: `epoch ${epoch}  held-out loss ${held}  pairs in order ${share}`,
        zh: `第 ${epoch} 轮  留出损失 ${held}  次序正确的配对 ${share}`,
      }));
      await log(step, { test_loss: loss });
      if (settings.checkpoints) await save(device, { parameters }, inputs, `checkpoint-${step}`);
    },
  });
  return { ...end, parameters: state.parameters };
}

/** Writes the model into `output_dir`, or into a subfolder. */
async function save(
  device: Device,
  { parameters, statistics }: { parameters: ValueModelArrays; statistics?: ScoreStatistics },
  { settings, policy: { config, tokenizer } }: Inputs,
  name = "",
): Promise<string> {
  const folder = join(settings.output_dir, name);
  const weights = await downloadParameters(device, parameters);
  const scores = statistics &&
    { score_mean: statistics.mean, score_deviation: statistics.deviation };
  const { max_len, query_max_len: query_len } = settings; // what `score` reads
  const own = { ...scores, max_len, query_len };
  await writeModelFolder(folder, { config, tokenizer, weights, settings: own });
  return folder;
}

async function reward(args: string[], context: CommandContext): Promise<void> {
  const { terminal } = context;
  const does = {
    en: "Trains a reward model on ranked lists of answers.\n" +
      "Without a path flag, it recreates models/rm_model.",
    zh: "用回答的排序列表训练奖励模型。\n不给出路径参数时，重新生成 models/rm_model。",
  };
  const flags = readFlags(REWARD_SETTINGS, { command: "deno task reward", does }, {
    args,
    terminal,
  });
  if (flags === undefined) return;
  const { settings, isEmbedded } = stageValues<RewardSettings>(flags, EMBEDDED_REWARD);
  await requireNewFolder(settings, { isEmbedded, given: flags.given });
  terminal.progress(say(READING));
  const device = await openStageDevice(settings);
  const inputs = await readInputs(device, settings, terminal);
  await requireStageDisk(settings, inputs.policy.config);
  const quality = await openQuality(device, { ...inputs, lengths: lengthsOf(settings), terminal });
  const { parameters, step, stopped, diverged } = await train(device, inputs, {
    ...context,
    quality,
  });
  const saveCheckpoint = () => save(device, { parameters }, inputs, `checkpoint-${step}`);
  if (stopped) {
    return terminal.print(stoppedLine(step, await saveCheckpoint()));
  }
  if (diverged !== undefined) {
    throw await divergedStage(diverged, { step, save: saveCheckpoint });
  }
  const onAnswered = (done: number, total: number | string) =>
    terminal.progress(say({
      en: `score statistics: ${done} of ${total} answers of the initial model`,
      zh: `分数的统计量：初始模型的回答 ${done} / ${total}`,
    }));
  onAnswered(0, say({ en: "all", zh: "全部" }));
  const statistics = await quality.statistics(parameters, onAnswered);
  const folder = await save(device, { parameters, statistics }, inputs);
  const [lists, held] = [inputs.lists.length, inputs.heldOut.length];
  terminal.print(titled(
    wroteLine(folder),
    say({
      en: `trained on ${lists} lists, ${held} held out`,
      zh: `用 ${lists} 个列表训练，留出 ${held} 个`,
    }),
  ));
  if (isEmbedded) {
    await reportNumbers(terminal, folder, await quality.numbers(parameters, statistics));
  }
}

if (import.meta.main) await runCommand((context) => reward(Deno.args, context));
