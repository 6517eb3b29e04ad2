/**
 * Command-line flags from a table of settings: `--lam 0.9`, `--lam=0.9`, `--faithful`, or LAM=0.9 in the environment.
 *
 * A flag wins over the environment. Splitting the arguments is `node:util`'s; this file says what they mean.
 */
import { parseArgs } from "node:util";
import {
  isAllowed,
  nearestName,
  type SettingSpec,
  type SettingTable,
  type SettingValues,
  wanted,
} from "./setting_spec.ts";

/** What a command line said. */
export interface Flags<Table extends SettingTable> {
  /** Only what was given, by flag or environment. */
  given: Partial<SettingValues<Table>>;
  /** The same with every default. */
  values: SettingValues<Table>;
  /** Whether help was asked for: print `helpText` and stop. */
  help: boolean;
}

type Value = number | string | boolean;

const TRUE = ["true", "1", "yes", "on"];
const FALSE = ["false", "0", "no", "off"];

/** The value that a text stands for; undefined if it stands for none of this kind. */
function parseValue(spec: SettingSpec, text: string): Value | undefined {
  if (spec.kind === "text") return text;
  const word = text.trim().toLowerCase();
  if (spec.kind === "boolean") {
    return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
  }
  return word === "" ? undefined : Number(word);
}

/** `origin` is the flag or the variable as the user wrote it: the error's subject. */
function readValue(spec: SettingSpec, text: string, origin: string): Value {
  const value = parseValue(spec, text);
  if (value === undefined || !isAllowed(spec, value)) {
    throw new RangeError(`Cannot use ${origin}: it must be ${wanted(spec)}`);
  }
  return value;
}

function unknownFlag(
  { name, rawName }: { name: string; rawName: string },
  table: SettingTable,
): RangeError {
  const near = nearestName(name, Object.keys(table));
  const hint = near === undefined ? "--help lists the flags" : `did you mean --${near}?`;
  return new RangeError(`Cannot use ${rawName}: there is no such flag; ${hint}`);
}

/** A flag as written: its row, and the text after it if there is one. */
interface Written {
  name: string;
  spec: SettingSpec;
  text: string | undefined;
}

function tokenize(args: string[], table: SettingTable) {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { kind }]) => {
      const type: "boolean" | "string" = kind === "boolean" ? "boolean" : "string";
      return [name, { type }];
    }),
  );
  return parseArgs({ args, options, strict: false, tokens: true }).tokens;
}

function splitArguments(args: string[], table: SettingTable): Written[] {
  const flags: Written[] = [];
  for (const token of tokenize(args, table)) {
    const previous = flags.at(-1);
    if (token.kind === "option") {
      const spec = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
      if (spec === undefined) throw unknownFlag(token, table);
      const swallowed = token.inlineValue === false && token.value.startsWith("--"); // the next flag
      if (swallowed || (spec.kind !== "boolean" && token.value === undefined)) {
        throw new RangeError(`Cannot use --${token.name} alone: it needs a value, ${wanted(spec)}`);
      }
      flags.push({ name: token.name, spec, text: token.value });
    } else if (
      token.kind === "positional" && previous?.spec.kind === "boolean" &&
      previous.text === undefined
    ) {
      previous.text = token.value; // --do_sample false
    } else {
      throw new RangeError(
        `Cannot use "${args[token.index]}": only flags such as --help are expected`,
      );
    }
  }
  return flags;
}

function fromArguments(args: string[], table: SettingTable): { [name: string]: Value } {
  const given: { [name: string]: Value } = {};
  for (const { name, spec, text } of splitArguments(args, table)) {
    given[name] = text === undefined ? true : readValue(spec, text, `--${name} ${text || '""'}`);
  }
  return given;
}

function fromEnvironment(
  environment: { [name: string]: string | undefined },
  table: SettingTable,
): { [name: string]: Value } {
  const given: { [name: string]: Value } = {};
  for (const [name, spec] of Object.entries(table)) {
    const variable = name.toUpperCase();
    const text = environment[variable];
    if (text) given[name] = readValue(spec, text, `${variable}=${text} of the environment`);
  }
  return given;
}

/**
 * Reads flags and environment against a table.
 *
 * @param table the settings that there are
 * @param options.args what follows the command, `Deno.args`
 * @param options.environment variables by name; each setting may come from its name in capitals
 * @throws {RangeError} For a flag that does not exist (with the nearest one) or a value outside its range.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { SETTINGS } from "./settings.ts";
 * const { given } = parseFlags(SETTINGS, { args: ["--lam", "0.9"], environment: { KL_COEF: "0.1" } });
 * equal(JSON.stringify(given), '{"kl_coef":0.1,"lam":0.9}');
 * ```
 */
export function parseFlags<Table extends SettingTable>(
  table: Table,
  { args = [], environment = {} }: {
    args?: string[];
    environment?: { [name: string]: string | undefined };
  } = {},
): Flags<Table> {
  const help = args.includes("--help") || args.includes("-h");
  const given = help
    ? {}
    : { ...fromEnvironment(environment, table), ...fromArguments(args, table) };
  const defaults = Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, spec.default]),
  );
  // The one cast: the loops above checked each value against its row, which the compiler cannot see.
  return { given, values: { ...defaults, ...given }, help } as Flags<Table>;
}

function helpLine(name: string, spec: SettingSpec): string {
  const isObvious = spec.kind === "boolean" || (spec.kind === "text" && spec.form === undefined);
  const text = isObvious ? "" : `; ${wanted(spec)}`;
  return `  --${name.padEnd(30)} ${spec.help} (default ${
    spec.default === "" ? "none" : spec.default
  }${text})`;
}

/** The help text: what the command does, and a line a flag. */
export function helpText(
  table: SettingTable,
  { command, does }: { command: string; does: string },
): string {
  const lines = Object.entries(table).map(([name, spec]) => helpLine(name, spec));
  return [
    does,
    "",
    `Usage: ${command} [flags]`,
    "Each flag may also come from the environment: its name in capitals, e.g. KL_COEF=0.1.",
    "",
    ...lines,
    `  --${"help".padEnd(30)} this text`,
  ].join("\n");
}
