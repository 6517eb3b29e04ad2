/** Reading columns of numbers out of plain rows, which may be any record: metrics of a trainer, lines of a file. */

/** A column's name, checked by the compiler against the rows. */
export type Key<R> = keyof R & string;

/**
 * The numbers of one column; what is missing, or not finite, is null (a gap).
 *
 * @throws {RangeError} when there are rows and none has the column (a notebook has no compiler to say so).
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

/** What runs along the bottom: the named column, else `update` where the rows have it, else 1, 2, 3 ... */
export function xColumn<R extends object>(
  rows: readonly R[],
  name: Key<R> | undefined,
): { name: string; of: (part: readonly R[]) => (number | null)[] } {
  if (name !== undefined) return { name, of: (part) => column(part, name) };
  const numbered = (part: readonly R[]) => part.map((_, index) => index + 1);
  if (rows.length === 0 || !rows.every((row) => "update" in row)) {
    return { name: "update", of: numbered };
  }
  return {
    name: "update",
    of: (part) =>
      part.map((row) => "update" in row && typeof row.update === "number" ? row.update : null),
  };
}

/** Axis settings for counts: without them plotly marks 1, 1.5, 2 where there is no half of an update. */
export function countTicks(values: readonly (number | null)[]): { dtick?: number } {
  const counts = values.filter((value) => value !== null);
  const whole = counts.length > 0 && counts.every(Number.isInteger);
  return whole && Math.max(...counts) - Math.min(...counts) < 8 ? { dtick: 1 } : {};
}
