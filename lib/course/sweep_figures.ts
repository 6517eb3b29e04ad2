/** What a sweep shows: curves of each point, the mean of its seeds with the range they span. */
import { curveGrid, type Figure, type Metric, type Run } from "../plots/mod.ts";
import { pathOf } from "./embedded.ts";
import { type SweepRow, type Trial, trialName } from "./sweep.ts";

/** Where the runs that chapter 06 draws are kept; `notebooks/README.md` says which commands made them. */
export const SWEEP_PATH: string = pathOf("notebooks/06_sweep.jsonl");

/** The columns that are drawn. */
const DRAWN = ["mean_reward", "score", "kl", "gold", "eos_rate"] as const;
type Drawn = typeof DRAWN[number];

/** One update of a point: the mean of its seeds, and the lowest and the highest. */
export type PointRow =
  & {
    readonly [K in Drawn | `${Drawn}_low` | `${Drawn}_high`]?: number;
  }
  & { readonly update: number };

/** A trial without its seed: the trials of one point differ in nothing else. */
export function pointOf({ trial: { seed: _seed, ...point } }: { trial: Trial }): Trial {
  return point;
}

/**
 * The curves of each point, in the order in which the points appear; updates that not every seed has reached are left out.
 *
 * @param named what the legend calls a point; default: its settings
 */
export function overSeeds(
  rows: readonly SweepRow[],
  named: (point: Trial) => string = trialName,
): Run<PointRow>[] {
  return [...Map.groupBy(rows, (row) => named(pointOf(row)))].map(([name, rows]) => {
    const seeds = new Set(rows.map(({ trial }) => trial.seed)).size;
    const updates = [...Map.groupBy(rows, ({ update }) => update)].toSorted(([a], [b]) => a - b);
    const whole = updates.filter(([, rows]) => rows.length === seeds);
    return { name, rows: whole.map(([update, rows]) => pointRow(update, rows)) };
  });
}

function pointRow(update: number, rows: readonly SweepRow[]): PointRow {
  const columns = DRAWN.flatMap((name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== undefined);
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [[name, mean], [`${name}_low`, Math.min(...values)], [`${name}_high`, Math.max(...values)]];
  });
  return { update, ...Object.fromEntries(columns) };
}

const TITLES: Readonly<Record<Drawn, string>> = {
  mean_reward: "mean reward (raw score)",
  score: "score that was paid",
  kl: "KL to the reference (nats an answer)",
  gold: "gold: right questions (%)",
  eos_rate: "share of answers that end",
};

/** A panel of one column, its band the range of the seeds. */
const panel = (y: Drawn, more: Pick<Metric<PointRow>, "runs" | "title"> = {}): Metric<PointRow> => ({
  y,
  title: TITLES[y],
  band: [`${y}_low`, `${y}_high`],
  ...more,
});

/** Rows whose point names these settings and no others. */
export function pointsOf(rows: readonly SweepRow[], ...names: readonly (keyof Trial)[]): SweepRow[] {
  return rows.filter((row) => Object.keys(pointOf(row)).toSorted().join() === names.toSorted().join());
}

const COMMITTED = "kl_coef 0.05, lam 0.95 (as committed)";

/** The committed point under its own name, every other by its settings. */
const named = (point: Trial): string => isCommitted(point) ? COMMITTED : trialName(point);

const isCommitted = (point: Trial): boolean => JSON.stringify(point) === '{"kl_coef":0.05}';

/** A sweep of `kl_coef` above, one of `lam` below; the committed point is in both. */
export function sweepFigure(rows: readonly SweepRow[]): Figure {
  const byKl = overSeeds(pointsOf(rows, "kl_coef"), named), byLam = overSeeds(pointsOf(rows, "lam"), named);
  const [kl, lam] = [byKl.map(({ name }) => name), [COMMITTED, ...byLam.map(({ name }) => name)]];
  const columns = ["mean_reward", "kl", "gold"] as const;
  const panels = [
    ...columns.map((y) => panel(y, { runs: kl, title: `kl_coef: ${TITLES[y]}` })),
    ...columns.map((y) => panel(y, { runs: lam, title: `lam: ${TITLES[y]}` })),
  ];
  const title = "The price on KL, and lambda: mean and range of three seeds";
  return curveGrid([...byKl, ...byLam], panels, { x: "update", xTitle: "update", title });
}

/** The committed settings beside others: reward, pay, KL and gold. */
export function besideCommitted(
  rows: readonly SweepRow[],
  others: readonly SweepRow[],
  { title }: { title: string },
): Figure {
  const committed = pointsOf(rows, "kl_coef").filter((row) => isCommitted(pointOf(row)));
  return curveGrid(
    overSeeds([...committed, ...others], named),
    [panel("mean_reward"), panel("score"), panel("kl"), panel("gold")],
    { x: "update", xTitle: "update", title, columns: 2 },
  );
}

/** The reader's own trials over the committed points of the same settings. */
export function ownSweepFigure(rows: readonly SweepRow[], own: readonly SweepRow[]): Figure {
  const committed = overSeeds(pointsOf(rows, "kl_coef"), named);
  const yours = overSeeds(own, ({ kl_coef, lam }) => `yours: ${trialName(onlyGiven({ kl_coef, lam }))}`);
  return curveGrid([...committed, ...yours], [panel("mean_reward"), panel("kl")], {
    x: "update",
    xTitle: "update",
    title: "Your sweep beside the committed one",
  });
}

function onlyGiven(point: { readonly [name: string]: number | undefined }): Trial {
  return Object.fromEntries(Object.entries(point).filter(([, value]) => value !== undefined));
}
