/** The embedded models and data, as the chapters and the commands use them when no path is given. */
import { fileURLToPath } from "node:url";
import { type PassageRecord, readGold } from "../corpus/mod.ts";
import { readText } from "../files/mod.ts";
import { type ModelFolder, readModelFolder, type Tokenizer } from "../lm/mod.ts";
import type { ScoreStatistics } from "../rl/mod.ts";
import {
  CHAPTER_FLAGS,
  checkSettings,
  parseFlags,
  SETTINGS,
  type Settings,
  validateSettings,
} from "../settings/mod.ts";
import { readPassages } from "../passages/mod.ts";

/** A held-out passage with the facts behind it. */
export type Passage = PassageRecord;

/** What a run starts from: models and passages, the embedded ones or the reader's own. */
export interface RunInputs {
  /** The SFT model: actor at the start, and reference. */
  readonly policy: ModelFolder;
  /** The reward model; the critic starts from its body. */
  readonly reward: ModelFolder;
  /** The one that both models share. */
  readonly tokenizer: Tokenizer;
  /** Mean and deviation of the SFT model's raw scores, if the reward model's folder has them. */
  readonly scoreStatistics: ScoreStatistics | undefined;
  /** Training passages, each once. */
  readonly passages: readonly string[];
}

/** The embedded models and data, with passages to judge by. */
export interface Embedded extends RunInputs {
  /** Passages about entities that no stage was trained on. */
  readonly heldOut: readonly Passage[];
}

/** The path of a file of this project. */
export const pathOf = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** How much to read. */
export interface EmbeddedOptions {
  /** Held-out passages to keep; default: PPO_HELD_OUT of the environment, else all. */
  readonly heldOutCount?: number;
}

/** Reads the embedded models and data. */
export async function loadEmbedded(
  { heldOutCount = heldOutFromEnvironment() }: EmbeddedOptions = {},
): Promise<Embedded> {
  const policy = await readModelFolder(pathOf("models/sft_model"));
  const reward = await readModelFolder(pathOf("models/rm_model"), { valueHead: true });
  const gold = readGold(await readText(pathOf("data/gold.json")));
  return {
    policy,
    reward,
    tokenizer: policy.tokenizer,
    scoreStatistics: scoreStatisticsOf(reward),
    passages: await readPassages(pathOf("data/ppo_train.json")),
    heldOut: gold.filter(({ split }) => split === "test").slice(0, heldOutCount),
  };
}

/** PPO_HELD_OUT, a flag of the commands that execute chapters; 0 keeps all. */
function heldOutFromEnvironment(): number {
  const { values } = parseFlags(CHAPTER_FLAGS, { environment: Deno.env.toObject() });
  return values.held_out || Infinity;
}

/** Mean and deviation of the SFT model's scores, if the reward model's `settings.json` has them. */
export function scoreStatisticsOf({ settings }: ModelFolder): ScoreStatistics | undefined {
  const { score_mean: mean, score_deviation: deviation } = settings ?? {};
  return typeof mean === "number" && typeof deviation === "number"
    ? { mean, deviation }
    : undefined;
}

/** Settings that name someone's own models or passages: where one of them is given, the embedded ones are out of play. */
export const OWN_PATHS = ["train_file_path", "ori_model_path", "reward_model_path"] as const;

/** Whether these settings name someone's own models or passages. */
export const namesOwn = (given: Partial<Settings>): boolean =>
  OWN_PATHS.some((name) => given[name] !== undefined);

/** Reads models and passages from the paths that the settings name. */
export async function loadOwn(settings: Settings): Promise<RunInputs> {
  const policy = await readModelFolder(settings.ori_model_path);
  const reward = await readModelFolder(settings.reward_model_path, { valueHead: true });
  const passages = await readPassages(settings.train_file_path);
  return {
    policy,
    reward,
    tokenizer: policy.tokenizer,
    scoreStatistics: scoreStatisticsOf(reward),
    passages,
  };
}

/** Where settings may come from beside the model folder and what is given. */
export interface RunSettingsOptions {
  /** Variables by name; default: the environment of this process. */
  readonly environment?: { readonly [name: string]: string };
}

/**
 * The settings of a run: the model folder's own, then the environment's (`PPO_KL_COEF=0.1`), then `given`; later ones win.
 *
 * @throws RangeError for an unknown name or a value out of range.
 */
export function runSettings(
  policy: Pick<ModelFolder, "settings">,
  given: Partial<Settings> = {},
  { environment = Deno.env.toObject() }: RunSettingsOptions = {},
): Settings {
  const own = policy.settings ?? {};
  checkSettings(own);
  return validateSettings({ ...own, ...parseFlags(SETTINGS, { environment }).given, ...given });
}
