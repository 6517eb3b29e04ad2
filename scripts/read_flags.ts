/** Reads the flags of a command, prints its help text, and notes the variables that are ignored. */
import {
  type Flags,
  type HelpOptions,
  helpText,
  parseFlags,
  type ParseOptions,
  type SettingTable,
} from "../lib/settings/mod.ts";
import type { Terminal } from "./command.ts";
import { withUserPaths } from "./user_paths.ts";

/**
 * Reads a command's flags and its environment; relative paths in them count from the folder where
 * the user stands. With `--help` it prints the help text and returns
 * undefined.
 *
 * @throws {RangeError} For an unknown flag or a value out of range.
 */
export function readFlags<Table extends SettingTable>(
  table: Table,
  about: HelpOptions & Pick<ParseOptions, "takesNames">,
  { args, terminal }: { args: readonly string[]; terminal: Terminal },
): Flags<Table> | undefined {
  const environment = about.usesEnvironment === false ? {} : Deno.env.toObject();
  const flags = parseFlags(table, { args, environment, takesNames: about.takesNames });
  if (flags.help !== undefined) return void terminal.print(helpText(table, about, flags.help));
  if (flags.note !== undefined) console.error(flags.note);
  const given = withUserPaths(flags.given);
  return { ...flags, given, values: { ...flags.values, ...given } };
}
