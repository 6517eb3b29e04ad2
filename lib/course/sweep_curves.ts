/**
 * The rows of a sweep as figures and tables: trials that differ in their seed alone form a group,
 * drawn as one band.
 */
import {
  type Band,
  bandGrid,
  type BandPanel,
  type Figure,
  type Table,
  table,
} from "../plots/mod.ts";
import { meanOf } from "../rl/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { columnName, say, type Text, titled } from "../text/mod.ts";
import { pathOf } from "./embedded.ts";
import { metricTitle } from "./metric_titles.ts";
import {
  readSweep,
  sortedTrial,
  type SweepRow,
  type Trial,
  trialKey,
  trialName,
  trialSettings,
} from "./sweep.ts";

/** Trials that differ in their seed alone. */
export interface SweepGroup {
  /** "kl_coef 0.2"; "as committed" for the models' own settings. */
  readonly name: string;
  /** What differs from the models' own settings, apart from the seed. */
  readonly differs: Trial;
  /** The rows of each seed, in the order of the updates. */
  readonly runs: readonly (readonly SweepRow[])[];
}

const AS_COMMITTED = { en: "as committed", zh: "本仓库的设置" };

/** Settings as a model folder has them. */
export type OwnSettings = { readonly [name: string]: unknown } | undefined;

/**
 * The groups of the sweep that chapter 06 draws; `notebooks/README.md` has the commands that made
 * it.
 */
export const keptSweep = async (own: OwnSettings): Promise<SweepGroup[]> =>
  groupBySeed(await readSweep(pathOf("notebooks/06_sweep.jsonl")), own);

/**
 * The groups of a sweep's rows, in the order of their first row. `own` are the models' own
 * settings.
 */
export function groupBySeed(rows: readonly SweepRow[], own: OwnSettings): SweepGroup[] {
  const keyOf = ({ trial }: SweepRow) => trialKey(differing(trial, own));
  return [...Map.groupBy(rows, keyOf).values()].map((rows) => {
    const differs = differing(rows[0].trial, own);
    return {
      name: Object.keys(differs).length === 0 ? say(AS_COMMITTED) : trialName(differs),
      differs,
      runs: [...Map.groupBy(rows, ({ trial }) => trial.seed).values()],
    };
  });
}

/**
 * The settings without which a trial would be another one, apart from the seed;
 * `repetition_penalty 1` is one beside `faithful`.
 */
function differing(trial: Trial, own: OwnSettings): Trial {
  const whole = (settings: Trial) => JSON.stringify(trialSettings(settings, own));
  const entries = Object.entries(sortedTrial(trial));
  const counts = ([name]: [string, unknown]) =>
    name !== "seed" &&
    whole(Object.fromEntries(entries.filter(([other]) => other !== name))) !== whole(trial);
  return Object.fromEntries(entries.filter(counts));
}

/**
 * The groups in which only one setting varies, by its value, each named after it; the models' own
 * value is among them.
 */
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
 * The group that differs from the models' own settings in exactly these.
 *
 * @throws RangeError when there is none.
 */
export function groupOf(groups: readonly SweepGroup[], wanted: Trial): SweepGroup {
  const found = groups.find(({ differs }) => trialKey(differs) === trialKey(wanted));
  if (found !== undefined) return found;
  const known = groups.map(({ name }) => name).join("; ");
  throw new RangeError(`Cannot find the runs of ${trialName(wanted)}: there are those of ${known}`);
}

/** A column of a sweep's rows that can be drawn. */
export type SweepColumn = {
  [K in keyof SweepRow]-?: SweepRow[K] extends number | undefined ? K : never;
}[keyof SweepRow];

/**
 * Mean, minimum and maximum of a column over the seeds, update by update, as far as all seeds go.
 */
export function seedBand({ name, runs }: SweepGroup, column: SweepColumn): Band {
  const length = Math.min(...runs.map((rows) => rows.length));
  const over = (of: (...values: number[]) => number) =>
    Array.from({ length }, (_, at) => shown(of(...runs.map((rows) => rows[at][column] ?? NaN))));
  const x = runs[0].slice(0, length).map(({ update }) => update);
  const band = { name, x, mean: over((...values) => meanOf(values)) };
  return runs.length === 1 ? band : { ...band, low: over(Math.min), high: over(Math.max) };
}

/** Four digits, which keep a notebook small; a number that is not finite becomes a gap. */
const shown = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : null;

/** One panel per column. */
const panelsOf = (groups: readonly SweepGroup[], columns: readonly SweepColumn[]): BandPanel[] =>
  columns.map((column) => ({
    title: metricTitle(column),
    bands: groups.map((group) => seedBand(group, column)),
  }));

const gridOf = (panels: readonly BandPanel[], title: string): Figure =>
  bandGrid(panels, { title, xTitle: columnName("update") });

/**
 * `title: mean of seeds 1, 2, 3, band from minimum to maximum`; no seeds if groups have other ones.
 */
function overSeeds(title: string, groups: readonly SweepGroup[]): string {
  const [first, ...others] = groups.map(({ runs }) =>
    runs.map(([row]) => row.trial.seed).toSorted().join(", ")
  );
  const seeds = others.every((seeds) => seeds === first)
    ? { en: `seeds ${first}`, zh: `种子 ${first} ` }
    : { en: "the seeds", zh: "各种子" };
  return titled(
    title,
    say({
      en: `mean of ${seeds.en}, band from minimum to maximum`,
      zh: `${seeds.zh}的均值，色带从最小到最大`,
    }),
  );
}

