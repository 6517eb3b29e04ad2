/**
 * A whole PPO run for a chapter or a command: compiled from the embedded models, trained with
 * progress, summed up.
 */
import { createWarnings } from "../doctor/mod.ts";
import { interruptSignal, liveDisplay } from "../notebook/mod.ts";
import { curveGrid, displaySymbol, type Figure, picture, type Table, table } from "../plots/mod.ts";
import {
  createPpo,
  meanStepMetrics,
  measurePool,
  measureScores,
  type Metrics,
  type Ppo,
  type Progress,
  type PromptSampler,
  type RunConfig,
  type Sample,
  type StepMetrics,
  stepMetrics,
  storageText,
  type UpdateStep,
} from "../ppo/mod.ts";
import { promptRow } from "../passages/mod.ts";
import { type Settings } from "../settings/mod.ts";
import { chooseDevice, type Device, type DeviceKind } from "../runtime/mod.ts";
import type { TokenRow } from "../lm/mod.ts";
import type { ScoreStatistics } from "../rl/mod.ts";
import { lengthsOf, specialOf } from "./opening.ts";
import { listed, say } from "../text/mod.ts";
import { type RunInputs, threadsFromEnvironment } from "./embedded.ts";
import { metricTitle } from "./metric_titles.ts";
import { progressLine } from "./progress_line.ts";
import type { GoldComparison } from "./questions.ts";

/** A run that is compiled, and what it gave so far. */
export interface CourseRun {
  /** "kl_coef 0.05, lam 0.95, seed 1": what tells it from other runs. */
  readonly name: string;
  /** Checked and complete. */
  readonly settings: Settings;
  /** Where it computes. */
  readonly device: Device;
  /** The compiled programs with the models' current state. */
  readonly ppo: Ppo;
  /** Passages as `[CLS] passage [SEP]`, cut to fit. */
  readonly prompts: readonly TokenRow[];
  /**
   * How scores are normalised: the reward model's own statistics, else measured on answers of the
   * SFT model.
   */
  readonly scoreStatistics: ScoreStatistics | undefined;
  /** One row an update, oldest first; grows while the run trains. */
  readonly rows: Metrics[];
}

/** How to open a run. */
export interface OpenRunOptions {
  /** Threads of the CPU (default: PPO_THREADS of the environment, else one per core). */
  readonly threads?: number;
  /** Receives a line about what is being done, because it may take minutes. */
  readonly onOpening?: (line: string) => void;
}

/**
 * Compiles a run; passages that are too long are cut, statistics of scores that are missing are
 * measured.
 */
export async function openRun(
  inputs: RunInputs,
  settings: Settings,
  { onOpening = () => {}, ...options }: OpenRunOptions = {},
): Promise<CourseRun> {
  const { policy, reward, tokenizer } = inputs;
  const machine = { ...threadsFromEnvironment(), ...options };
  const device = await chooseDevice(settings.device, { ...machine, buffers: settings.gpu_buffers });
  const lengths = lengthsOf(settings);
  const prompts = inputs.passages.map((content) => promptRow(tokenizer, content, lengths));
  const special = specialOf(tokenizer);
  const start = { device, policy, reward, special, prompts, settings };
  const scoreStatistics = inputs.scoreStatistics ??
    (settings.normalise_scores
      ? await measureScores(start, { onMeasuring: onOpening })
      : undefined);
  onOpening(say({ en: "compiling the programs", zh: "正在编译程序" }));
  const ppo = await createPpo({ ...start, scoreStatistics });
  if (ppo.storageDifference !== undefined) console.log(storageText(ppo.storageDifference));
  const { kl_coef, lam, seed } = settings;
  const name = `kl_coef ${kl_coef}, lam ${lam}, seed ${seed}`;
  return { name, settings, device, ppo, prompts, scoreStatistics, rows: [] };
}

/** The settings that a reader is most likely to change, as a table. */
export const settingsTable = (settings: Settings): Table =>
  table([settings], [
    "seed",
    "batch_size",
    "update_timesteps",
    "ppo_epoch",
    "learning_rate",
    "kl_coef",
    "lam",
    "gamma",
    "policy_clip_eps",
  ]);

/** The curves of one or several runs, the latest last. */
export function runCurves(
  runs: readonly CourseRun[],
  { title = "PPO" }: { title?: string } = {},
): Figure {
  const columns = [
    ...["mean_reward", "kl", "clip_fraction"] as const,
    ...["entropy", "response_length", "explained_variance"] as const,
  ];
  const panels = columns.map((y) => ({ y, title: metricTitle(y) }));
  return curveGrid<Metrics>(runs, panels, { x: "update", title });
}

/** The line of one update; `seconds` have passed since the start. */
function updateLine(
  { update, timestep, mean_reward, kl }: Metrics,
  { timesteps, updates }: Pick<RunConfig, "timesteps" | "updates">,
  seconds: number,
): string {
  const left = seconds / timestep * (timesteps - timestep);
  const reward = `${say({ en: "mean_reward", zh: "平均奖励" })} ${mean_reward.toFixed(3)}`;
  const numbers = listed([reward, `KL ${kl.toFixed(3)}`]);
  return progressLine({ update, updates, numbers, seconds: left });
}

