/**
 * Finds the known name that an unknown one most likely means. The unknown name may be a
 * misspelling, or the name in another library.
 */
import { closestMatch } from "leven";
import { ELSEWHERE, namesElsewhere } from "./elsewhere.ts";

/**
 * Further names from CleanRL, Stable-Baselines3, older TRL and older versions of this project, by
 * the setting they stand for.
 */
const OTHER_NAMES: { readonly [setting: string]: readonly string[] } = {
  kl_coef: ["init_kl_coef", "kl_penalty", "kl_beta", "beta"],
  lam: ["lambda", "lmbda", "gae_lambda"],
  policy_clip_eps: ["clip_range", "clip_ratio", "clip_coef", "clip_eps"],
  value_clip_eps: ["clip_range_vf"],
  ppo_epoch: ["num_epochs", "n_epochs", "update_epochs"],
  num_train_epochs: ["num_epochs", "n_epochs"],
  train_batch_size: ["batch_size"],
  query_max_len: ["query_len", "max_new_tokens", "response_length"],
  query_len: ["query_max_len"],
  ori_model_path: ["sft_model_path", "model_name_or_path"],
  whiten_advantages: ["no_whitening", "norm_adv"],
  normalise_scores: ["no_score_normalisation"],
  missing_eos_penalty: ["no_missing_eos_penalty"],
};

/** Settings of other libraries that have no counterpart here, with the reason. */
const WITHOUT_COUNTERPART = new Map([
  ["vf_coef", "the actor and the critic are separate models, so the value loss needs no weight"],
  ["ent_coef", "there is no entropy bonus"],
  ["unstable_log_sigmoid", "it is a setting of the reward stage only"],
]);

const ROWS = new Map(Object.entries(ELSEWHERE).map(([name, row]) => [name, namesElsewhere(row)]));

const isOtherName = (name: string, setting: string): boolean =>
  [...OTHER_NAMES[setting] ?? [], ...ROWS.get(setting) ?? []].includes(name);

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
  const wanted = name.toLowerCase().replaceAll("-", "_");
  const near = (maxDistance: number) => closestMatch(wanted, names, { maxDistance });
  const begins = (other: string) => other.startsWith(wanted) || wanted.startsWith(other);
  return names.find((setting) => isOtherName(wanted, setting)) ??
    near(1) ??
    (wanted.length > 1 ? names.find(begins) : undefined) ??
    near(Math.max(2, Math.floor(wanted.length / 3)));
}

/**
 * A clause that suggests a replacement for an unknown name, or undefined if there is nothing to
 * suggest.
 */
export function hintFor(
  name: string,
  { known, shown }: { known: Iterable<string>; shown: (name: string) => string },
): string | undefined {
  const near = nearestName(name, known);
  return WITHOUT_COUNTERPART.get(name.toLowerCase().replaceAll("-", "_")) ??
    (near && `did you mean ${shown(near)}?`);
}
