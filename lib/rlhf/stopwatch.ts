/** Time spent in each part of a timestep. */

/** The parts that are timed. */
export type Part = "generate" | "score" | "actor" | "critic";

/** Adds up seconds by part; `lap` gives and clears them. */
export function createStopwatch() {
  let seconds: Record<Part, number> = { generate: 0, score: 0, actor: 0, critic: 0 };
  return {
    async time<T>(part: Part, work: () => Promise<T>): Promise<T> {
      const start = performance.now();
      const result = await work();
      seconds[part] += (performance.now() - start) / 1000;
      return result;
    },
    lap() {
      const { generate, score, actor, critic } = seconds;
      seconds = { generate: 0, score: 0, actor: 0, critic: 0 };
      return {
        seconds_generate: generate,
        seconds_score: score,
        seconds_actor: actor,
        seconds_critic: critic,
      };
    },
  };
}
