/** Reads the flags of a command, prints its help text, and notes the variables that are ignored. */
import {
  type Flags,
  type HelpOptions,
  helpText,
  LANGUAGE_FLAG,
  parseFlags,
  type ParseOptions,
  type SettingTable,
} from "../lib/settings/mod.ts";
import type { Terminal } from "./command.ts";
import { grantedVariable, languageArguments } from "./command_language.ts";
import { withUserPaths } from "./user_paths.ts";

/**
 * Checks the language that was asked for.
 *
 * @throws {RangeError} For a language that does not exist.
 */
export function requireLanguage(args: readonly string[]): void {
  const environment = { PPO_LANG: grantedVariable("PPO_LANG") };
  parseFlags(LANGUAGE_FLAG, { args: languageArguments(args).own, environment });
}

/**
 * Reads a command's flags and its environment; relative paths in them count from the folder where
 * the user stands. With `--help` it prints the help text and returns undefined. Every command also
 * takes `--lang`, which `runCommand` has followed already; `notebooks` has a row of its own for it.
 *
 * @throws {RangeError} For an unknown flag or a value out of range.
 */
export function readFlags<Table extends SettingTable>(
  table: Table,
  about: HelpOptions & Pick<ParseOptions, "takesNames">,
  { args, terminal }: { args: readonly string[]; terminal: Terminal },
): Flags<Table> | undefined {
  const environment = about.usesEnvironment === false ? {} : Deno.env.toObject();
  const choosesEditions = Object.hasOwn(table, "lang");
  const others = choosesEditions ? args : languageArguments(args).others;
  const flags = parseFlags(table, { args: others, environment, takesNames: about.takesNames });
  if (flags.help !== undefined) {
    const all = choosesEditions ? table : { ...table, ...LANGUAGE_FLAG };
    return void terminal.print(helpText(all, about, flags.help));
  }
  if (!choosesEditions) requireLanguage(args);
  if (flags.note !== undefined) console.error(flags.note);
  const given = withUserPaths(flags.given);
  return { ...flags, given, values: { ...flags.values, ...given } };
}
