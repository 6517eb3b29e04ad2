/** Time spent in each part of a timestep. */

/** The parts that are timed. */
export type Part = "generate" | "score" | "actor" | "critic";

/** Seconds by part. */
export type PartSeconds = Readonly<Record<Part, number>>;

const NONE: PartSeconds = { generate: 0, score: 0, actor: 0, critic: 0 };

/** Adds up seconds by part; `lap` gives and clears them. */
export function createStopwatch() {
  let seconds: Record<Part, number> = { ...NONE };
  return {
    /** What has added up since the last lap. */
    read: (): PartSeconds => ({ ...seconds }),
    /** Goes on from what another watch had read. */
    set(read: PartSeconds): void {
      seconds = { ...read };
    },
    async time<T>(part: Part, work: () => Promise<T>): Promise<T> {
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
