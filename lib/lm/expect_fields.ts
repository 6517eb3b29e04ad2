/** Checks of what a file holds, with errors that name the file. */
import type { JsonRecord } from "../files/mod.ts";

/**
 * Fails with `Cannot use <what>: <reason>` unless a condition holds.
 *
 * @throws {Error} Of the given kind.
 */
export function requireUsable(
  holds: boolean,
  what: string,
  reason: string,
  Kind: new (message: string) => Error = RangeError,
): asserts holds {
  if (!holds) throw new Kind(`Cannot use ${what}: ${reason}`);
}

/** The supported values of each field; a field that is absent has the first one. */
export type Supported = { readonly [field: string]: readonly unknown[] };

/** Fails unless each field has one of its supported values. */
export function expectFields(record: JsonRecord, path: string, supported: Supported): void {
  for (const [field, values] of Object.entries(supported)) {
    const value = record[field] ?? values[0];
    const only = values.map((one) => JSON.stringify(one)).join(" or ");
    const reason = `${field} is ${shown(value)}, and only ${only} is supported`;
    requireUsable(values.includes(value), path, reason);
  }
}

/** The beginning of a value, as JSON. */
export const shown = (value: unknown): string => `${JSON.stringify(value)?.slice(0, 60)}`;
