/** The embedded models and data, which the chapters and the commands use when no path is given. */
import { fileURLToPath } from "node:url";
import { type PassageRecord, readGold } from "../corpus/mod.ts";
import { fileExists, readText, resolvePath, standingFolder } from "../files/mod.ts";
import {
  type ModelFolder,
  readModelFolder,
  readModelSizes,
  requireSameTokenizer,
  type Tell,
  type Tokenizer,
} from "../lm/mod.ts";
import { type DataFileOptions, readPassages } from "../passages/mod.ts";
import type { ScoreStatistics } from "../rl/mod.ts";
import {
  CHAPTER_FLAGS,
  checkSettings,
  parseFlags,
  SETTINGS,
  type Settings,
  validateSettings,
} from "../settings/mod.ts";
import { storedStatistics } from "../stages/mod.ts";
import { say } from "../text/mod.ts";

/** What a run starts from: models and passages, the embedded ones or the reader's own. */
export interface RunInputs {
  /** The SFT model: actor at the start, and reference. */
  readonly policy: ModelFolder;
  /** The reward model; the critic starts from its body. */
  readonly reward: ModelFolder;
  /** The tokenizer that both models share. */
  readonly tokenizer: Tokenizer;
  /**
   * Mean and standard deviation of the SFT model's raw scores, if the reward model's folder has
   * them.
   */
  readonly scoreStatistics: ScoreStatistics | undefined;
  /** Training passages, each once. */
  readonly passages: readonly string[];
}

/** The embedded models and data, with passages to judge by. */
export interface Embedded extends RunInputs {
  /** Passages about entities that no stage was trained on, with the facts behind them. */
  readonly heldOut: readonly PassageRecord[];
}

/** The path of a file of this project. */
export const pathOf = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The embedded models and the passages that PPO trains on, as the settings that name one's own. */
export const EMBEDDED_PATHS = {
  ori_model_path: pathOf("models/sft_model"),
  reward_model_path: pathOf("models/rm_model"),
  train_file_path: pathOf("data/ppo_train.json"),
};

/**
 * Reads the embedded models and data, and `heldOutCount` held-out passages (default: PPO_HELD_OUT
 * of the environment, else all).
 */
export async function loadEmbedded(
  { heldOutCount = heldOutFromEnvironment() }: { readonly heldOutCount?: number } = {},
): Promise<Embedded> {
  const inputs = await loadOwn(EMBEDDED_PATHS);
  const gold = readGold(await readText(pathOf("data/gold.json")));
  const heldOut = gold.filter(({ split }) => split === "test").slice(0, heldOutCount);
  return { ...inputs, heldOut };
}

/** PPO_HELD_OUT, a flag of the commands that execute chapters; 0 keeps all. */
function heldOutFromEnvironment(): number {
  const { values } = parseFlags(CHAPTER_FLAGS, { environment: Deno.env.toObject() });
  return values.held_out || Infinity;
}

/** PPO_THREADS, another flag of these commands; nothing if it is not set: one thread per core. */
export function threadsFromEnvironment(): { readonly threads?: number } {
  const { values } = parseFlags(CHAPTER_FLAGS, { environment: Deno.env.toObject() });
  return values.threads > 0 ? { threads: values.threads } : {};
}

/**
 * Settings that name the reader's own models or passages; where one of them is given, the embedded
 * ones are not used.
 */
export const OWN_PATHS = ["train_file_path", "ori_model_path", "reward_model_path"] as const;

/** Whether these settings name the reader's own models or passages. */
export const namesOwn = (given: Partial<Settings>): boolean =>
  OWN_PATHS.some((name) => given[name] !== undefined);

/** The two models of a run, and what each is called. */
const MODELS = [
  ["ori_model_path", { en: "SFT model", zh: " SFT 模型" }],
  ["reward_model_path", { en: "reward model", zh: "奖励模型" }],
] as const;

/**
 * Completes settings that name passages or one model. Passages of one's own are for the embedded
 * models, with their settings, unless the tutorial's folders `sft_model/` and `rm_model/` exist.
 *
 * @throws {Error} If only one model was given and the folder of the other does not exist.
 */
export async function withModels(
  given: Partial<Settings>,
  { tell }: { tell: Tell },
): Promise<Partial<Settings>> {
  if (!namesOwn(given)) return given;
  const missing = [];
  for (const [name, what] of MODELS) {
    const folder = SETTINGS[name].text;
    if (given[name] === undefined && !await fileExists(await standingFolder(folder))) {
      missing.push({ name, what, folder });
    }
  }
  if (missing.length === MODELS.length) {
    const { settings = {} } = await readModelSizes(pathOf("models/sft_model"));
    checkSettings(settings);
    tell(say({
      en: "no model was given: using the embedded models, models/sft_model and models/rm_model",
      zh: "没有给出模型：使用内置模型 models/sft_model 和 models/rm_model",
    }));
    const models = {
      ori_model_path: pathOf("models/sft_model"),
      reward_model_path: pathOf("models/rm_model"),
    };
    return { ...settings, ...given, ...models };
  }
  for (const { name, what, folder } of missing) {
    throw new Error(say({
      en: `Cannot run without a ${what.en}: --${name} was not given, and its default ` +
        `${resolvePath(folder)} does not exist`,
      zh: `没有${what.zh}，无法运行：没有给出 --${name}，而默认的 ${resolvePath(folder)} 不存在`,
    }));
  }
  return given;
}

/**
 * Reads models and passages from the paths that the settings name.
 *
 * @param options.tell takes sentences about what was read in another way than its path suggests
 * @param options.data decides about rows of the data file that cannot be used
 * @throws {Error} If a file cannot be read, or the models have different vocabularies.
 */
export async function loadOwn(
  paths: Pick<Settings, typeof OWN_PATHS[number]>,
  { tell = () => {}, data }: { tell?: Tell; data?: DataFileOptions } = {},
): Promise<RunInputs> {
  const policy = await readModelFolder(paths.ori_model_path, { tell });
  const reward = await readModelFolder(paths.reward_model_path, { valueHead: true, tell });
  requireSameTokenizer(
    { ...policy, path: resolvePath(paths.ori_model_path) },
    { ...reward, path: resolvePath(paths.reward_model_path) },
  );
  const passages = await readPassages(paths.train_file_path, data);
  const scoreStatistics = storedStatistics(reward);
  return { policy, reward, tokenizer: policy.tokenizer, scoreStatistics, passages };
}

/**
 * The settings of a run: the model folder's own, then the environment's (`PPO_KL_COEF=0.1`), then
 * `given`; later ones have precedence.
 *
 * @throws RangeError for an unknown name or a value out of range.
 */
export function runSettings(
  policy: Pick<ModelFolder, "settings">,
  given: Partial<Settings> = {},
): Settings {
  const own = policy.settings ?? {};
  checkSettings(own);
  const fromEnvironment = parseFlags(SETTINGS, { environment: Deno.env.toObject() }).given;
  return validateSettings({ ...own, ...fromEnvironment, ...given });
}
