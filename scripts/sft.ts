/**
 * `deno task sft`: trains a language model to ask a question about a passage.
 *
 * Without a path flag it rebuilds `models/sft_model` by the recipe `EMBEDDED_SFT`, with the same
 * bytes for the same seed, judges the model's questions about held-out passages, and writes the
 * numbers into the folder's README. With the user's own paths the tutorial's defaults hold. After
 * each epoch it measures the held-out loss and writes `checkpoint-N`. Ctrl-C saves one more
 * `checkpoint-N` and leaves the rest of the folder unchanged.
 */
import { join, resolve } from "node:path";
import { fileExists } from "../lib/files/mod.ts";
import { createGenerator } from "../lib/decode/mod.ts";
import {
  downloadParameters,
  type Gpt2Arrays,
  type Gpt2Config,
  gpt2Spec,
  loadTokenizer,
  plainSampling,
  readModelFolder,
  type Tokenizer,
  uploadParameters,
  type Weight,
  writeModelFolder,
} from "../lib/lm/mod.ts";
import type { DivergenceError } from "../lib/learn/mod.ts";
import { type Random, randomStream } from "../lib/random/mod.ts";
import { chunksOf, type PromptAndAnswer } from "../lib/lm/mod.ts";
import { type Example, exampleRows, readExamples, requirePositions } from "../lib/passages/mod.ts";
import {
  createSftTrainer,
  decaysWeight,
  newModelWeights,
  type SftTrainer,
  trainStage,
} from "../lib/stages/mod.ts";
import {
  EMBEDDED_PPO,
  EMBEDDED_SFT,
  SFT_SETTINGS,
  type SftSettings,
  stageValues,
} from "../lib/settings/mod.ts";
import type { Device } from "../lib/runtime/mod.ts";
import { say } from "../lib/text/mod.ts";
import { goldSample, verdictTable } from "./gold_sample.ts";
import { type CommandContext, runCommand, tellNote, type Terminal } from "./command.ts";
import { dataFileOptions } from "./data_file_options.ts";
import { requireStageDisk } from "./disk_plan.ts";
import { readFlags } from "./read_flags.ts";
import { openStageLog } from "./stage_log.ts";
import { sha256Of } from "./sha256.ts";
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
import { table } from "./readme_tables.ts";
import {
  MEASURING,
  openStageDevice,
  percent,
  READING,
  reportNumbers,
  stepReporter,
  stoppedLine,
  wroteLine,
} from "./stage_report.ts";

/** The model to start from. */
interface Start {
  readonly config: Gpt2Config;
  readonly weights: ReadonlyMap<string, Weight>;
  readonly tokenizer: Tokenizer;
}

/** The model of a folder, or random weights for the vocabulary of `data_dir`. */
async function startingModel(settings: SftSettings, random: Random): Promise<Start> {
  const path = settings.pretrained_model_path;
  if (path !== "") {
    const isDefault = path === SFT_SETTINGS.pretrained_model_path.text;
    if (!isDefault || await fileExists(path)) {
      return await readModelFolder(path, { tell: tellNote });
    }
    throw new Error(say({
      en: `Cannot start from ${resolve(path)}: there is no such folder; ` +
        '--pretrained_model_path "" makes a new model of --embed, --layers and --heads',
      zh: `无法从 ${resolve(path)} 开始：没有这个文件夹；` +
        '--pretrained_model_path "" 会按 --embed、--layers 和 --heads 新建模型',
    }));
  }
  const tokenizer = await loadTokenizer(settings.data_dir, { tell: tellNote });
  const { embed, heads, layers, max_len: positions } = settings;
  const config = {
    vocabSize: tokenizer.vocabSize,
    positions,
    embed,
    heads,
    layers,
    layerNormEpsilon: 1e-5,
  };
  return { config, weights: newModelWeights(config, random), tokenizer };
}

