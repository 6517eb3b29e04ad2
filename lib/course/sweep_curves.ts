/** What a sweep's rows show: groups of trials that differ in their seed alone, as bands, and as a table of how they end. */
import {
  type Band,
  bandGrid,
  type BandPanel,
  type Figure,
  type Table,
  table,
} from "../plots/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { pathOf } from "./embedded.ts";
import { readSweep, type SweepRow, type Trial, trialName, trialSettings } from "./sweep.ts";

/** Trials that differ in their seed alone. */
export interface SweepGroup {
  /** "kl_coef 0.2"; "as committed" for the models' own settings. */
  readonly name: string;
  /** What differs from the models' own settings, the seed apart. */
  readonly differs: Trial;
  /** The rows of each seed, in the order of the updates. */
  readonly runs: readonly (readonly SweepRow[])[];
}

/** Settings as a model folder has them. */
export type OwnSettings = { readonly [name: string]: unknown } | undefined;

/** The sweep that chapter 06 draws; `notebooks/README.md` has the commands that made it. */
export const SWEEP_PATH: string = pathOf("notebooks/06_sweep.jsonl");

/** The groups of the sweep that chapter 06 draws. */
export const keptSweep = async (own: OwnSettings): Promise<SweepGroup[]> =>
  groupBySeed(await readSweep(SWEEP_PATH), own);

/** The groups of a sweep's rows, in the order of their first row. `own` are the models' own settings. */
export function groupBySeed(rows: readonly SweepRow[], own: OwnSettings): SweepGroup[] {
  const differs = ({ trial }: SweepRow) => differing(trial, own);
  const groups = Map.groupBy(rows, (row) => JSON.stringify(differs(row)));
  return [...groups.values()].map((rows) => ({
    differs: differs(rows[0]),
    name: Object.keys(differs(rows[0])).length === 0 ? "as committed" : trialName(differs(rows[0])),
    runs: [...Map.groupBy(rows, ({ trial }) => trial.seed).values()],
  }));
}

/** The settings of a trial, the seed apart, without which it would be another one; `repetition_penalty 1` is one beside `faithful`. */
function differing(trial: Trial, own: OwnSettings): Trial {
  const whole = (settings: Trial) => JSON.stringify(trialSettings(settings, own));
  const without = (name: string): Trial =>
    Object.fromEntries(Object.entries(trial).filter(([other]) => other !== name));
  const counts = ([name]: [string, unknown]) =>
    name !== "seed" && whole(without(name)) !== whole(trial);
  return Object.fromEntries(
    Object.entries(trial).filter(counts).toSorted(([a], [b]) => a < b ? -1 : 1),
  );
}

/** The groups in which one setting alone varies, by its value, each named after it; the models' own value is among them. */
export function groupsVarying(
  groups: readonly SweepGroup[],
  name: "kl_coef" | "lam",
  own: OwnSettings,
): SweepGroup[] {
  const usual = trialSettings({}, own)[name];
  const valueOf = ({ differs }: SweepGroup) => differs[name] ?? usual;
  return groups.filter(({ differs }) => Object.keys(differs).every((key) => key === name))
    .toSorted((a, b) => valueOf(a) - valueOf(b))
    .map((group) => ({ ...group, name: `${name} ${valueOf(group)}` }));
}

/**
 * The group in which just these settings differ from the models' own.
 *
 * @throws RangeError when there is none.
 */
export function groupOf(groups: readonly SweepGroup[], wanted: Trial): SweepGroup {
  const found = groups.find(({ differs }) => sameTrial(differs, wanted));
  if (found === undefined) {
    const known = groups.map(({ name }) => name).join("; ");
    throw new RangeError(
      `Cannot find the runs of ${trialName(wanted)}: there are those of ${known}`,
    );
  }
  return found;
}

const sameTrial = (a: Trial, b: Trial): boolean => {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);
};

/** A column of a sweep's rows that can be drawn. */
export type SweepColumn = {
  [K in keyof SweepRow]-?: SweepRow[K] extends number | undefined ? K : never;
}[keyof SweepRow];

