/**
 * The CPU threads of a PPO run. Sums are split among threads, so their number changes the last
 * digits: a run keeps the number with which it began, on any machine.
 */

/** The threads of a run, and a note if its numbers are no longer the same to the last bit. */
export interface RunThreads {
  /** The number of threads. */
  readonly threads: number;
  /** What differs from the beginning of the run. */
  readonly note?: string;
}

/** The given number of threads; 0: one per core. */
export const threadsOf = (given: number | undefined, cores = navigator.hardwareConcurrency) =>
  given || cores;

/**
 * The threads of a resumed run: those of its record, unless others are given.
 *
 * @param recorded the number in `settings.json`; undefined in a run of an older version
 */
export function resumedThreads(
  { recorded, given, cores = navigator.hardwareConcurrency }: {
    recorded: number | undefined;
    given: number | undefined;
    cores?: number;
  },
): RunThreads {
  const threads = given === undefined ? recorded ?? cores : threadsOf(given, cores);
  if (recorded === undefined || recorded === threads) {
    return threads > cores
      ? { threads, note: `${moreThan(threads, cores)}; --threads ${cores} is faster` }
      : { threads };
  }
  const change = `threads was ${recorded} and is now ${threads}`;
  return {
    threads,
    note: `${change}: from here on, numbers agree to rounding only, not bit for bit`,
  };
}

const moreThan = (threads: number, cores: number): string =>
  `this run began with ${threads} threads, and this machine has ${cores} cores`;
