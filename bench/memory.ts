/**
 * `deno task bench memory`: the peak that a plan predicts beside the one that the system counts, for runs from the embedded one to
 * GPT-2 base in the tutorial's configuration, each in a process of its own.
 *
 * `--only 1,4` runs some of them, `--quick` those that take less than a minute.
 */
import { parseArgs } from "node:util";
import { pathOf } from "../lib/course/mod.ts";
import { readModelSizes } from "../lib/lm/mod.ts";
import { memoryPlan } from "../lib/memory/mod.ts";
import { type Settings, validateSettings } from "../lib/settings/mod.ts";
import type { MemoryFound, MemoryRun } from "./memory_run.ts";
import { BASE, ensureRandomModel } from "./random_model.ts";

/** A configuration. */
interface Configuration {
  readonly name: string;
  readonly models: "embedded" | "middle" | "base";
  /** What the plan may use. */
  readonly gib: number;
  readonly settings: Partial<Settings>;
  readonly quick: boolean;
}

const ONE_UPDATE = { num_episodes: 1, max_timesteps: 2, update_timesteps: 1, ppo_epoch: 1 };
const EMBEDDED = { ...ONE_UPDATE, max_len: 96, query_len: 24, batch_size: 16 };
const MIDDLE = { ...ONE_UPDATE, max_len: 384, query_len: 64, batch_size: 8 };
const TUTORIAL = { ...ONE_UPDATE, max_len: 768, query_len: 64 };

/** A model between the embedded one and GPT-2 base: 28 million weights. */
const MIDDLE_SIZES = { ...BASE, embed: 384, heads: 6, layers: 6, positions: 512 };

const CONFIGURATIONS: readonly Configuration[] = [
  { name: "embedded, nothing spared", models: "embedded", gib: 8, settings: EMBEDDED, quick: true },
  {
    name: "embedded, everything spared",
    models: "embedded",
    gib: 0.285,
    settings: EMBEDDED,
    quick: true,
  },
  {
    name: "28 M weights, batch 8, nothing spared",
    models: "middle",
    gib: 8,
    settings: MIDDLE,
    quick: true,
  },
  {
    name: "28 M weights, batch 8, in 1.5 GiB",
    models: "middle",
    gib: 1.5,
    settings: MIDDLE,
    quick: true,
  },
  {
    name: "GPT-2 base, batch 2, in 8 GiB",
    models: "base",
    gib: 8,
    settings: { ...TUTORIAL, batch_size: 2 },
    quick: false,
  },
  {
    name: "GPT-2 base, batch 2, in 5 GiB",
    models: "base",
    gib: 5,
    settings: { ...TUTORIAL, batch_size: 2 },
    quick: false,
  },
  {
    name: "GPT-2 base, batch 16, in 5 GiB",
    models: "base",
    gib: 5,
    settings: TUTORIAL,
    quick: false,
  },
  {
    name: "GPT-2 base, batch 16, in 4 GiB",
    models: "base",
    gib: 4,
    settings: TUTORIAL,
    quick: false,
  },
];

/** The folders of the models, written if they are not there. */
async function foldersOf(
  models: Configuration["models"],
): Promise<{ policy: string; reward: string }> {
  if (models === "embedded") {
    return { policy: pathOf("models/sft_model"), reward: pathOf("models/rm_model") };
  }
  const config = models === "base" ? BASE : MIDDLE_SIZES;
  const name = models === "base" ? "gpt2-base" : "gpt2-28m";
  const folders = { policy: `out/random-${name}`, reward: `out/random-${name}-reward` };
  await ensureRandomModel(folders.policy, { config });
  await ensureRandomModel(folders.reward, { config, seed: 2, reward: true });
  return folders;
}

const MIB = 2 ** 20;

/** Measures one configuration and prints its row. */
async function measure({ name, models, gib, settings: given }: Configuration): Promise<void> {
  const folders = await foldersOf(models);
  const { config: policy } = await readModelSizes(folders.policy);
  const { config: reward } = await readModelSizes(folders.reward);
  const { settings, chosen, peak } = memoryPlan({ policy, reward }, validateSettings(given), {
    budget: gib * 2 ** 30,
  });
  const full = settings.max_len - settings.query_len;
  const found = await inProcess({ ...folders, settings, prompts: [full, full] });
  const ratio = peak / MIB / found.peak;
  const choices = chosen.map((choice) => `${choice} ${settings[choice]}`).join(", ") || "-";
  const cells = [
    name,
    choices,
    (peak / MIB).toFixed(0),
    found.peak.toFixed(0),
    `${(100 * (ratio - 1)).toFixed(1)} %`,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

async function inProcess(run: MemoryRun): Promise<MemoryFound> {
  const path = new URL("memory_run.ts", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", path, JSON.stringify(run)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure: the run ended with an error, which stands above");
  return JSON.parse(new TextDecoder().decode(stdout)) as MemoryFound; // written by memory_run.ts
}

/** Measures and prints a table. */
export async function benchMemory(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { only: { type: "string", default: "" }, quick: { type: "boolean", default: false } },
  });
  const only = values.only === "" ? undefined : values.only.split(",").map(Number);
  console.log(
    "| run, two timesteps with an update each | chosen | predicted MiB | measured MiB | off by |",
  );
  console.log("| --- | --- | --- | --- | --- |");
  for (const [index, configuration] of CONFIGURATIONS.entries()) {
    if (only !== undefined ? only.includes(index + 1) : !values.quick || configuration.quick) {
      await measure(configuration);
    }
  }
}