/** Mean, least and most of a column over the seeds, update by update, as far as all seeds go. */
export function seedBand({ name, runs }: SweepGroup, column: SweepColumn): Band {
  const length = Math.min(...runs.map((rows) => rows.length));
  const at = Array.from({ length }, (_, index) => runs.map((rows) => rows[index][column] ?? NaN));
  const over = (of: (values: number[]) => number) => at.map((values) => shown(of(values)));
  return {
    name,
    x: runs[0].slice(0, length).map(({ update }) => update),
    mean: over((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    ...runs.length === 1
      ? {}
      : { low: over((values) => Math.min(...values)), high: over((values) => Math.max(...values)) },
  };
}

/** Four digits, which keep a notebook small; what is not finite is a gap. */
const shown = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : null;

/** Titles of the panels. */
const TITLES: { readonly [K in SweepColumn]?: string } = {
  mean_reward: "mean reward (raw score)",
  score: "score that was paid",
  kl: "KL to the reference (nats an answer)",
  gold: "gold: right questions (%)",
  clip_fraction: "clip fraction",
  entropy: "entropy (nats a token)",
  response_length: "answer length (tokens)",
  explained_variance: "explained variance",
};

/** A panel of one column. */
export const sweepPanel = (groups: readonly SweepGroup[], column: SweepColumn): BandPanel => ({
  title: TITLES[column] ?? column,
  bands: groups.map((group) => seedBand(group, column)),
});

/** Two settings of a sweep in one figure: a row of panels each. */
export function sweepFigure(groups: readonly SweepGroup[], own: OwnSettings): Figure {
  const [klCoef, lam] = [groupsVarying(groups, "kl_coef", own), groupsVarying(groups, "lam", own)];
  return bandGrid([
    sweepPanel(klCoef, "mean_reward"),
    sweepPanel(klCoef, "kl"),
    sweepPanel(klCoef, "gold"),
    sweepPanel(lam, "mean_reward"),
    sweepPanel(lam, "explained_variance"),
    sweepPanel(lam, "gold"),
  ], {
    title: `kl_coef and lam: mean of ${seedsOf([...klCoef, ...lam])}, band from least to most`,
    xTitle: "update",
  });
}

/** Groups beside each other: one panel a column, and if wanted the gold judge against the reward model. */
export function groupFigure(
  groups: readonly SweepGroup[],
  columns: readonly SweepColumn[],
  { title, against = false }: { title: string; against?: boolean },
): Figure {
  const panels = columns.map((column) => sweepPanel(groups, column));
  if (against) panels.push(goldAgainstReward(groups));
  return bandGrid(panels, {
    title: `${title}: mean of ${seedsOf(groups)}, band from least to most`,
    xTitle: "update",
  });
}

/** The seeds behind the groups, if all have the same ones. */
function seedsOf(groups: readonly SweepGroup[]): string {
  const [first, ...others] = groups.map(({ runs }) =>
    runs.map(([row]) => row.trial.seed).toSorted().join(", ")
  );
  return others.every((seeds) => seeds === first) ? `seeds ${first}` : "the seeds";
}

/**
 * A reader's own trials beside the kept ones of `lam`, if theirs differ in that, else of `kl_coef`: as far as theirs go.
 *
 * @throws RangeError when there is no row yet.
 */
export function besideKept(
  groups: readonly SweepGroup[],
  rows: readonly SweepRow[],
  own: OwnSettings,
): Figure {
  if (rows.length === 0) {
    throw new RangeError(
      "Cannot draw your sweep: it has no row yet; let the cell above come to its first update",
    );
  }
  const trials = [...Map.groupBy(rows, ({ trial }) => JSON.stringify(trial)).values()];
  const varied = variedNames(trials.map(([{ trial }]) => trial));
  const yours = trials.map((run): SweepGroup => {
    const differs = Object.fromEntries(
      Object.entries(run[0].trial).filter(([name]) => varied.includes(name)),
    );
    return { name: `yours: ${trialName(differs)}`, differs, runs: [run] };
  });
  const updates = Math.max(2, ...rows.map(({ update }) => update));
  const kept = groupsVarying(groups, varied.includes("lam") ? "lam" : "kl_coef", own).map((
    group,
  ) => ({
    ...group,
    runs: group.runs.map((run) => run.slice(0, updates)),
  }));
  const panels = (["mean_reward", "kl"] as const).map((column) =>
    sweepPanel([...kept, ...yours], column)
  );
  return bandGrid(panels, { title: "Your sweep beside the kept one", xTitle: "update" });
}

/** The settings in which trials differ; of one trial alone, all that it names. */
function variedNames(trials: readonly Trial[]): string[] {
  const values = trials.map((trial) => new Map<string, unknown>(Object.entries(trial)));
  const names = [...new Set(values.flatMap((trial) => [...trial.keys()]))];
  return names.filter((name) =>
    trials.length === 1 || new Set(values.map((trial) => trial.get(name))).size > 1
  );
}

/** Both judges of the same policies: gold after update k, and the mean reward of the pool that this policy then answered. */
function goldAgainstReward(groups: readonly SweepGroup[]): BandPanel {
  const bands = groups.map((group) => ({
    name: group.name,
    x: seedBand(group, "mean_reward").mean.slice(1),
    mean: seedBand(group, "gold").mean.slice(0, -1),
  }));
  return { title: "gold (%) against mean reward", xTitle: "mean reward", bands };
}

/** How groups end: their last update, mean over the seeds, with the least and the most of the gold judge. */
export function sweepEnds(groups: readonly SweepGroup[]): Table {
  const rows = groups.map((group) => {
    const end = (column: SweepColumn) => {
      const { mean, low = mean, high = mean } = seedBand(group, column);
      return { mean: mean.at(-1) ?? NaN, low: low.at(-1) ?? NaN, high: high.at(-1) ?? NaN };
    };
    const [reward, kl, gold] = [end("mean_reward"), end("kl"), end("gold")];
    return {
      runs: group.name,
      "mean reward": reward.mean.toFixed(2),
      "KL (nats)": kl.mean.toFixed(2),
      "gold (%)": gold.mean.toFixed(1),
      "gold, least to most": `${gold.low.toFixed(1)} to ${gold.high.toFixed(1)}`,
    };
  });
  return table(rows, ["runs", "mean reward", "KL (nats)", "gold (%)", "gold, least to most"]);
}

/** The settings in which two runs differ, as a table: what `faithful` changes, for example. */
export function settingDifferences(
  runs: { readonly [name: string]: Settings },
): Table {
  const [first, ...others] = Object.values(runs).map((settings) =>
    new Map<string, unknown>(Object.entries(settings))
  );
  const names = [...first.keys()].filter((name) =>
    others.some((other) => other.get(name) !== first.get(name))
  );
  const rows = names.map((setting) => ({
    setting,
    ...Object.fromEntries(
      Object.entries(runs).map((
        [run, settings],
      ) => [run, new Map<string, unknown>(Object.entries(settings)).get(setting)]),
    ),
  }));
  return table<Record<string, unknown>>(rows, ["setting", ...Object.keys(runs)]);
}
