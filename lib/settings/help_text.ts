/** The help text of a command, from its table of settings. */
import { say, type Words } from "../text/mod.ts";
import { helpPhrase } from "./help_phrases.ts";
import { defaultOf, rangeOf, type SettingSpec, type SettingTable, wanted } from "./setting_spec.ts";

/** Whether to list the common flags or the advanced ones. */
export type HelpLevel = "common" | "advanced";

const ENVIRONMENT = {
  en: "Flags can also be set by variables with the prefix PPO_, such as PPO_SEED=3.",
  zh: "参数也可以用带 PPO_ 前缀的环境变量设置，例如 PPO_SEED=3。",
};

/** The default of a row with its range, such as ` (default 0.95, from 0 to 1)`. */
function defaultNote(spec: SettingSpec): string {
  const start = defaultOf(spec);
  if (start === "") return "";
  const range = "max" in spec ? rangeOf(spec) : "";
  return range === ""
    ? say({ en: ` (default ${start})`, zh: `（默认 ${start}）` })
    : say({ en: ` (default ${start}, ${range})`, zh: `（默认 ${start}，${range}）` });
}

function helpLine(name: string, spec: SettingSpec, width: number): string {
  const help = helpPhrase("help" in spec ? spec.help : spec.advanced);
  const hasForm = "choice" in spec || "form" in spec;
  const form = hasForm ? say({ en: `: ${wanted(spec)}`, zh: `：${wanted(spec)}` }) : "";
  return `  --${name.padEnd(width)}  ${help}${form}${defaultNote(spec)}`;
}

/** The parts of the head of a help text. */
export interface HelpOptions {
  /** The command as it is typed. */
  readonly command: string;
  /** What the command does, in a sentence. */
  readonly does: Words;
  /** The arguments that may follow besides flags. */
  readonly names?: Words;
  /** Whether settings also come from the environment (default: true). */
  readonly usesEnvironment?: boolean;
}

/** The description of `--help` itself. */
function helpOfHelp(isAdvanced: boolean, others: number): string {
  if (isAdvanced) return say({ en: "list the common flags", zh: "列出常用参数" });
  if (others === 0) return say({ en: "show this text", zh: "显示本说明" });
  return say({
    en: `show this text; --advanced lists the other ${others} flags`,
    zh: `显示本说明；--advanced 列出其余 ${others} 个参数`,
  });
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
  const width = Math.max(...shown.map(([name]) => name.length));
  const usage = say({ en: `Usage: ${command} [flags]`, zh: `用法：${command} [参数]` });
  return [
    say(does),
    "",
    usage + say(names),
    ...usesEnvironment ? [say(ENVIRONMENT)] : [],
    "",
    ...shown.map(([name, spec]) => helpLine(name, spec, width)),
    `  --${"help".padEnd(width)}  ${helpOfHelp(isAdvanced, rows.length - shown.length)}`,
  ].join("\n");
}
