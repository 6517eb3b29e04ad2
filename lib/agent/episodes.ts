/** The returns and lengths of the episodes that end while an agent learns. */
import type { VectorStep } from "../control/mod.ts";

/** An episode that has ended. */
export interface Episode {
  /** The sum of its rewards, without discount. */
  readonly return: number;
  /** Its number of steps. */
  readonly length: number;
}

/** Episodes, as plain data. */
export interface EpisodesState {
  /** The episodes in progress, one for each environment. */
  readonly running: readonly Episode[];
  /** The episodes that ended last. */
  readonly recent: readonly Episode[];
  /** The number of episodes that have ended. */
  readonly ended: number;
}

/** How many episodes the means are taken of, as in Stable-Baselines3. */
const RECENT = 100;

/** The episodes before the first step. */
export const noEpisodes = (envs: number): EpisodesState => ({
  running: Array.from({ length: envs }, () => ({ return: 0, length: 0 })),
  recent: [],
  ended: 0,
});

/** The episodes after a step. */
export function countStep(
  { running, recent, ended }: EpisodesState,
  { rewards, terminated, truncated, started }: VectorStep,
): EpisodesState {
  const now = running.map((episode, env) =>
    started[env] === 1
      ? { return: 0, length: 0 }
      : { return: episode.return + rewards[env], length: episode.length + 1 }
  );
  const over = now.filter((_, env) => terminated[env] === 1 || truncated[env] === 1);
  if (over.length === 0) return { running: now, recent, ended };
  return {
    running: now,
    recent: [...recent, ...over].slice(-RECENT),
    ended: ended + over.length,
  };
}
