/**
 * One PPO run in a process of its own, and the memory that each kind of work took: what `bench memory` starts.
 *
 * The peak of resident memory is the system's (VmHWM); Linux lets a process set it back to what is resident now, so that each kind of
 * work shows its own.
 */
import { peakMemory } from "../lib/course/mod.ts";
import { type Gpt2Config, readModelFolder, type TokenRow } from "../lib/lm/mod.ts";
import { createPpo } from "../lib/ppo/mod.ts";
import { type Settings, validateSettings } from "../lib/settings/mod.ts";
import { randomStream } from "../lib/random/mod.ts";
import { chooseDevice } from "../lib/runtime/mod.ts";

/** What to run. */
export interface MemoryRun {
  /** Folders of models. */
  readonly policy: string;
  readonly reward: string;
  readonly settings: Partial<Settings>;
  /** Tokens of the shortest and the longest prompt. */
  readonly prompts: readonly [number, number];
}

/** Peaks in MiB: of the process, and of each kind of work. */
export interface MemoryFound {
  readonly peak: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Sets the peak back to what is resident now; false where the system does not let it. */
function resetPeak(): boolean {
  try {
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    return false;
  }
}

/** Prompts of random tokens, of evenly spread lengths. */
function randomPrompts(
  count: number,
  { vocabSize }: Gpt2Config,
  [shortest, longest]: readonly [number, number],
): TokenRow[] {
  const random = randomStream(7);
  return Array.from({ length: count }, (_, row) => {
    const length = Math.round(shortest + (longest - shortest) * row / Math.max(1, count - 1));
    return Array.from({ length }, () => 5 + Math.floor(random() * (vocabSize - 5)));
  });
}

/** Runs the whole schedule of the settings. */
export async function runOnce(
  { policy: folder, reward: rewardFolder, settings: given, prompts: lengths }: MemoryRun,
) {
  const settings = validateSettings({ ...given, device: "cpu" });
  const device = await chooseDevice(settings.device);
  const peaks: Record<string, number> = {}, seconds: Record<string, number> = {};
  let start = performance.now();
  let whole = 0;
  const lap = (part: string) => {
    const peak = peakMemory();
    whole = Math.max(whole, peak);
    peaks[part] = Math.max(peaks[part] ?? 0, peak);
    seconds[part] = (seconds[part] ?? 0) + (performance.now() - start) / 1000;
    if (Deno.env.get("SHOW")) {
      console.error(part, peak.toFixed(0), "MiB", seconds[part].toFixed(1), "s");
    }
    resetPeak();
    start = performance.now();
  };
  lap("runtime");
  const policy = await readModelFolder(folder);
  const reward = await readModelFolder(rewardFolder, { valueHead: true });
  const special = { padId: policy.tokenizer.padId, endId: policy.tokenizer.endId };
  const prompts = randomPrompts(settings.batch_size, policy.config, lengths);
  const scoreStatistics = { mean: 0, deviation: 1 };
  const ppo = await createPpo({
    device,
    policy,
    reward,
    special,
    prompts,
    settings,
    scoreStatistics,
  });
  lap("load");
  const rows = ppo.train({
    onProgress: () => lap("experience"),
    onPool: () => lap("kl"),
    onStep: () => lap("step"),
  });
  for await (const row of rows) {
    lap("rest");
    if (Deno.env.get("SHOW")) console.error(JSON.stringify(row));
  }
  return { peak: whole, parts: peaks, seconds } satisfies MemoryFound;
}

if (import.meta.main) {
  console.log(JSON.stringify(await runOnce(JSON.parse(Deno.args[0]) as MemoryRun)));
}
