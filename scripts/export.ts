/**
 * `deno task export`: writes a model, or a whole PPO run before it starts, for other programs.
 *
 *     deno task export --to onnx --model_path output_dir/checkpoint-12    # model.onnx, its weights, tokenizer
 *     deno task export --to openrlhf ...                                   # actor/, reward/, critic/, prompts.jsonl, launch.sh
 *     deno task export --to trl ...                                        # the same with launch.py
 *
 * The second and third take every setting of `deno task train`. Without path flags they use the
 * embedded models and data. The folder is written completely or not at all.
 */
import { join } from "node:path";
import {
  loadEmbedded,
  loadOwn,
  namesOwn,
  pathOf,
  type RunInputs,
  runSettings,
  withModels,
} from "../lib/course/mod.ts";
import { fileExists, writeAtomically, writeFolderAtomically } from "../lib/files/mod.ts";
import { type ModelFolder, readModelFolder, writeModelFolder } from "../lib/lm/mod.ts";
import {
  type Launch,
  onnxModel,
  openRlhfLaunch,
  trlLaunch,
  writePolicyFolder,
  writeScoreFolder,
} from "../lib/export/mod.ts";
import { withFreshHead } from "../lib/ppo/mod.ts";
import {
  elsewhereTable,
  EXPORT_FLAGS,
  type Settings,
  validateSettings,
} from "../lib/settings/mod.ts";
import { promptRow } from "../lib/passages/mod.ts";
import { say } from "../lib/text/mod.ts";
import { runCommand, tellNote, type Terminal } from "./command.ts";
import { readFlags } from "./read_flags.ts";

/** Writes `model.onnx` with `model.onnx_data`, the config and the tokenizer. */
async function exportOnnx(folder: string, model: ModelFolder): Promise<void> {
  const weightsFile = "model.onnx_data";
  const valueHead = model.weights.has("value_fn.weight");
  const { bytes, weights } = onnxModel(model.config, { valueHead, weightsFile });
  await writeFolderAtomically(folder, async (temporary) => {
    await writeModelFolder(temporary, model);
    await Deno.remove(join(temporary, "model.safetensors"));
    await writeAtomically(join(temporary, "model.onnx"), bytes);
    const values = weights.map(({ name }) => {
      const weight = model.weights.get(name);
      if (weight === undefined) {
        throw new RangeError(say({
          en: `Cannot export: the model has no "${name}"`,
          zh: `无法导出：模型中没有“${name}”`,
        }));
      }
      return new Uint8Array(weight.data.buffer, weight.data.byteOffset, weight.data.byteLength);
    });
    await writeAtomically(join(temporary, weightsFile), values);
  });
}

/** The longest prefix of the passage whose tokens fit. */
function cutPassage(
  { tokenizer }: RunInputs,
  content: string,
  { max_len, query_len }: Settings,
): string {
  const room = promptRow(tokenizer, content, { maxLen: max_len, queryLen: query_len }).length - 2;
  const characters = [...content];
  let [fits, tooLong] = [0, characters.length + 1];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (tokenizer.encode(characters.slice(0, middle).join("")).length <= room) fits = middle;
    else tooLong = middle;
  }
  return characters.slice(0, fits).join("");
}

/** Writes the models and prompts of a run, with the launch file. */
async function exportRun(
  folder: string,
  { inputs, settings, to }: { inputs: RunInputs; settings: Settings; to: string },
): Promise<void> {
  const { policy, reward, tokenizer, scoreStatistics: statistics, passages } = inputs;
  if (settings.normalise_scores && statistics === undefined) {
    throw new RangeError(say({
      en: "Cannot export with normalise_scores: the reward model's settings.json has no " +
        "score_mean and score_deviation; " +
        "train it with deno task reward, which writes them, or give --normalise_scores false",
      zh: "无法带 normalise_scores 导出：奖励模型的 settings.json 没有 score_mean 和 " +
        "score_deviation；请用 deno task reward 训练它（会写入这两项），" +
        "或给出 --normalise_scores false",
    }));
  }
  const [first, last] = [tokenizer.clsId, tokenizer.sepId].map((id) => tokenizer.tokenOf(id));
  const launch: Launch = { settings, prompts: passages.length, statistics };
  await writeFolderAtomically(folder, async (temporary) => {
    await writePolicyFolder(join(temporary, "actor"), policy);
    await writeScoreFolder(join(temporary, "reward"), reward, { statistics });
    const { weights } = reward;
    await writeScoreFolder(join(temporary, "critic"), {
      ...reward,
      weights: settings.fresh_value_head ? withFreshHead(weights) : weights,
    });
    const prompts = passages.map((passage) =>
      `${first}${cutPassage(inputs, passage, settings)}${last}`
    );
    await writeAtomically(
      join(temporary, "prompts.jsonl"),
      prompts.map((input) => JSON.stringify({ input }) + "\n").join(""),
    );
    const [name, text] = to === "trl"
      ? ["launch.py", trlLaunch(launch)]
      : ["launch.sh", openRlhfLaunch(launch)];
    await writeAtomically(join(temporary, name), text);
    const readme = `# What each setting became\n\n${elsewhereTable()}`;
    await writeAtomically(join(temporary, "README.md"), readme);
  });
}

/** The inputs and settings of the run that the flags describe. */
async function runOf(
  settingsGiven: Partial<Settings>,
  terminal: Terminal,
): Promise<{ inputs: RunInputs; settings: Settings }> {
  const given = await withModels(settingsGiven, { tell: tellNote });
  if (namesOwn(given)) {
    const settings = validateSettings(given);
    return {
      inputs: await loadOwn(settings, { tell: tellNote, data: { tell: terminal.print } }),
      settings,
    };
  }
  const inputs = await loadEmbedded();
  return { inputs, settings: runSettings(inputs.policy, given) };
}

async function exportModel(args: string[], terminal: Terminal): Promise<void> {
  const does = {
    en: "Exports a model (ONNX) or a whole run (OpenRLHF on Ray, TRL) for other programs.",
    zh: "把模型 (ONNX) 或整个训练（Ray 上的 OpenRLHF、TRL）导出给其他程序使用。",
  };
  const about = { command: "deno task export", does };
  const flags = readFlags(EXPORT_FLAGS, about, { args, terminal });
  if (flags === undefined) return;
  const { values, given: { to: _to, model_path: _path, export_dir: _folder, ...given } } = flags;
  const folder = values.export_dir || pathOf(`out/${values.to}`);
  if (await fileExists(folder)) {
    throw new Error(say({
      en: `Cannot export to ${folder}: it already exists; name another folder with --export_dir`,
      zh: `无法导出到 ${folder}：它已存在；请用 --export_dir 另给一个文件夹`,
    }));
  }
  terminal.progress(say({ en: "reading and writing the models", zh: "正在读写模型" }));
  if (values.to === "onnx") {
    await exportOnnx(
      folder,
      await readModelFolder(values.model_path || pathOf("models/sft_model"), { tell: tellNote }),
    );
  } else await exportRun(folder, { ...await runOf(given, terminal), to: values.to });
  terminal.print(say({ en: `wrote ${folder}`, zh: `已写出 ${folder}` }));
}

if (import.meta.main) await runCommand(({ terminal }) => exportModel(Deno.args, terminal));
