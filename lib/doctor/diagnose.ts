/** Which causes a log shows, the likeliest first, and the report of them. */
import { listed, say, titled, type Words } from "../text/mod.ts";
import type { Cause } from "./cause.ts";
import { CAUSES } from "./causes.ts";
import { learningRateTooHigh, notFinite } from "./causes_in_settings.ts";
import type { RunRow } from "./metric_columns.ts";

/** A cause that a log shows. */
export interface Finding {
  /** The cause. */
  readonly cause: Cause;
  /** The row in which it shows first, counted from 1. */
  readonly row: number;
  /** The number of rows in which it shows. */
  readonly count: number;
  /** The evidence in the last of them. */
  readonly evidence: string;
}

/** Why a run of this project ended, as its `divergence.json` says. */
export interface Divergence {
  /** What was not finite. */
  readonly found: Words;
  /** Whether steps that were too large are the likely cause. */
  readonly fromSteps: boolean;
}

/**
 * The causes that the rows show, the likeliest first. One that shows earlier is likelier to have
 * caused the others, so findings are in the order of their first row, and within a row in the order
 * of `CAUSES`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { diagnose } from "ppo/doctor/mod.ts";
 * deepEqual(diagnose([{ eos_rate: 0.99, approx_kl: 0.02 }]), []);
 * const [{ row, evidence }] = diagnose([{ eos_rate: 0.99 }, { eos_rate: 0.1 }]);
 * deepEqual([row, evidence], [2, "only 10 % of the answers end with the end token (eos_rate)"]);
 * ```
 */
export function diagnose(rows: readonly RunRow[]): Finding[] {
  return CAUSES.flatMap((cause): Finding[] => {
    const found = rows.flatMap((row, index) => {
      const evidence = cause.evidence(row, rows.slice(0, index + 1));
      return evidence ? [{ row: index + 1, evidence }] : [];
    });
    const isOver = cause.isOver?.(rows) ?? false;
    if (found.length === 0 || isOver) return [];
    const { evidence } = found[found.length - 1];
    return [{ cause, count: found.length, row: found[0].row, evidence }];
  }).toSorted((a, b) => a.row - b.row); // a stable sort keeps the order of CAUSES
}

/**
 * The report in lines: each cause with its evidence, the settings that matter, and advice.
 *
 * @param options.settings the settings of the run, if they are known
 * @param options.divergence why it ended, if it diverged
 */
export function report(
  findings: readonly Finding[],
  { rows, settings = {}, divergence }: {
    rows: readonly RunRow[];
    settings?: Readonly<Record<string, unknown>>;
    divergence?: Divergence | undefined;
  },
): string[] {
  const entries = findings.map(({ cause, row, count, evidence }) => ({
    cause,
    evidence: say({
      en: `${evidence}; it shows in ${count} of ${rows.length} rows, first in row ${row}`,
      zh: `${evidence}；${rows.length} 行中有 ${count} 行如此，首次出现在第 ${row} 行`,
    }),
  }));
  const end = divergence && { cause: causeOf(divergence), evidence: say(divergence.found) };
  const isShown = entries.some(({ cause }) => cause === end?.cause);
  const all = end === undefined || isShown ? entries : [end, ...entries];
  if (all.length === 0) return [nothingUnusual(rows.length)];
  return all.flatMap(({ cause, evidence }, index) => {
    const own = cause.settings.filter((name) => Object.hasOwn(settings, name))
      .map((name) => `${name} ${settings[name]}`);
    return [
      `${index + 1}. ${say(cause.name)}`,
      `   ${titled(say({ en: "evidence", zh: "依据" }), evidence)}`,
      ...(own.length > 0 ? [`   ${titled(say({ en: "settings", zh: "设置" }), listed(own))}`] : []),
      `   ${titled(say({ en: "advice", zh: "建议" }), say(cause.advice))}`,
    ];
  });
}

const nothingUnusual = (rows: number): string =>
  say({ en: `nothing unusual in ${rows} rows`, zh: `${rows} 行中没有异常` });

const causeOf = ({ fromSteps }: Divergence): Cause => fromSteps ? learningRateTooHigh : notFinite;