/** Two settings of a sweep in one figure: a row of panels each. */
export function sweepFigure(groups: readonly SweepGroup[], own: OwnSettings): Figure {
  const klCoef = groupsVarying(groups, "kl_coef", own), lam = groupsVarying(groups, "lam", own);
  return gridOf([
    ...panelsOf(klCoef, ["mean_reward", "kl", "gold"]),
    ...panelsOf(lam, ["mean_reward", "explained_variance", "gold"]),
  ], overSeeds(say({ en: "kl_coef and lam", zh: "kl_coef 与 lam" }), [...klCoef, ...lam]));
}

/**
 * Groups beside each other: one panel per column, and with `against` the gold judge against the
 * reward model.
 */
export function groupFigure(
  groups: readonly SweepGroup[],
  columns: readonly SweepColumn[],
  { title, against = false }: { title: string; against?: boolean },
): Figure {
  const panels = [...panelsOf(groups, columns), ...against ? [goldAgainstReward(groups)] : []];
  return gridOf(panels, overSeeds(title, groups));
}

const MEAN_REWARD = { en: "mean reward", zh: "平均奖励" };

/** Gold after update k, against the mean reward of the pool that this policy then answered. */
function goldAgainstReward(groups: readonly SweepGroup[]): BandPanel {
  const bands = groups.map((group) => ({
    name: group.name,
    x: seedBand(group, "mean_reward").mean.slice(1),
    mean: seedBand(group, "gold").mean.slice(0, -1),
  }));
  const title = say({ en: "gold (%) against mean reward", zh: "标准裁判（%）对平均奖励" });
  return { title, xTitle: say(MEAN_REWARD), bands };
}

/**
 * A reader's own trials beside the committed ones of `lam`, if theirs differ in it, else of
 * `kl_coef`; cut to the reader's length.
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
      "Cannot draw your sweep: it has no row yet. Let the cell above finish its first update.",
    );
  }
  const runs = [...Map.groupBy(rows, ({ trial }) => JSON.stringify(trial)).values()];
  const trials = runs.map(([{ trial }]) => trial);
  const varied = runs.length === 1 ? Object.keys(trials[0]) : differingNames(trials);
  const yours = runs.map((run): SweepGroup => {
    const entries = Object.entries(run[0].trial).filter(([name]) => varied.includes(name));
    const differs: Trial = Object.fromEntries(entries);
    return {
      name: titled(say({ en: "yours", zh: "你的" }), trialName(differs)),
      differs,
      runs: [run],
    };
  });
  const updates = Math.max(2, ...rows.map(({ update }) => update));
  const kept = groupsVarying(groups, varied.includes("lam") ? "lam" : "kl_coef", own)
    .map((group) => ({ ...group, runs: group.runs.map((run) => run.slice(0, updates)) }));
  const panels = panelsOf([...kept, ...yours], ["mean_reward", "kl"]);
  const title = { en: "Your sweep beside the committed one", zh: "你的扫描与本仓库的对照" };
  return gridOf(panels, say(title));
}

/** The settings in which some differ. */
const differingNames = (all: readonly Trial[]): string[] =>
  Object.keys(Object.assign({}, ...all)).filter((name) =>
    new Set(all.map((settings) => valueOf(settings, name))).size > 1
  );

const valueOf = (settings: Trial, name: string): unknown =>
  new Map<string, unknown>(Object.entries(settings)).get(name);

/**
 * How groups end: the mean over the seeds at the last update, with the minimum and maximum of the
 * gold judge.
 */
export function sweepEnds(groups: readonly SweepGroup[]): Table {
  const last = (numbers: Band["mean"]) => numbers.at(-1) ?? NaN;
  const [runs, reward, kl, gold, range] = ENDS.map(say);
  const rows = groups.map((group) => {
    const { mean, low = mean, high = mean } = seedBand(group, "gold");
    const end = (column: SweepColumn) => last(seedBand(group, column).mean);
    const [lowest, highest] = [last(low).toFixed(1), last(high).toFixed(1)];
    return {
      [runs]: group.name,
      [reward]: end("mean_reward").toFixed(2),
      [kl]: end("kl").toFixed(2),
      [gold]: last(mean).toFixed(1),
      [range]: say({ en: `${lowest} to ${highest}`, zh: `${lowest} 到 ${highest}` }),
    };
  });
  return table<Record<string, string>>(rows, [runs, reward, kl, gold, range]);
}

/** The columns of `sweepEnds`. */
const ENDS: readonly Text[] = [
  { en: "runs", zh: "训练" },
  MEAN_REWARD,
  { en: "KL (nats)", zh: "KL（纳特）" },
  { en: "gold (%)", zh: "标准裁判（%）" },
  { en: "gold, min to max", zh: "标准裁判，最小到最大" },
];

/** The settings in which runs differ, as a table: for example what `faithful` changes. */
export function settingDifferences(runs: { readonly [name: string]: Settings }): Table {
  const rows = differingNames(Object.values(runs)).map((setting) => {
    const values = Object.entries(runs).map(([run, settings]) => {
      const value = valueOf(settings, setting);
      return [run, typeof value === "boolean" ? String(value) : value]; // as one types it
    });
    return { setting, ...Object.fromEntries(values) };
  });
  return table<Record<string, unknown>>(rows, ["setting", ...Object.keys(runs)]);
}