/** The inputs of training, all read before anything is computed. */
interface Inputs {
  readonly settings: SftSettings;
  readonly start: Start;
  readonly examples: readonly Example[];
  readonly heldOut: readonly Example[];
  readonly names: ReadonlyMap<string, string>;
  readonly random: Random;
}

async function readInputs(settings: SftSettings, terminal: Terminal): Promise<Inputs> {
  const random = randomStream(settings.seed);
  const names = await readNamesFor(settings);
  const start = await startingModel(settings, random);
  requirePositions(settings.max_len, start.config.positions);
  return {
    settings,
    start,
    random,
    examples: await readExamples(settings.train_file_path, dataFileOptions(settings, terminal)),
    heldOut: await readExamples(settings.test_file_path, dataFileOptions(settings, terminal)),
    names,
  };
}

/** Batches of held-out questions of similar length. */
function heldOutBatches({ settings, start, heldOut }: Inputs): PromptAndAnswer[][] {
  const rows = heldOut.map((example) => exampleRows(start.tokenizer, example, lengthsOf(settings)));
  const length = ({ prompt, answer }: PromptAndAnswer) => prompt.length + answer.length;
  return chunksOf(rows.toSorted((a, b) => length(a) - length(b)), settings.test_batch_size);
}

/** Makes a function that encodes a batch, with new names in some of its passages. */
function rowMaker({ settings, start: { tokenizer }, names, random }: Inputs) {
  const rename = renamerOf(settings, { tokenizer, names, random });
  return (batch: readonly Example[]): PromptAndAnswer[] =>
    batch.map((example) => {
      const [content, query] = rename(example.content, [example.content, example.query]);
      return exampleRows(tokenizer, { content, query }, lengthsOf(settings));
    });
}

/** The result of training. */
interface Trained {
  readonly parameters: Gpt2Arrays;
  readonly trainer: SftTrainer;
  /** Optimizer steps made. */
  readonly step: number;
  /** Whether Ctrl-C ended it. */
  readonly stopped: boolean;
  /** Why the next step could not be taken. */
  readonly diverged?: DivergenceError;
}

const createTrainer = (device: Device, { settings, start }: Inputs): Promise<SftTrainer> =>
  createSftTrainer(device, start.config, {
    padId: start.tokenizer.padId,
    passageWeight: settings.passage_weight,
    dropout: { body: settings.dropout, seed: settings.seed },
    blocksPerSegment: settings.blocks_per_program,
    optimizer: { ...adamOf(settings), decays: decaysWeight },
  });

async function train(
  device: Device,
  inputs: Inputs,
  { heldOut, terminal, interruptSignal }: CommandContext & { heldOut: PromptAndAnswer[][] },
): Promise<Trained> {
  const { settings, start: { config, weights }, examples, random } = inputs;
  const trainer = await createTrainer(device, inputs);
  const rowsOf = rowMaker(inputs);
  const log = await openStageLog(settings.checkpoints ? settings.output_dir : undefined);
  const start = await trainer.start(
    await uploadParameters(device, gpt2Spec(config), weights),
  );
  const { state, ...end } = await trainStage(start, {
    steps: stepsOf(settings, examples, {
      lengthOf: ({ content, query }) => content.length + query.length,
      random,
    }),
    maxSteps: settings.max_steps,
    signal: interruptSignal(),
    step: (state, { batch, learningRate }) =>
      trainer.step(state, rowsOf(batch), {
        learningRate,
        microBatch: microBatchOf(batch, settings),
      }),
    onStep: stepReporter({ terminal, log, every: settings.logging_steps }),
    onEpoch: async ({ epoch, step }, { parameters }) => {
      terminal.progress(say(MEASURING));
      const loss = await trainer.evaluate(parameters, heldOut);
      terminal.print(say({
        en: `epoch ${epoch}  held-out loss ${loss.toFixed(4)}`,
        zh: `第 ${epoch} 轮  留出损失 ${loss.toFixed(4)}`,
      }));
      await log(step, { test_loss: loss });
      if (settings.checkpoints) await saveCheckpoint(device, { parameters, step }, inputs);
    },
  });
  return { ...end, parameters: state.parameters, trainer };
}

