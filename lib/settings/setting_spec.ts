/**
 * One row of a table of settings: its kind with the default, its range and its help text, and the
 * check of a value against it.
 *
 * Tables are plain data. The command line, its help text and the settings of a notebook are made
 * from the same rows.
 */
import { afterHan, say } from "../text/mod.ts";
import { helpPhrase } from "./help_phrases.ts";

/** The value of one setting. */
export type Value = number | string | boolean;

/** The range of a number: `min` and `max` belong to it, `above` does not. */
export interface NumberRange {
  /** The smallest value allowed. */
  readonly min?: number;
  /** The largest value allowed. */
  readonly max?: number;
  /** Every value must be larger than this. */
  readonly above?: number;
}

/**
 * One row of a table of settings. The key of the default is the kind of value, and the default of a
 * `choice` is its first word. A text must match `pattern`, which `form` puts into words for
 * messages. The help text is one phrase, and only `--help --advanced` lists an `advanced` setting.
 */
export type SettingSpec =
  & ({ readonly help: string } | { readonly advanced: string })
  & (
    | { readonly bool: boolean }
    | { readonly text: string; readonly pattern?: RegExp; readonly form?: string }
    | { readonly choice: readonly string[] }
    | ({ readonly int: number } | { readonly float: number }) & NumberRange
  );

/** A table of settings by name. */
export type SettingTable = { readonly [name: string]: SettingSpec };

/** The type of a table's values. */
export type SettingValues<Table extends SettingTable> = {
  -readonly [Name in keyof Table]: Table[Name] extends { bool: boolean } ? boolean
    : Table[Name] extends { int: number } | { float: number } ? number
    : string;
};

/** The default of a row. */
export function defaultOf(spec: SettingSpec): Value {
  if ("bool" in spec) return spec.bool;
  if ("text" in spec) return spec.text;
  if ("choice" in spec) return spec.choice[0];
  return "int" in spec ? spec.int : spec.float;
}

/** The default of every row. */
export const defaultsOf = <Table extends SettingTable>(table: Table): SettingValues<Table> =>
  // The only cast, because Object.fromEntries loses the types of the names.
  Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, defaultOf(spec)]),
  ) as SettingValues<Table>;

/** The range of a row in words, such as `from 0 to 1`, or "" if there is none. */
export function rangeOf({ above, min, max }: NumberRange): string {
  if (above !== undefined) {
    return max === undefined
      ? say({ en: `above ${above}`, zh: `大于 ${above}` })
      : say({ en: `above ${above}, at most ${max}`, zh: `大于 ${above} 且不大于 ${max}` });
  }
  if (min !== undefined && max !== undefined) {
    return say({ en: `from ${min} to ${max}`, zh: `${min} 到 ${max} 之间` });
  }
  if (min !== undefined) return say({ en: `of at least ${min}`, zh: `不小于 ${min}` });
  return max === undefined ? "" : say({ en: `of at most ${max}`, zh: `不大于 ${max}` });
}

/** The values that a row allows, in words, such as `a number from 0 to 1`. */
export function wanted(spec: SettingSpec): string {
  if ("bool" in spec) return say({ en: "true or false", zh: "true 或 false" });
  if ("text" in spec) return helpPhrase(spec.form ?? "text");
  if ("choice" in spec) {
    const [others, last] = [spec.choice.slice(0, -1), spec.choice.at(-1)];
    return say({ en: `${others.join(", ")} or ${last}`, zh: `${others.join("、")} 或 ${last}` });
  }
  const range = rangeOf(spec);
  const kind = "int" in spec
    ? { en: "a whole number", zh: "整数" }
    : { en: "a number", zh: range === "" ? "数字" : "数" };
  return say({
    en: `${kind.en} ${range}`.trimEnd(),
    zh: range === "" ? kind.zh : `${range}${range.endsWith("间") ? "" : " "}的${kind.zh}`,
  });
}

/** Whether a value is of the kind and in the range of its row. */
export function isAllowed(spec: SettingSpec, value: unknown): boolean {
  if ("bool" in spec) return typeof value === "boolean";
  if ("text" in spec) return typeof value === "string" && (spec.pattern?.test(value) ?? true);
  if ("choice" in spec) return spec.choice.some((word) => word === value);
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  const { above = -Infinity, min = -Infinity, max = Infinity } = spec;
  const inRange = value > above && value >= min && value <= max;
  return inRange && ("float" in spec || Number.isSafeInteger(value));
}

const TRUE = ["true", "1", "yes", "on"];
const FALSE = ["false", "0", "no", "off"];

/** Parses a text, or returns undefined if it is not a value of this kind. */
export function parseValue(spec: SettingSpec, text: string): Value | undefined {
  if ("text" in spec || "choice" in spec) return text;
  const word = text.trim().toLowerCase();
  if ("bool" in spec) {
    return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
  }
  return word === "" ? undefined : Number(word);
}

/**
 * Parses and checks a text. `origin` is the flag or the variable as the user wrote it.
 *
 * @throws {RangeError} If the row does not allow it.
 */
export function readValue(spec: SettingSpec, text: string, origin: string): Value {
  const value = parseValue(spec, text);
  if (value === undefined || !isAllowed(spec, value)) {
    throw new RangeError(say({
      en: `Cannot use ${origin}: it must be ${wanted(spec)}`,
      zh: `不能使用${origin}：取值应为${afterHan(wanted(spec))}`,
    }));
  }
  return value;
}