/** What a chapter's training loop is written with. */
export interface Training extends Pick<Ppo, "models" | "config" | "rollout" | "update"> {
  /** Draws the prompts of each timestep. */
  readonly prompts: PromptSampler;
  /** Answers since the last update. */
  readonly pool: Sample[];
  /** Measures, prints and draws. */
  readonly report: TrainingReport;
}

/** Turns what a training loop does into rows of metrics, lines of progress and curves that grow. */
export interface TrainingReport {
  /** The run that trains; its `rows` grow. */
  readonly run: CourseRun;
  /** Seconds since training began. */
  readonly seconds: number;
  /** Measures a pool before its update. */
  before(pool: readonly Sample[]): Promise<void>;
  /** Measures one optimizer step. */
  step(step: UpdateStep): void;
  /** Ends an update: adds a row, prints a line and draws the curves. */
  after(timestep: number): Promise<void>;
}

/**
 * Opens a run for a training loop in a notebook, adds it to `runs`, and draws its curves beside
 * those of the earlier ones. Stop ends the
 * loop between two programs with an AbortError; the rows so far stay.
 */
export async function openTraining(
  inputs: RunInputs,
  settings: Settings,
  runs: CourseRun[] = [],
): Promise<Training> {
  const run = await openRun(inputs, settings);
  const report = trainingReport(run, [...runs]);
  runs.push(run);
  const { models, config, rollout, update } = run.ppo;
  run.ppo.signal = interruptSignal();
  return { models, config, rollout, update, prompts: run.ppo.promptSampler(), pool: [], report };
}

function trainingReport(run: CourseRun, earlier: readonly CourseRun[]): TrainingReport {
  const { ppo, rows } = run;
  const live = liveDisplay({ interval: 2000 });
  const start = performance.now();
  const steps: StepMetrics[] = [];
  const warnings = createWarnings();
  let before: Progress["before"];
  return {
    run,
    get seconds() {
      return (performance.now() - start) / 1000;
    },
    async before(pool) {
      before = await measurePool(ppo.models, pool);
    },
    step: (step) => void steps.push(stepMetrics(step, ppo.config)),
    async after(timestep) {
      if (before === undefined) {
        throw new RangeError("Cannot report an update: call report.before(pool) before it begins");
      }
      const measured = { ...before, ...meanStepMetrics(steps.splice(0)), ...ppo.watch.lap() };
      rows.push({ update: rows.length + 1, timestep, ...measured });
      const row = rows[rows.length - 1];
      console.log(updateLine(row, ppo.config, this.seconds));
      warnings.update({ ...row }).forEach((warning) => console.log(warning));
      const isLast = rows.length === ppo.config.updates;
      const curves = () => runCurves([...earlier, run], isLast ? { title: say(TITLE) } : {});
      if (isLast) await live.finish(() => curves()[displaySymbol]());
      else await live.update(() => picture(curves()));
    },
  };
}

const TITLE = { en: "PPO on the embedded models", zh: "内置模型上的 PPO" };

/**
 * A run in one record, which is one line of JSON: a type, because an interface is no record of
 * unknown values.
 */
export type RunSummary = {
  /** The run's seed. */
  readonly seed: number;
  /** Timesteps done. */
  readonly timesteps: number;
  /** Updates done. */
  readonly updates: number;
  /** The reward model's mean score, one number an update. */
  readonly mean_reward: readonly number[];
  /** KL to the reference in nats an answer (k1), one number an update. */
  readonly kl: readonly number[];
  /** Share of right questions on held-out passages before training. */
  readonly gold_before: number;
  /** The same after training. */
  readonly gold_after: number;
  /** How many held-out passages were asked about. */
  readonly gold_n: number;
  /** Wall-clock time of the training loop. */
  readonly seconds_training: number;
  /** Peak resident memory of the process in MiB. */
  readonly peak_rss_mib: number;
  /** Where it was computed. */
  readonly device: DeviceKind;
};

/**
 * What `deno task start` prints: one record of a run.
 *
 * @throws RangeError when the run was stopped before its end.
 */
export function runSummary(
  run: CourseRun,
  { gold, seconds }: { gold: GoldComparison; seconds: number },
): RunSummary {
  const { settings, rows, device } = run;
  const updates = Math.floor(
    settings.num_episodes * settings.max_timesteps / settings.update_timesteps,
  );
  if (rows.length < updates) {
    throw new RangeError(
      `Cannot sum up the run: it stopped after update ${rows.length} of ${updates}`,
    );
  }
  return {
    seed: settings.seed,
    timesteps: rows.at(-1)?.timestep ?? 0,
    updates: rows.length,
    mean_reward: rows.map(({ mean_reward }) => mean_reward),
    kl: rows.map(({ kl }) => kl),
    gold_before: gold.before.value,
    gold_after: gold.after.value,
    gold_n: gold.n,
    seconds_training: Math.round(seconds * 10) / 10,
    peak_rss_mib: Math.round(peakMemory()),
    device: device.kind,
  };
}

/**
 * Peak resident memory of this process in MiB: Linux's own count, elsewhere what is resident now.
 */
export function peakMemory(): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(Deno.readTextFileSync("/proc/self/status"));
    if (kilobytes !== null) return Number(kilobytes[1]) / 1024;
  } catch {
    // not Linux
  }
  return Deno.memoryUsage().rss / 2 ** 20;
}
