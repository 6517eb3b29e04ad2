/**
 * The causes of unhealthy PPO runs that a log can show, each with the evidence that it reads.
 *
 * A check looks at one row and returns the evidence, or nothing. Some follow from invariants, which
 * hold in every correct implementation whatever the settings (`causes_in_code.ts`). The others
 * compare with the limits in `checks.ts`.
 */
import type { Cause } from "./cause.ts";
import { dropoutInUpdate, gaeOverPadding, otherDistribution } from "./causes_in_code.ts";
import { allClipped, neverEnds, noSpread } from "./causes_in_scores.ts";
import { idleCritic, learningRateTooHigh, noPenalty, notWhitened } from "./causes_in_settings.ts";

/**
 * All causes. Where two show in the same row, the earlier one is the likelier cause of the other.
 */
export const CAUSES: readonly Cause[] = [
  dropoutInUpdate,
  gaeOverPadding,
  noSpread,
  notWhitened,
  allClipped,
  neverEnds,
  otherDistribution,
  learningRateTooHigh,
  noPenalty,
  idleCritic,
];
