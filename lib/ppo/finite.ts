/**
 * Wraps the models so that a NaN or an infinity among their results stops the run, before it
 * reaches the rewards and, through them, every weight. Losses and gradients are checked by the
 * trainers (`lib/learn/divergence.ts`).
 */
import { DivergenceError, type DivergenceOptions } from "../learn/mod.ts";
import type { RunModels } from "./create_models.ts";

/** What to try when a trained model gives NaN. */
const DIVERGED = "Its weights have grown too large: try a learning_rate ten times lower, a " +
  "larger kl_coef, a target_kl such as 0.02, or a longer warm-up (warmup_proportion).";

/** What to do when a frozen model gives NaN. */
const CHECK = "This model is not trained, so no setting of the run helps: check its folder, and " +
  "with frozen_dtype float16 try float32.";

/** What is checked, and what an error says about it. */
interface Checked extends DivergenceOptions {
  readonly name: string;
}

/** Checks one number or row per answer, and returns them. */
function finite<T extends readonly (number | readonly number[])[]>(
  results: T,
  { name, ...options }: Checked,
): T {
  for (const [index, row] of results.entries()) {
    const wrong = [row].flat().find((value) => !Number.isFinite(value));
    if (wrong !== undefined) {
      const place = `answer ${index + 1} of ${results.length}`;
      throw new DivergenceError(`${name} ${wrong} for ${place}`, options);
    }
  }
  return results;
}

const FROZEN: DivergenceOptions = { advice: CHECK, fromSteps: false };

const ACTOR = { name: "the actor gives the log-probability", advice: DIVERGED };
const CRITIC = { name: "the critic gives the value", advice: DIVERGED };
const REFERENCE = { name: "the reference model gives the log-probability", ...FROZEN };
const REWARD = { name: "the reward model gives the score", ...FROZEN };

/** The same models, whose rollout results are checked. A call throws a DivergenceError. */
export function finiteModels(models: RunModels): RunModels {
  const { actor, critic, reference, reward } = models;
  return {
    ...models,
    actor: {
      ...actor,
      async generate(...given) {
        const answers = await actor.generate(...given);
        finite(answers.map(({ logProbs }) => logProbs), ACTOR);
        return answers;
      },
      logProbs: async (answers) => finite(await actor.logProbs(answers), ACTOR),
    },
    critic: { ...critic, values: async (answers) => finite(await critic.values(answers), CRITIC) },
    reference: {
      logProbs: async (answers) => finite(await reference.logProbs(answers), REFERENCE),
    },
    reward: { scores: async (answers) => finite(await reward.scores(answers), REWARD) },
  };
}
