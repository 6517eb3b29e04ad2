/** The embedded models and data, as the chapters and the commands use them when no path is given. */
import { fileURLToPath } from "node:url";
import { type PassageRecord, readGold } from "../corpus/mod.ts";
import { readJsonLines, readText } from "../files/mod.ts";
import { type ModelFolder, readModelFolder, type Tokenizer, type TokenRow } from "../lm/mod.ts";
import type { ScoreStatistics } from "../rl/mod.ts";
import { checkSettings, parseFlags, SETTINGS, type Settings, validateSettings } from "../rlhf/mod.ts";

/** A held-out passage with the facts behind it. */
export type Passage = PassageRecord;

/** Everything the embedded run needs. */
export interface Embedded {
  /** The SFT model: actor at the start, and reference. */
  readonly policy: ModelFolder;
  /** The reward model; the critic starts from its body. */
  readonly reward: ModelFolder;
  /** The one that both models share. */
  readonly tokenizer: Tokenizer;
  /** Mean and deviation of the SFT model's raw scores. */
  readonly scoreStatistics: ScoreStatistics;
  /** Training passages; each is used once. */
  readonly passages: readonly string[];
  /** Passages about entities that no stage was trained on. */
  readonly heldOut: readonly Passage[];
}

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** How much to read. */
export interface EmbeddedOptions {
  /** Held-out passages to keep; default: the environment's HELD_OUT, else all. */
  readonly heldOutCount?: number;
}

/** Reads the embedded models and data. */
export async function loadEmbedded(
  { heldOutCount = heldOutFromEnvironment() }: EmbeddedOptions = {},
): Promise<Embedded> {
  const policy = await readModelFolder(pathOf("models/sft_model"));
  const reward = await readModelFolder(pathOf("models/rm_model"), { valueHead: true });
  const passages = new Set<string>();
  for await (const { content } of readJsonLines(pathOf("data/ppo_train.json"), { strings: ["content"] })) {
    passages.add(content);
  }
  const gold = readGold(await readText(pathOf("data/gold.json")));
  return {
    policy,
    reward,
    tokenizer: policy.tokenizer,
    scoreStatistics: scoreStatisticsOf(reward),
    passages: [...passages],
    heldOut: gold.filter(({ split }) => split === "test").slice(0, heldOutCount),
  };
}

function heldOutFromEnvironment(): number {
  const text = Deno.env.get("HELD_OUT");
  if (!text) return Infinity;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new RangeError(`Cannot use HELD_OUT=${text} of the environment: it must be a whole number above 0`);
}

/**
 * Mean and deviation of the SFT model's scores, from the reward model's `settings.json`.
 *
 * @throws RangeError when they are not there.
 */
export function scoreStatisticsOf({ settings }: ModelFolder): ScoreStatistics {
  const { score_mean: mean, score_deviation: deviation } = settings ?? {};
  if (typeof mean !== "number" || typeof deviation !== "number") {
    throw new RangeError(
      "Cannot normalise scores: the reward model's settings.json has no score_mean and score_deviation",
    );
  }
  return { mean, deviation };
}

/**
 * The settings of a run: the model folder's own, then the environment's (`KL_COEF=0.1`), then `given`; later ones win.
 *
 * @throws RangeError for an unknown name or a value out of range.
 */
export function runSettings(policy: ModelFolder, given: Partial<Settings> = {}): Settings {
  const own = policy.settings ?? {};
  checkSettings(own);
  const { given: environment } = parseFlags(SETTINGS, { environment: Deno.env.toObject() });
  return validateSettings({ ...own, ...environment, ...given });
}

/** A passage as a prompt: `[CLS] passage [SEP]`. */
export const promptOf = (
  tokenizer: Tokenizer,
  content: string,
): TokenRow => [tokenizer.clsId, ...tokenizer.encode(content), tokenizer.sepId];
