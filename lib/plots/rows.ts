/**
 * Reading columns of numbers out of plain rows, which may be any record: metrics of a trainer,
 * lines of a file.
 */

import { say } from "../text/mod.ts";

/** A column's name, checked by the compiler against the rows. */
export type Key<R> = keyof R & string;

/**
 * The numbers of one column. A number that is missing or not finite becomes null, which leaves a
 * gap.
 *
 * @throws {RangeError} if there are rows and none has the column (a notebook has no compiler to
 *   notice it).
 */
export function column<R extends object>(rows: readonly R[], name: Key<R>): (number | null)[] {
  if (rows.length > 0 && !rows.some((row) => name in row)) {
    const known = [...new Set(rows.flatMap((row) => Object.keys(row)))].join(", ");
    throw new RangeError(`Cannot plot "${name}": the rows have ${known}`);
  }
  return rows.map((row) => {
    const value = row[name];
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  });
}

/**
 * The values of the horizontal axis: the named column, else `update` where the rows have it, else
 * 1, 2, 3 ...
 */
export function xColumn<R extends object>(
  rows: readonly R[],
  name: Key<R> | undefined,
): { name: string; of: (part: readonly R[]) => (number | null)[] } {
  if (name !== undefined) return { name, of: (part) => column(part, name) };
  const hasUpdates = rows.length > 0 && rows.every((row) => "update" in row);
  const updateOf = (row: R) =>
    "update" in row && typeof row.update === "number" ? row.update : null;
  return {
    name: "update",
    of: (part) => part.map((row, index) => hasUpdates ? updateOf(row) : index + 1),
  };
}

/**
 * Axis settings for counts: without them plotly marks 1, 1.5, 2 although there is no half of an
 * update.
 */
export function countTicks(values: readonly (number | null)[]): { dtick?: number } {
  const counts = values.filter((value) => value !== null);
  const whole = counts.length > 0 && counts.every(Number.isInteger);
  return whole && Math.max(...counts) - Math.min(...counts) < 8 ? { dtick: 1 } : {};
}

/** A number with three significant digits, for texts. */
export const short = (value: number): string =>
  Number.isFinite(value)
    ? String(Number(value.toPrecision(3)))
    : say({ en: "missing", zh: "缺失" });
