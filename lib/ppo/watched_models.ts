/**
 * Watches a run's models from outside: the seconds of each part, and results that are not finite.
 *
 * A NaN or an infinity among the results of a rollout stops the run before it reaches the rewards
 * and, through them, every weight. Losses and gradients are checked by the trainers
 * (`lib/learn/divergence.ts`).
 */
import { DivergenceError, type DivergenceOptions } from "../learn/mod.ts";
import { type Text } from "../text/mod.ts";
import type { Models } from "./models.ts";

/** The parts that are timed. */
export type Part = "generate" | "score" | "actor" | "critic";

/** Seconds by part. */
export type PartSeconds = Readonly<Record<Part, number>>;

const NONE: PartSeconds = { generate: 0, score: 0, actor: 0, critic: 0 };

/** Adds up the seconds of each part. */
export interface Stopwatch {
  /** The seconds since the last lap. */
  read(): PartSeconds;
  /** Continues from the times of another stopwatch. */
  set(read: PartSeconds): void;
  /** Runs some work and adds its seconds to a part. */
  time<T>(part: Part, work: () => Promise<T>): Promise<T>;
  /**
   * Returns the seconds since the last lap, under the names of the metrics, and starts a new one.
   */
  lap(): { [P in Part as `seconds_${P}`]: number };
}

/** A stopwatch that has measured nothing yet. */
export function createStopwatch(): Stopwatch {
  let seconds: Record<Part, number> = { ...NONE };
  return {
    read: () => ({ ...seconds }),
    set(read) {
      seconds = { ...read };
    },
    async time(part, work) {
      const start = performance.now();
      const result = await work();
      seconds[part] += (performance.now() - start) / 1000;
      return result;
    },
    lap() {
      const { generate, score, actor, critic } = seconds;
      seconds = { ...NONE };
      return {
        seconds_generate: generate,
        seconds_score: score,
        seconds_actor: actor,
        seconds_critic: critic,
      };
    },
  };
}

/** What to try when a trained model gives NaN. */
const DIVERGED = {
  en: "Its weights have grown too large: try a learning_rate ten times lower, a " +
    "larger kl_coef, a target_kl such as 0.02, or a longer warm-up (warmup_proportion).",
  zh: "它的权重变得太大：可以把 learning_rate 降到十分之一，调高 kl_coef，" +
    "设置 target_kl（例如 0.02），或加长预热 (warmup_proportion)。",
};

/** What to do when a frozen model gives NaN. */
const CHECK = {
  en: "This model is not trained, so no setting of the run helps: check its folder, and " +
    "with frozen_dtype float16 try float32.",
  zh: "这个模型不参与训练，调整训练设置没有用：请检查它的文件夹；" +
    "如果用了 frozen_dtype float16，请改用 float32。",
};

/** What is checked, and what an error says about it. */
interface Checked extends DivergenceOptions {
  readonly name: Text;
}

/** Checks one number or row per answer, and returns them. */
function finite<T extends readonly (number | readonly number[])[]>(
  results: T,
  { name, ...options }: Checked,
): T {
  for (const [index, row] of results.entries()) {
    const wrong = [row].flat().find((value) => !Number.isFinite(value));
    if (wrong !== undefined) {
      const [place, count] = [index + 1, results.length];
      throw new DivergenceError({
        en: `${name.en} ${wrong} for answer ${place} of ${count}`,
        zh: `${name.zh}为 ${wrong}（${count} 个回答中的第 ${place} 个）`,
      }, options);
    }
  }
  return results;
}

const FROZEN: DivergenceOptions = { advice: CHECK, fromSteps: false };

const ACTOR: Checked = {
  name: { en: "the actor gives the log-probability", zh: "策略模型给出的对数概率" },
  advice: DIVERGED,
};
const CRITIC: Checked = {
  name: { en: "the critic gives the value", zh: "价值模型给出的价值" },
  advice: DIVERGED,
};
const REFERENCE: Checked = {
  name: { en: "the reference model gives the log-probability", zh: "参考模型给出的对数概率" },
  ...FROZEN,
};
const REWARD: Checked = {
  name: { en: "the reward model gives the score", zh: "奖励模型给出的分数" },
  ...FROZEN,
};

/**
 * The same models. The time of every call is added to a part of the stopwatch, and a call of a
 * rollout throws a DivergenceError if a result is not finite.
 */
export function watchedModels<M extends Models>(models: M, { time }: Pick<Stopwatch, "time">): M {
  const { actor, reference, critic, reward } = models;
  return {
    ...models,
    actor: {
      ...actor,
      async generate(...given) {
        const answers = await time("generate", () => actor.generate(...given));
        finite(answers.map(({ logProbs }) => logProbs), ACTOR);
        return answers;
      },
      logProbs: async (answers) =>
        finite(await time("score", () => actor.logProbs(answers)), ACTOR),
      step: (...given) => time("actor", () => actor.step(...given)),
    },
    critic: {
      values: async (answers) => finite(await time("score", () => critic.values(answers)), CRITIC),
      step: (...given) => time("critic", () => critic.step(...given)),
    },
    reference: {
      logProbs: async (answers) =>
        finite(await time("score", () => reference.logProbs(answers)), REFERENCE),
    },
    reward: {
      scores: async (answers) => finite(await time("score", () => reward.scores(answers)), REWARD),
    },
  };
}
