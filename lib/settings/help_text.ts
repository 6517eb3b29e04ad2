/** The help text of a command, from its table of settings. */
import { defaultOf, rangeOf, type SettingSpec, type SettingTable, wanted } from "./setting_spec.ts";

/** Whether to list the common flags or the advanced ones. */
export type HelpLevel = "common" | "advanced";

const ENVIRONMENT = "Flags can also be set by variables with the prefix PPO_, such as PPO_SEED=3.";

function helpLine(name: string, spec: SettingSpec, width: number): string {
  const help = "help" in spec ? spec.help : spec.advanced;
  const hasForm = "choice" in spec || "form" in spec;
  const form = hasForm ? `: ${wanted(spec)}` : "";
  const range = "max" in spec ? `, ${rangeOf(spec)}` : "";
  const start = defaultOf(spec);
  const value = start === "" ? "" : ` (default ${start}${range})`;
  return `  --${name.padEnd(width)}  ${help}${form}${value}`;
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
  const isAdvanced = level === "advanced" && rows.some(([, spec]) => "advanced" in spec);
  const shown = rows.filter(([, spec]) => ("advanced" in spec) === isAdvanced);
  const others = rows.length - shown.length;
  const width = Math.max(...shown.map(([name]) => name.length));
  const more = others === 0 ? "" : `; --advanced lists the other ${others} flags`;
  return [
    does,
    "",
    `Usage: ${command} [flags]${names}`,
    ...usesEnvironment ? [ENVIRONMENT] : [],
    "",
    ...shown.map(([name, spec]) => helpLine(name, spec, width)),
    `  --${"help".padEnd(width)}  ${
      isAdvanced ? "list the common flags" : `show this text${more}`
    }`,
  ].join("\n");
}
