/** The help text of a command, from its table of settings. */
import { rangeOf, type SettingSpec, type SettingTable } from "./setting_spec.ts";

/** Whether to list the common flags or the advanced ones. */
export type HelpLevel = "common" | "advanced";

function helpLine(name: string, spec: SettingSpec, width: number): string {
  const form = spec.kind === "text" && spec.form !== undefined ? `: ${spec.form}` : "";
  const isBounded = spec.kind !== "boolean" && spec.kind !== "text" && spec.max !== undefined;
  const range = isBounded ? `, ${rangeOf(spec)}` : "";
  const value = spec.default === "" ? "" : ` (default ${spec.default}${range})`;
  return `  --${name.padEnd(width)}  ${spec.help}${form}${value}`;
}

/** The parts of the head of a help text. */
export interface HelpOptions {
  /** The command as it is typed. */
  readonly command: string;
  /** What the command does, in a sentence. */
  readonly does: string;
  /** The arguments that may follow besides flags. */
  readonly names?: string;
  /** Whether settings also come from the environment (default: true). */
  readonly usesEnvironment?: boolean;
}

/** The help text: what the command does, and one line for each flag of this level. */
export function helpText(
  table: SettingTable,
  { command, does, names = "", usesEnvironment = true }: HelpOptions,
  level: HelpLevel = "common",
): string {
  const rows = Object.entries(table);
  const isAdvanced = level === "advanced" && rows.some(([, spec]) => spec.level === "advanced");
  const shown = rows.filter(([, spec]) => (spec.level === "advanced") === isAdvanced);
  const others = rows.length - shown.length;
  const width = Math.max(...shown.map(([name]) => name.length));
  const more = others === 0 ? "" : `; --advanced lists the other ${others} flags`;
  return [
    does,
    "",
    `Usage: ${command} [flags]${names}`,
    ...usesEnvironment
      ? ["Flags can also be set as environment variables with the prefix PPO_, such as PPO_SEED=3."]
      : [],
    "",
    ...shown.map(([name, spec]) => helpLine(name, spec, width)),
    `  --${"help".padEnd(width)}  ${
      isAdvanced ? "list the common flags" : `show this text${more}`
    }`,
  ].join("\n");
}
