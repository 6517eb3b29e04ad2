/** A line about a training's progress, in the language of the notebook. */
import { listed, say } from "../text/mod.ts";

/**
 * `update 3 of 12, mean_reward 1.23, KL 0.45, 40 s left`; `seconds` is the time that is left, in
 * seconds.
 */
export function progressLine(
  { update, updates, numbers, seconds }: {
    readonly update: number;
    readonly updates: number;
    readonly numbers: string;
    readonly seconds: number;
  },
): string {
  const left = Math.round(seconds);
  return listed([
    say({ en: `update ${update} of ${updates}`, zh: `第 ${update} / ${updates} 次更新` }),
    numbers,
    say({ en: `${left} s left`, zh: `还需 ${left} 秒` }),
  ]);
}
