/** The tutorial's silent mistakes as switches among the settings (`settings.ts`). */
import type { SettingSpec } from "./setting_spec.ts";

/** The tutorial's defects by name, all off by default: each is a lesson. */
export const DEFECTS = {
  left_pad_without_positions: {
    kind: "boolean",
    default: false,
    help: "defect: score left-padded rows with positions that count the padding",
  },
  gae_over_padding: {
    kind: "boolean",
    default: false,
    help: "defect: let GAE and KL run over the padding after an answer's end",
  },
  dropout_in_update: {
    kind: "boolean",
    default: false,
    help: "defect: dropout in the update though not in the rollout (the first ratio is not 1)",
  },
  log_probs_of_raw_distribution: {
    kind: "boolean",
    default: false,
    help: "defect: log-probabilities of the raw distribution, not of the one sampled from",
  },
  no_whitening: {
    kind: "boolean",
    default: false,
    help: "defect: the same as whiten_advantages false",
  },
  no_score_normalisation: {
    kind: "boolean",
    default: false,
    help: "defect: the same as normalise_scores false",
  },
  no_missing_eos_penalty: {
    kind: "boolean",
    default: false,
    help: "defect: the same as missing_eos_penalty 0",
  },
  shuffle_whole_batches: {
    kind: "boolean",
    default: false,
    help: "defect: shuffle whole batches of a pool, not its samples",
  },
  prompts_through_set: {
    kind: "boolean",
    default: false,
    help: "defect: take the prompts in the order of a set that no seed governs",
  },
  unstable_log_sigmoid: {
    kind: "boolean",
    default: false,
    help: "defect: -log(sigmoid(x)) in the ranking loss, which overflows below -89",
  },
} satisfies { [name: string]: SettingSpec };

/** The name of a defect's switch. */
export type DefectName = keyof typeof DEFECTS;

/** The switches that `faithful` turns on. */
export const DEFECT_NAMES: readonly string[] = Object.keys(DEFECTS);
