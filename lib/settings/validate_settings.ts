/**
 * Completes and checks a partial set of PPO settings, and reads the settings of older versions.
 */
import { afterHan, say } from "../text/mod.ts";
import { hintFor } from "./nearest_name.ts";
import { DEFECT_NAMES, SETTINGS, type Settings } from "./settings.ts";
import { defaultsOf, isAllowed, type SettingSpec, wanted } from "./setting_spec.ts";

/**
 * What `faithful` changes besides the defects: the tutorial samples with a penalty and its
 * library's default cut-off.
 */
const FAITHFUL: Partial<Settings> = {
  repetition_penalty: 1.4,
  top_k: 50,
  fresh_value_head: false,
  whiten_advantages: false,
  normalise_scores: false,
  missing_eos_penalty: 0,
};

/**
 * Checks names and values one by one, so that the contents of a file or a command line can be used
 * as settings.
 *
 * @throws {RangeError} For an unknown name (with the nearest one) or a value outside its range.
 */
export function checkSettings(
  given: { [name: string]: unknown },
): asserts given is Partial<Settings> {
  const table = new Map<string, SettingSpec>(Object.entries(SETTINGS));
  for (const [name, value] of Object.entries(given)) {
    const spec = table.get(name);
    if (spec === undefined) {
      const hint = hintFor(name, { known: table.keys(), shown: (near) => `"${near}"` });
      throw new RangeError(say({
        en: `Cannot use the unknown setting "${name}"${hint === undefined ? "" : `; ${hint}`}`,
        zh: `没有“${name}”这个设置${hint === undefined ? "" : `；${hint}`}`,
      }));
    }
    if (!isAllowed(spec, value)) {
      throw new RangeError(say({
        en: `Cannot use ${name} ${shown(value)}: it must be ${wanted(spec)}`,
        zh: `不能使用 ${name} ${shown(value)}：取值应为${afterHan(wanted(spec))}`,
      }));
    }
  }
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
}

/**
 * The settings of an older version under today's names. Four switches are gone: `no_whitening`,
 * `no_score_normalisation` and `no_missing_eos_penalty` only negated another setting, and
 * `unstable_log_sigmoid` belongs to the reward stage alone. A setting takes precedence over its old
 * switch.
 */
export function withoutRemoved(
  { no_whitening, no_score_normalisation, no_missing_eos_penalty, ...others }: {
    readonly [name: string]: unknown;
  },
): { [name: string]: unknown } {
  const { unstable_log_sigmoid: _, ...settings } = others;
  return {
    ...(typeof no_whitening === "boolean" && { whiten_advantages: !no_whitening }),
    ...(typeof no_score_normalisation === "boolean" &&
      { normalise_scores: !no_score_normalisation }),
    ...(no_missing_eos_penalty === true && { missing_eos_penalty: 0 }),
    ...settings,
  };
}

function checkTogether(values: Settings): void {
  const { max_len, query_len, update_timesteps, num_episodes, max_timesteps } = values;
  if (max_len - query_len - 3 < 1) {
    const left = "max_len - query_len - 3";
    throw new RangeError(say({
      en: `Cannot use max_len ${max_len} with query_len ${query_len}: ` +
        `${left} tokens are left for a prompt`,
      zh: `不能同时使用 max_len ${max_len} 和 query_len ${query_len}：` +
        `留给提示的词元数为 ${left}，至少应为 1`,
    }));
  }
  if (update_timesteps > num_episodes * max_timesteps) {
    throw new RangeError(say({
      en: `Cannot use update_timesteps ${update_timesteps}: num_episodes ${num_episodes} times ` +
        `max_timesteps ${max_timesteps} timesteps would bring no update`,
      zh: `不能使用 update_timesteps ${update_timesteps}：num_episodes ${num_episodes} 乘以 ` +
        `max_timesteps ${max_timesteps} 个时间步不足以更新一次`,
    }));
  }
}

/**
 * Completes a partial set of values.
 *
 * With `faithful: true` every defect is on, sampling is the tutorial's (repetition_penalty 1.4,
 * top_k 50), and scores and advantages stay as they are, except for what is given.
 *
 * @throws {RangeError} For an unknown name, a value outside its range, or values that exclude each
 * other.
 *
 * @example
 * ```ts
 * import { equal, throws } from "node:assert/strict";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * equal(validateSettings({ kl_coef: 0.05 }).lam, 0.95);
 * equal(validateSettings({ faithful: true }).repetition_penalty, 1.4);
 * throws(() => validateSettings({ lam: 1.5 }), {
 *   message: "Cannot use lam 1.5: it must be a number from 0 to 1",
 * });
 * ```
 */
export function validateSettings(given: Partial<Settings> = {}): Settings {
  checkSettings(given);
  const defects = Object.fromEntries(DEFECT_NAMES.map((name) => [name, true]));
  const faithful = given.faithful === true ? { ...FAITHFUL, ...defects } : {};
  const settings = { ...defaultsOf(SETTINGS), ...faithful, ...given };
  checkTogether(settings);
  return settings;
}
