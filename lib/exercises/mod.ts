/** The chapters' exercises with their checks. */
import { advantagesOfState, nStepEstimate, valueOfState } from "./advantage.ts";
import { advantagesWithoutPads } from "./advantages_without_pads.ts";
import { answerLogProb } from "./answer_log_prob.ts";
import { answerRewards } from "./answer_rewards.ts";
import { bestUpdate } from "./best_update.ts";
import { checkAnswer, type Verdict } from "./check.ts";
import { clippedObjective, objectiveSlope } from "./clipped_objective.ts";
import { criticLoss } from "./critic_loss.ts";
import { deltas } from "./deltas.ts";
import { drawnToken } from "./drawn_token.ts";
import type { Exercise } from "./exercise.ts";
import { explainedShare } from "./explained_share.ts";
import { gaeRecursion } from "./gae_recursion.ts";
import { k3Estimate } from "./k3_estimate.ts";
import { keptByTopP } from "./kept_by_top_p.ts";
import { lambdaWeights } from "./lambda_weights.ts";
import { logProbGradient } from "./log_prob_gradient.ts";
import { softmaxOf } from "./softmax_of.ts";
import { listLoss } from "./list_loss.ts";
import { paidScore } from "./paid_score.ts";
import { returnsOf } from "./returns_of.ts";

export { checkAnswer, type Verdict } from "./check.ts";
export type { Answer, Exercise, Result } from "./exercise.ts";

/** Every exercise by the name of the function that the learner writes. */
export const EXERCISES = {
  softmaxOf, // 01
  answerLogProb, // 01
  drawnToken, // 01
  keptByTopP, // 01
  logProbGradient, // 01
  returnsOf, // 02
  explainedShare, // 02
  criticLoss, // 02
  listLoss, // 02
  valueOfState, // 03
  advantagesOfState, // 03
  nStepEstimate, // 03
  deltas, // 04
  gaeRecursion, // 04
  lambdaWeights, // 04
  advantagesWithoutPads, // 04
  clippedObjective, // 05
  objectiveSlope, // 05
  k3Estimate, // 05
  answerRewards, // 06
  paidScore, // 06
  bestUpdate, // 06
} as const;

/**
 * Tries the learner's function for the exercise `name`; the verdict shows itself in the notebook.
 */
export function check<K extends keyof typeof EXERCISES>(
  name: K,
  answer: (typeof EXERCISES)[K]["expected"],
): Verdict {
  const exercise: Exercise = EXERCISES[name];
  return checkAnswer(exercise, answer);
}
