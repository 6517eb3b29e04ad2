/** Reads the value of a setting from text on the command line or in a variable. */
import { isAllowed, type SettingSpec, wanted } from "./setting_spec.ts";

/** The value of one setting. */
export type Value = number | string | boolean;

const TRUE = ["true", "1", "yes", "on"];
const FALSE = ["false", "0", "no", "off"];

/** Parses a text, or returns undefined if it is not a value of this kind. */
export function parseValue(spec: SettingSpec, text: string): Value | undefined {
  if (spec.kind === "text") return text;
  const word = text.trim().toLowerCase();
  if (spec.kind === "boolean") {
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
    throw new RangeError(`Cannot use ${origin}: it must be ${wanted(spec)}`);
  }
  return value;
}
