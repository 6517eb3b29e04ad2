/**
 * One row of a table of settings: its kind, default, range and help; and the check of one value against its row.
 *
 * Tables are plain data, so that the same rows make the command line, its help text and a notebook's settings.
 */

/** What every row has. */
export interface SettingRow<Kind extends string, Value> {
  /** What sort of value it is. */
  kind: Kind;
  /** Its value when none is given. */
  default: Value;
  /** One phrase for people. */
  help: string;
}

/** A setting that is a number: `min` and `max` are allowed, `above` is not. */
export interface NumberSpec extends SettingRow<"number" | "integer", number> {
  /** The least allowed. */
  min?: number;
  /** The most allowed. */
  max?: number;
  /** Every value must exceed it. */
  above?: number;
}

/** A setting that is text: of the form `pattern` if there is one, which `form` says in words. */
export interface TextSpec extends SettingRow<"text", string> {
  /** What the text must match. */
  pattern?: RegExp;
  /** `pattern` in words, for messages. */
  form?: string;
}

/** One row of a table of settings. */
export type SettingSpec = NumberSpec | TextSpec | SettingRow<"boolean", boolean>;

/** A table of settings by name. */
export type SettingTable = { [name: string]: SettingSpec };

/** The values that belong to a table. */
export type SettingValues<Table extends SettingTable> = {
  [Name in keyof Table]: KindValues[Table[Name]["kind"]];
};

/** The values of a setting by its kind. */
export interface KindValues {
  /** Any finite number. */
  number: number;
  /** A safe whole number. */
  integer: number;
  /** Text. */
  text: string;
  /** A switch. */
  boolean: boolean;
}

/** What a row allows, in words: `a number from 0 to 1`. */
export function wanted(spec: SettingSpec): string {
  if (spec.kind === "boolean") return "true or false";
  if (spec.kind === "text") return spec.form ?? "text";
  const noun = spec.kind === "integer" ? "a whole number" : "a number";
  const { above, min, max } = spec;
  if (above !== undefined) {
    return `${noun} above ${above}${max === undefined ? "" : `, at most ${max}`}`;
  }
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
  if (min !== undefined) return `${noun} of at least ${min}`;
  return max === undefined ? noun : `${noun} of at most ${max}`;
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

/** How many letters must be added, dropped or changed to make one word the other (Levenshtein). */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...right].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** How far a mistyped name is from a known one; the beginning of a name, or a name and more, is nearly right. */
function distanceOf(name: string, candidate: string): number {
  const [left, right] = [name.toLowerCase().replaceAll("-", "_"), candidate.toLowerCase()];
  const begins = left.length > 1 && (left.startsWith(right) || right.startsWith(left));
  return begins ? Math.min(1, editDistance(left, right)) : editDistance(left, right);
}

/** The known name that looks most like `name`, if one is near enough to be meant. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = distanceOf(name, candidate);
    if (distance < (best?.distance ?? Infinity)) best = { candidate, distance };
  }
  const limit = Math.max(2, Math.floor(name.length / 3));
  return best !== undefined && best.distance <= limit ? best.candidate : undefined;
}
