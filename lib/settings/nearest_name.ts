/**
 * Finds the known name that an unknown one most likely means. The unknown name may be a
 * misspelling, the name in another library (`other_names.ts`), or that of another command.
 */
import { closestMatch } from "leven";
import { say } from "../text/mod.ts";
import { comparable, reasonWithout, settingsCalled } from "./other_names.ts";
import { COMMAND_TABLES } from "./stage_settings.ts";

/** The name that is meant by its sound: a misspelling, or its beginning. */
function misspelt(name: string, names: readonly string[]): string | undefined {
  const wanted = comparable(name);
  const near = (maxDistance: number) => closestMatch(wanted, names, { maxDistance });
  const begins = names.filter((other) => other.startsWith(wanted) || wanted.startsWith(other));
  // In a name of four letters, two other letters make another name.
  const far = wanted.length < 5 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return near(1) ?? (wanted.length > 2 ? closestMatch(wanted, begins) : undefined) ?? near(far);
}

/**
 * The known name that is most likely meant, or undefined if none is close enough.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(nearestName("kl_coeff", ["lam", "kl_coef"]), "kl_coef");
 * equal(nearestName("cliprange", ["lam", "policy_clip_eps"]), "policy_clip_eps"); // TRL's name
 * equal(nearestName("colour", ["lam", "kl_coef"]), undefined);
 * ```
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  return settingsCalled(name).find((setting) => names.includes(setting)) ?? misspelt(name, names);
}

/** The first command that has this setting. */
const commandOf = (setting: string): string | undefined =>
  Object.entries(COMMAND_TABLES).find(([, table]) => Object.hasOwn(table, setting))?.[0];

/** A clause about a setting that only another command has. */
function elsewhereHint(name: string, shown: (name: string) => string): string | undefined {
  const own = comparable(name);
  const setting = [own, ...settingsCalled(name)].find((other) => commandOf(other) !== undefined);
  if (setting === undefined) return undefined;
  const command = `deno task ${commandOf(setting)}`;
  if (setting === own) {
    return say({ en: `it is a setting of ${command}`, zh: `它是 ${command} 的设置` });
  }
  return say({
    en: `it means ${shown(setting)}, which is a setting of ${command}`,
    zh: `它对应 ${shown(setting)}，那是 ${command} 的设置`,
  });
}

/**
 * A clause that suggests a replacement for an unknown name, or undefined if there is nothing to
 * suggest.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const about = { known: ["seed", "num_questions"], shown: (name: string) => `--${name}` };
 * equal(hintFor("sead", about), "did you mean --seed?");
 * equal(hintFor("num_return_sequences", about), "did you mean --num_questions?");
 * equal(hintFor("ent_coef", about), "there is no entropy bonus");
 * equal(
 *   hintFor("cliprange", about),
 *   "it means --policy_clip_eps, which is a setting of deno task train",
 * );
 * ```
 */
export function hintFor(
  name: string,
  { known, shown }: { known: Iterable<string>; shown: (name: string) => string },
): string | undefined {
  const names = [...known];
  const question = (near: string | undefined) =>
    near && say({ en: `did you mean ${shown(near)}?`, zh: `是否想用 ${shown(near)}？` });
  const called = [comparable(name), ...settingsCalled(name)].find((own) => names.includes(own));
  return question(called) ?? reasonWithout(name) ?? elsewhereHint(name, shown) ??
    question(misspelt(name, names));
}
