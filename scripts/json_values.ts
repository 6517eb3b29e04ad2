/** Values of a parsed JSON object, checked: an error names file, key, what was found and what is wanted. */
import { isRecord, type JsonRecord } from "../lib/files/mod.ts";

const shown = (value: unknown): string =>
  value === undefined ? "missing" : (JSON.stringify(value) ?? String(value)).slice(0, 40);

function refuse(
  record: JsonRecord,
  key: string,
  { where, wanted }: { where: string; wanted: string },
): never {
  throw new TypeError(`Cannot read ${where}: "${key}" is ${shown(record[key])}, wanted ${wanted}`);
}

/** A number; null, as JSON writes what is no number, is NaN. */
export function numberIn(record: JsonRecord, key: string, where: string): number {
  const value = record[key];
  if (value === null) return NaN;
  return typeof value === "number" ? value : refuse(record, key, { where, wanted: "a number" });
}

/** Several numbers. */
export function numbersIn<Key extends string>(
  record: JsonRecord,
  keys: readonly Key[],
  where: string,
): Record<Key, number> {
  // The one cast: the entries are exactly the keys.
  return Object.fromEntries(keys.map((key) => [key, numberIn(record, key, where)])) as Record<
    Key,
    number
  >;
}

/** A list of numbers. */
export function rowIn(record: JsonRecord, key: string, where: string): number[] {
  const value = record[key];
  if (!Array.isArray(value)) return refuse(record, key, { where, wanted: "a list of numbers" });
  return value.map((item, index) =>
    numberIn({ [`${key}[${index}]`]: item }, `${key}[${index}]`, where)
  );
}

/** An object. */
export function recordIn(record: JsonRecord, key: string, where: string): JsonRecord {
  const value = record[key];
  return isRecord(value) ? value : refuse(record, key, { where, wanted: "an object" });
}

/** True or false. */
export function switchIn(record: JsonRecord, key: string, where: string): boolean {
  const value = record[key];
  return typeof value === "boolean"
    ? value
    : refuse(record, key, { where, wanted: "true or false" });
}

/** Text. */
export function textIn(record: JsonRecord, key: string, where: string): string {
  const value = record[key];
  return typeof value === "string" ? value : refuse(record, key, { where, wanted: "text" });
}
