/**
 * The CPU threads of a PPO run. Sums are split among threads, so their number changes the last
 * digits: a run keeps the number with which it began, on any machine.
 */
import { say } from "../lib/text/mod.ts";

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
    return threads > cores ? { threads, note: moreThan(threads, cores) } : { threads };
  }
  return { threads, note: roundingNote("threads", recorded, threads) };
}

const moreThan = (threads: number, cores: number): string =>
  say({
    en: `this run began with ${threads} threads, and this machine has ${cores} cores; ` +
      `--threads ${cores} is faster`,
    zh: `这次训练开始时用 ${threads} 个线程，而这台机器有 ${cores} 个核心；` +
      `--threads ${cores} 更快`,
  });

/** What a setting that affects rounding was and is now. */
export const roundingNote = (name: string, was: unknown, is: unknown): string =>
  say({
    en: `${name} was ${was} and is now ${is}: ` +
      "from here on, numbers agree to rounding only, not bit for bit",
    zh: `${name} 原来是 ${was}，现在是 ${is}：从这里起，数值只在舍入误差内一致，不再逐位相同`,
  });
