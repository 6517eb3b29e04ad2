/** A cause of an unhealthy run, and how it shows in a log. */
import type { Text } from "../text/mod.ts";
import type { RunRow } from "./metric_columns.ts";

/** A cause, and how to recognise it. */
export interface Cause {
  /** The cause as a sentence without its full stop. */
  readonly name: Text;
  /** What to do about it. */
  readonly advice: Text;
  /** The settings of this project that matter, to be shown with their values. */
  readonly settings: readonly string[];
  /** The evidence in a row, or a false value. `rows` are all rows up to this one. */
  readonly evidence: (row: RunRow, rows: readonly RunRow[]) => string | undefined | false;
  /** Whether later rows are healthy again, so that earlier ones do not count (default: never). */
  readonly isOver?: (rows: readonly RunRow[]) => boolean;
}
