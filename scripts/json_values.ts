/**
 * Values of a parsed JSON object, checked: an error names the file, the key, what was found and
 * what is wanted.
 */
import { isRecord, type JsonRecord } from "../lib/files/mod.ts";
import { say, type Text } from "../lib/text/mod.ts";

const shown = (value: unknown): string =>
  value === undefined
    ? say({ en: "missing", zh: "缺失" })
    : (JSON.stringify(value) ?? String(value)).slice(0, 40);

/** Reads a value of one kind. */
const reader =
  <T>(wanted: Text, isWanted: (value: unknown) => value is T) =>
  (record: JsonRecord, key: string, where: string): T => {
    const value = record[key];
    if (isWanted(value)) return value;
    throw new TypeError(say({
      en: `Cannot read ${where}: "${key}" is ${shown(value)}, wanted ${wanted.en}`,
      zh: `无法读取 ${where}：“${key}”为 ${shown(value)}，应为${wanted.zh}`,
    }));
  };

/** An object. */
export const recordIn = reader({ en: "an object", zh: "对象" }, isRecord);
/** True or false. */
export const switchIn = reader(
  { en: "true or false", zh: " true 或 false" },
  (value) => typeof value === "boolean",
);
/** Text. */
export const textIn = reader({ en: "text", zh: "文本" }, (value) => typeof value === "string");

const listIn = reader({ en: "a list of numbers", zh: "数的列表" }, (value) => Array.isArray(value));
const finiteIn = reader({ en: "a number", zh: "数" }, (value) => typeof value === "number");

/** A number; null, which JSON writes for NaN and infinities, is NaN. */
export const numberIn = (record: JsonRecord, key: string, where: string): number =>
  record[key] === null ? NaN : finiteIn(record, key, where);

/** Several numbers. */
export const numbersIn = <Key extends string>(
  record: JsonRecord,
  keys: readonly Key[],
  where: string,
): Record<Key, number> =>
  // The one cast: the entries are exactly the keys.
  Object.fromEntries(keys.map((key) => [key, numberIn(record, key, where)])) as Record<Key, number>;

/** A list of numbers. */
export const rowIn = (record: JsonRecord, key: string, where: string): number[] =>
  listIn(record, key, where).map((item, index) =>
    numberIn({ [`${key}[${index}]`]: item }, `${key}[${index}]`, where)
  );
