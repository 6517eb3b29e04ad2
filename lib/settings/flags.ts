/**
 * Command-line flags from a table of settings: `--lam 0.9`, `--lam=0.9`, `--faithful`, or
 * PPO_LAM=0.9 in the environment.
 *
 * A flag takes precedence over the environment. `node:util` splits the arguments.
 */
import { parseArgs } from "node:util";
import { afterHan, say } from "../text/mod.ts";
import { type Environment, fromEnvironment, ignoredVariables } from "./environment.ts";
import type { HelpLevel } from "./help_text.ts";
import { hintFor } from "./nearest_name.ts";
import {
  defaultsOf,
  parseValue,
  readValue,
  type SettingSpec,
  type SettingTable,
  type SettingValues,
  wanted,
} from "./setting_spec.ts";

/** The settings given to a command. */
export interface Flags<Table extends SettingTable> {
  /** Only the settings that were given, by flag or environment. */
  given: Partial<SettingValues<Table>>;
  /** The same settings with the defaults of all others. */
  values: SettingValues<Table>;
  /** Arguments that are not flags. */
  names: string[];
  /** Which help was requested, if any. If it was, print `helpText` and exit. */
  help: HelpLevel | undefined;
  /** A sentence about variables that look like settings but lack the prefix. */
  note: string | undefined;
}

/** Options for reading arguments. */
export interface ParseOptions {
  /** The arguments after the command, `Deno.args`. */
  readonly args?: readonly string[];
  /** The environment, in which a setting has its name in capitals after `PPO_`. */
  readonly environment?: Environment;
  /** Whether to accept arguments that are not flags (default: they are rejected). */
  readonly takesNames?: boolean | undefined;
}

/** A flag as written: its row, and the text after it if there is one. */
interface Written {
  name: string;
  spec: SettingSpec;
  text: string | undefined;
}

function tokenize(args: string[], table: SettingTable) {
  const typeOf = (spec: SettingSpec) => "bool" in spec ? "boolean" as const : "string" as const;
  const options = Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, { type: typeOf(spec) }]),
  );
  return parseArgs({ args, options, strict: false, tokens: true }).tokens;
}

type Token = ReturnType<typeof tokenize>[number];

type OptionToken = Extract<Token, { kind: "option" }>;

function writtenFlag(token: OptionToken, args: string[], table: SettingTable): Written {
  const { name, value: text } = token;
  const spec = Object.hasOwn(table, name) ? table[name] : undefined;
  if (spec === undefined) {
    const [written] = args[token.index].split("="); // also -seed, which is no group of letters here
    const options = { known: Object.keys(table), shown: (near: string) => `--${near}` };
    const hint = hintFor(written.replace(/^-+/, ""), options) ??
      say({ en: "--help lists the flags", zh: "--help 列出所有参数" });
    throw new RangeError(say({
      en: `Cannot use ${written}: there is no such flag; ${hint}`,
      zh: `不能使用 ${written}：没有这个参数；${hint}`,
    }));
  }
  const isNextFlag = token.inlineValue === false && token.value.startsWith("--");
  if (isNextFlag || (!("bool" in spec) && text === undefined)) {
    throw new RangeError(say({
      en: `Cannot use --${name} alone: it needs a value, ${wanted(spec)}`,
      zh: `不能单独使用 --${name}：后面需要一个值，应为${afterHan(wanted(spec))}`,
    }));
  }
  return { name, spec, text };
}

/**
 * Whether the argument after a switch belongs to it: `--do_sample false`, but not the name in
 * `--write 06_ppo`.
 */
function takesValue(flag: Written | undefined, text: string, takesNames: boolean): flag is Written {
  return flag !== undefined && "bool" in flag.spec && flag.text === undefined &&
    (!takesNames || parseValue(flag.spec, text) !== undefined);
}

/** A flag with its value, as it is shown in an error. */
const written = (name: string, text: string): string =>
  say({ en: `--${name} ${text || '""'}`, zh: ` --${name} ${text || '""'}` });

const unexpected = (text: string): RangeError =>
  new RangeError(say({
    en: `Cannot use "${text}": only flags such as --help are expected`,
    zh: `不能使用“${text}”：这里只接受 --help 这样的参数`,
  }));

function fromArguments(args: string[], table: SettingTable, takesNames: boolean) {
  const [flags, names]: [Written[], string[]] = [[], []];
  for (const token of tokenize(args, table)) {
    const text = args[token.index];
    const previous = flags.at(-1);
    if (token.kind === "option") flags.push(writtenFlag(token, args, table));
    else if (takesValue(previous, text, takesNames)) previous.text = text;
    else if (takesNames && token.kind === "positional") names.push(text);
    else throw unexpected(text);
  }
  const given = Object.fromEntries(flags.map(({ name, spec, text }) => [
    name,
    text === undefined ? true : readValue(spec, text, written(name, text)),
  ]));
  return { given, names };
}

function helpLevel(args: readonly string[]): HelpLevel | undefined {
  if (args.includes("--advanced")) return "advanced";
  return args.includes("--help") || args.includes("-h") ? "common" : undefined;
}

/**
 * Reads flags and environment against a table.
 *
 * @throws {RangeError} For a flag or a `PPO_` variable that does not exist (with the nearest one),
 * or a value outside its range.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { parseFlags, SETTINGS } from "ppo/settings/mod.ts";
 * const environment = { PPO_KL_COEF: "0.1" };
 * const { given } = parseFlags(SETTINGS, { args: ["--lam", "0.9"], environment });
 * equal(JSON.stringify(given), '{"kl_coef":0.1,"lam":0.9}');
 * ```
 */
export function parseFlags<Table extends SettingTable>(
  table: Table,
  { args = [], environment = {}, takesNames = false }: ParseOptions = {},
): Flags<Table> {
  const help = helpLevel(args);
  const isAsked = help !== undefined; // then nothing else is read
  const written = fromArguments(isAsked ? [] : [...args], table, takesNames);
  const read = isAsked ? {} : fromEnvironment(environment, table);
  // The one cast: every value was checked against its row, which the compiler cannot see.
  const given = { ...read, ...written.given } as Partial<SettingValues<Table>>;
  const values = { ...defaultsOf(table), ...given };
  return { given, values, names: written.names, help, note: ignoredVariables(environment, table) };
}
