/** The tables of facts by the name of their kind. */
import { tables } from "./facts/mod.ts";
import type { Table } from "./table.ts";

const byKind = new Map(tables.map((table) => [table.kind, table]));

/**
 * The table of a kind.
 *
 * @throws {RangeError} If there is none.
 */
export function tableOf(kind: string): Table {
  const table = byKind.get(kind);
  if (table !== undefined) return table;
  throw new RangeError(
    `Cannot find the table of "${kind}": known are ${[...byKind.keys()].join(", ")}`,
  );
}
