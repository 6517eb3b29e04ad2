/**
 * Settings from environment variables: PPO_LAM=0.9 has the same effect as `--lam 0.9`. The prefix
 * keeps variables that other programs use, such as DEVICE or SEED, from changing a run.
 */
import { say } from "../text/mod.ts";
import { hintFor } from "./nearest_name.ts";
import { readValue, type SettingTable } from "./setting_spec.ts";
import { COMMAND_TABLES } from "./stage_settings.ts";

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "PPO_";

const variableOf = (name: string): string => PREFIX + name.toUpperCase();

/** All variables that a command or a chapter reads. */
const VARIABLES = new Set(
  // `start` gets the results of a chapter through summary_path (`lib/notebook/summary.ts`)
  [...Object.values(COMMAND_TABLES).flatMap(Object.keys), "summary_path"].map(variableOf),
);

/**
 * The settings of a table that are set in the environment. An empty variable counts as unset.
 *
 * @throws {RangeError} For a `PPO_` variable that no command reads (with the nearest name), or a
 *   value outside its range.
 */
export function fromEnvironment(environment: Environment, table: SettingTable) {
  for (const [variable, text] of Object.entries(environment)) {
    if (!text || !variable.startsWith(PREFIX) || VARIABLES.has(variable)) continue;
    const options = { known: Object.keys(table), shown: variableOf };
    const hint = hintFor(variable.slice(PREFIX.length), options) ??
      say({ en: "--help lists the settings", zh: "--help 列出所有设置" });
    throw new RangeError(say({
      en: `Cannot use ${variable} from the environment: there is no such setting; ${hint}`,
      zh: `不能使用环境变量 ${variable}：没有这个设置；${hint}`,
    }));
  }
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, spec]) => {
      const variable = variableOf(name);
      const text = environment[variable];
      const origin = say({
        en: `${variable}=${text} from the environment`,
        zh: `环境变量 ${variable}=${text}`,
      });
      return text ? [[name, readValue(spec, text, origin)]] : [];
    }),
  );
}

/** Variables that the system itself sets, and that nobody means for this project. */
const SYSTEM_VARIABLES = ["LANG"];

/**
 * A sentence about variables that have a setting's name without the prefix, or undefined if there
 * are none.
 */
export function ignoredVariables(
  environment: Environment,
  table: SettingTable,
): string | undefined {
  const names = Object.keys(table).filter((name) =>
    environment[name.toUpperCase()] && environment[variableOf(name)] === undefined &&
    !SYSTEM_VARIABLES.includes(name.toUpperCase())
  );
  if (names.length === 0) return undefined;
  const found = names.map((name) => name.toUpperCase()).join(", ");
  const example = variableOf(names[0]);
  return say({
    en: `Ignoring ${found} from the environment: ` +
      `a setting needs the prefix PPO_, as in ${example}.`,
    zh: `忽略环境变量 ${found}：设置需要带 PPO_ 前缀，例如 ${example}。`,
  });
}

/** Converts settings to variables for another process. */
export const variablesOf = (given: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [variableOf(name), String(value)]),
  );
