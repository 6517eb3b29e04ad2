/** Checks of what a file holds, with errors that name the file. */
import type { JsonRecord } from "../files/mod.ts";
import { inBoth, say, type Text, type Words } from "../text/mod.ts";

/**
 * Fails with `Cannot use <what>: <reason>` unless a condition holds.
 *
 * @throws {Error} Of the given kind.
 */
export function requireUsable(
  holds: boolean,
  what: Words,
  reason: Text,
  Kind: new (message: string) => Error = RangeError,
): asserts holds {
  if (holds) return;
  const { en, zh } = inBoth(what);
  throw new Kind(say({
    en: `Cannot use ${en}: ${reason.en}`,
    zh: `不能使用 ${zh}：${reason.zh}`,
  }));
}

/** The supported values of each field; a field that is absent has the first one. */
export type Supported = { readonly [field: string]: readonly unknown[] };

/** Fails unless each field has one of its supported values. */
export function expectFields(record: JsonRecord, path: string, supported: Supported): void {
  for (const [field, values] of Object.entries(supported)) {
    const value = record[field] ?? values[0];
    const only = values.map((one) => JSON.stringify(one));
    requireUsable(values.includes(value), path, {
      en: `${field} is ${shown(value)}, and only ${only.join(" or ")} is supported`,
      zh: `${field} 是 ${shown(value)}，只支持 ${only.join(" 或 ")}`,
    });
  }
}

/** The beginning of a value, as JSON. */
export const shown = (value: unknown): string => `${JSON.stringify(value)?.slice(0, 60)}`;