/** Writes the model after `step` steps into a folder of its own. */
async function saveCheckpoint(
  device: Device,
  { parameters, step }: Pick<Trained, "parameters" | "step">,
  { settings, start: { config, tokenizer } }: Inputs,
): Promise<string> {
  const folder = join(settings.output_dir, `checkpoint-${step}`);
  await writeModelFolder(folder, {
    config,
    tokenizer,
    weights: await downloadParameters(device, parameters),
  });
  return folder;
}

/** The gold judge's verdicts on the new model's questions about the held-out passages. */
async function judged(device: Device, parameters: Gpt2Arrays, { settings, start }: Inputs) {
  const { config, tokenizer } = start;
  const special = { padId: tokenizer.padId, endId: tokenizer.endId };
  const generator = await createGenerator(device, config, { sampling: plainSampling, special });
  const lengths = lengthsOf(settings);
  return await goldSample(generator, { parameters, tokenizer, lengths, seed: settings.seed });
}

async function numbers(
  device: Device,
  { trainer, parameters }: Trained,
  inputs: Inputs,
): Promise<string> {
  const { settings, heldOut } = inputs;
  const loss = await trainer.evaluate(parameters, heldOutBatches(inputs));
  const sample = await judged(device, parameters, inputs);
  const right = sample.filter(({ reason }) => reason === "right").length;
  const sha256 = await sha256Of(join(settings.output_dir, "model.safetensors"));
  const facts = table(["what", "value"], [
    ["seed", settings.seed],
    ["sha256 of `model.safetensors`", `\`${sha256}\``],
    ["held-out loss, nats per token of the question", loss.toFixed(4)],
    ["held-out questions", heldOut.length],
    ["gold rate: right questions about held-out passages", percent(right / sample.length)],
    ["questions judged", sample.length],
  ]);
  return `${facts}\n\n${verdictTable(sample)}`;
}

async function sft(args: string[], context: CommandContext): Promise<void> {
  const { terminal } = context;
  const does = {
    en: "Trains a language model to ask questions about passages.\n" +
      "Without a path flag, it recreates models/sft_model.",
    zh: "训练语言模型就短文提问 (SFT)。\n不给出路径参数时，重新生成 models/sft_model。",
  };
  const flags = readFlags(SFT_SETTINGS, { command: "deno task sft", does }, { args, terminal });
  if (flags === undefined) return;
  const { settings, isEmbedded } = stageValues<SftSettings>(flags, EMBEDDED_SFT);
  await requireNewFolder(settings, { isEmbedded, given: flags.given });
  terminal.progress(say(READING));
  const inputs = await readInputs(settings, terminal);
  await requireStageDisk(settings, inputs.start.config);
  const device = await openStageDevice(settings);
  const heldOut = heldOutBatches(inputs);
  const trained = await train(device, inputs, { ...context, heldOut });
  if (trained.stopped) {
    const folder = await saveCheckpoint(device, trained, inputs);
    return terminal.print(stoppedLine(trained.step, folder));
  }
  const { diverged, step } = trained;
  if (diverged !== undefined) {
    const save = () => saveCheckpoint(device, trained, inputs);
    throw await divergedStage(diverged, { step, save });
  }
  const weights = await downloadParameters(device, trained.parameters);
  const { config, tokenizer } = inputs.start;
  const own = isEmbedded ? { settings: { ...EMBEDDED_PPO } } : {};
  await writeModelFolder(settings.output_dir, { config, weights, tokenizer, ...own });
  terminal.print(wroteLine(settings.output_dir));
  if (isEmbedded) {
    terminal.progress(say({
      en: "judging questions about held-out passages",
      zh: "正在判定关于留出短文的问题",
    }));
    await reportNumbers(terminal, settings.output_dir, await numbers(device, trained, inputs));
  }
}

if (import.meta.main) await runCommand((context) => sft(Deno.args, context));
