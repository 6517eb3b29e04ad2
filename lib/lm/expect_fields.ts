/** Checks of the fields of a parsed JSON file, with errors that name the file and the field. */
import type { JsonRecord } from "../files/mod.ts";

/** The supported values of each field; a field that is absent has the first one. */
export type Supported = { readonly [field: string]: readonly unknown[] };

/** Fails unless each field has one of its supported values. */
export function expectFields(record: JsonRecord, path: string, supported: Supported): void {
  for (const [field, values] of Object.entries(supported)) {
    const value = record[field] ?? values[0];
    if (values.includes(value)) continue;
    const only = values.map((one) => JSON.stringify(one)).join(" or ");
    throw new RangeError(unusable(path, field, value, `only ${only} is supported`));
  }
}

/** The message about a field whose value cannot be used. */
export const unusable = (path: string, field: string, value: unknown, wanted: string): string =>
  `Cannot use ${path}: ${field} is ${shown(value)}, and ${wanted}`;

/** The beginning of a value, as JSON. */
export const shown = (value: unknown): string => `${JSON.stringify(value)?.slice(0, 60)}`;
