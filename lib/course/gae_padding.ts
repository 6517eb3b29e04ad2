/**
 * What leaks into an advantage when GAE runs over the pads behind an answer.
 *
 *     delta at the last token, as it should be:   r + gamma 0        - V(s)
 *     with pads behind it:                        r + gamma V(pad_1) - V(s),   and gamma lambda A(pad_1) on top
 *
 * Where all P pads have the value v and reward 0, and gamma = 1, the leak is v (1 - lambda^P): a bonus (v > 0) that is larger the
 * earlier an answer ends. It reaches the token k places before the last with factor lambda^k.
 */
import { gae, type Row } from "../rl/mod.ts";

/** An answer as it lies in a padded batch: real tokens first, then pads. */
export interface PaddedAnswer {
  /** One a place, pads too. */
  readonly rewards: Row;
  /** One a place, pads too. */
  readonly values: Row;
  /** Real tokens. */
  readonly length: number;
}

/** The last real token's advantage, in units of reward. */
export interface PaddingLeak {
  /** Pads behind the answer. */
  readonly pads: number;
  /** Over the real tokens alone. */
  readonly real: number;
  /** Over the pads too, as the tutorial does it. */
  readonly overPads: number;
  /** overPads - real */
  readonly leak: number;
}

/**
 * Advantage of the last real token with and without the pads.
 *
 * @throws RangeError when the answer has no real token, or more than there are numbers.
 * @example
 * ```ts
 * import { paddingLeak } from "ppo/course/mod.ts";
 * import assert from "node:assert/strict";
 * const answer = { rewards: [1, 0, 0], values: [1, 4, 4], length: 1 };
 * const { real, leak } = paddingLeak(answer, { gamma: 1, lambda: 0.5 });
 * assert.deepEqual([real, leak], [0, 3]); // 1 - 1, and 4 (1 - 0.5^2)
 * ```
 */
export function paddingLeak(
  { rewards, values, length }: PaddedAnswer,
  { gamma, lambda }: { readonly gamma: number; readonly lambda: number },
): PaddingLeak {
  if (!(length >= 1 && length <= values.length)) {
    throw new RangeError(
      `Cannot find the last token of an answer of ${length} tokens in a row of ${values.length}`,
    );
  }
  const lastOf = (width: number): number => {
    const row = {
      rewards: Array.from(rewards).slice(0, width),
      values: Array.from(values).slice(0, width),
    };
    return gae({ ...row, gamma, lambda }).advantages[length - 1];
  };
  const [real, overPads] = [lastOf(length), lastOf(values.length)];
  return { pads: values.length - length, real, overPads, leak: overPads - real };
}
