/**
 * One row of a table of settings: its kind, default, range and help text, and the check of a value
 * against it.
 *
 * Tables are plain data. The command line, its help text and the settings of a notebook are made
 * from the same rows.
 */

/** The properties of every row. */
export interface SettingRow<Kind extends string, Value> extends RowOptions {
  /** The kind of value. */
  kind: Kind;
  /** The default value. */
  default: Value;
  /** One phrase for the help text. */
  help: string;
}

/** The optional properties of a row. */
export interface RowOptions {
  /** Only `--help --advanced` lists an advanced setting. */
  level?: "advanced" | undefined;
}

/** The range of a number: `min` and `max` belong to it, `above` does not. */
export interface NumberRange {
  /** The smallest value allowed. */
  min?: number;
  /** The largest value allowed. */
  max?: number;
  /** Every value must be larger than this. */
  above?: number;
}

/** The form of a text. */
export interface TextForm {
  /** The pattern that the text must match. */
  pattern?: RegExp;
  /** `pattern` in words, for messages. */
  form?: string;
}

/** A setting that is a number. */
export interface NumberSpec extends SettingRow<"number" | "integer", number>, NumberRange {}

/** A setting that is text. */
export interface TextSpec extends SettingRow<"text", string>, TextForm {}

/** One row of a table of settings. */
export type SettingSpec = NumberSpec | TextSpec | SettingRow<"boolean", boolean>;

/** A table of settings by name. */
export type SettingTable = { [name: string]: SettingSpec };

/** The type of a table's values. */
export type SettingValues<Table extends SettingTable> = {
  [Name in keyof Table]: Table[Name]["default"];
};

/** A row for a finite number. */
export const number = (
  value: number,
  help: string,
  options: NumberRange & RowOptions = {},
): NumberSpec => ({ kind: "number", default: value, help, ...options });

/** A row for a whole number. */
export const integer = (
  value: number,
  help: string,
  options: NumberRange & RowOptions = {},
): NumberSpec => ({ kind: "integer", default: value, help, ...options });

/** A row for text. */
export const text = (
  value: string,
  help: string,
  options: TextForm & RowOptions = {},
): TextSpec => ({ kind: "text", default: value, help, ...options });

/** A row for one of several words, the first of which is the default. */
export const choice = (
  words: readonly string[],
  help: string,
  options: RowOptions = {},
): TextSpec =>
  text(words[0], help, {
    pattern: new RegExp(`^(${words.join("|")})$`),
    form: `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
    ...options,
  });

/** A row for a switch. */
export const boolean = (
  value: boolean,
  help: string,
  options: RowOptions = {},
): SettingRow<"boolean", boolean> => ({ kind: "boolean", default: value, help, ...options });

/** The row of a value. */
export type SpecOf<Value> = Value extends boolean ? SettingRow<"boolean", boolean>
  : Value extends number ? NumberSpec
  : TextSpec;

/** A table with one row for each of `Values`; the explicit type of a table that other packages may import. */
export type TableOf<Values> = { [Name in keyof Values]: SpecOf<Values[Name]> };

/** The default of every row. */
export const defaultsOf = <Table extends SettingTable>(table: Table): SettingValues<Table> =>
  // The only cast, because Object.fromEntries loses the types of the names.
  Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, spec.default]),
  ) as SettingValues<Table>;

/** The range of a row in words, such as `from 0 to 1`, or "" if there is none. */
export function rangeOf({ above, min, max }: NumberRange): string {
  if (above !== undefined) return `above ${above}${max === undefined ? "" : `, at most ${max}`}`;
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (min !== undefined) return `of at least ${min}`;
  return max === undefined ? "" : `of at most ${max}`;
}

/** The values that a row allows, in words, such as `a number from 0 to 1`. */
export function wanted(spec: SettingSpec): string {
  if (spec.kind === "boolean") return "true or false";
  if (spec.kind === "text") return spec.form ?? "text";
  return `${spec.kind === "integer" ? "a whole number" : "a number"} ${rangeOf(spec)}`.trimEnd();
}

/** Whether a value is of the kind and in the range of its row. */
export function isAllowed(spec: SettingSpec, value: unknown): boolean {
  if (spec.kind === "boolean") return typeof value === "boolean";
  if (spec.kind === "text") return typeof value === "string" && (spec.pattern?.test(value) ?? true);
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  const { above = -Infinity, min = -Infinity, max = Infinity } = spec;
  const inRange = value > above && value >= min && value <= max;
  return inRange && (spec.kind === "number" || Number.isSafeInteger(value));
}
