/** Seconds spent in each part of a run, measured around the calls of its models. */
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

/** The same models, with the time of every call added to a part of the stopwatch. */
export function timedModels<M extends Models>(models: M, { time }: Pick<Stopwatch, "time">): M {
  const { actor, reference, critic, reward } = models;
  return {
    ...models,
    actor: {
      ...actor,
      generate: (...given) => time("generate", () => actor.generate(...given)),
      logProbs: (answers) => time("score", () => actor.logProbs(answers)),
      step: (...given) => time("actor", () => actor.step(...given)),
    },
    critic: {
      values: (answers) => time("score", () => critic.values(answers)),
      step: (...given) => time("critic", () => critic.step(...given)),
    },
    reference: { logProbs: (answers) => time("score", () => reference.logProbs(answers)) },
    reward: { scores: (answers) => time("score", () => reward.scores(answers)) },
  };
}
