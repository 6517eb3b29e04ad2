/**
 * Settings that fit a memory budget, chosen before anything is loaded.
 *
 * While the ledger's peak is above the budget, the plan takes the saving that costs least time and
 * lowers the peak. Then it takes back every saving that turns out to be unnecessary, the costliest
 * first. Settings that were given by hand are not touched.
 */
import {
  type KnownRun,
  LEDGER_COLUMNS,
  type LedgerRow,
  type ModelShapes,
  peakBytes,
} from "./ledger.ts";
import { FEW_LOGITS, FILLED, GIB, MIB, WORTHWHILE } from "./constants.ts";
import { answersOf, memoryLedger } from "./memory_ledger.ts";
import type { MEMORY_SETTINGS, Settings } from "../settings/mod.ts";
import { columnName, say } from "../text/mod.ts";

/** A setting that the plan may choose. */
export type MemoryChoice = Exclude<typeof MEMORY_SETTINGS[number], "memory_gib">;

/** Settings that fit. */
export interface MemoryPlan {
  /** The settings, with what was chosen. */
  readonly settings: Settings;
  /** The settings that were chosen, cheapest saving first. */
  readonly chosen: readonly MemoryChoice[];
  /** What is held, by kind of work. */
  readonly ledger: readonly LedgerRow[];
  /** The most that is held at any time, in bytes. */
  readonly peak: number;
  /** The limit, in bytes. */
  readonly budget: number;
}

/** Half of a limit, where 0 stands for `all`; undefined where it cannot be halved. */
function half(limit: number, all: number): number | undefined {
  const now = limit === 0 ? all : Math.min(limit, all);
  return now > 1 ? Math.ceil(now / 2) : undefined;
}

/** A saving: the setting and its next value, undefined where nothing is left to save. */
type Saving = readonly [
  name: MemoryChoice,
  next: (settings: Settings, models: ModelShapes) => number | boolean | undefined,
];

/** The savings, the one that costs least time first. */
const SAVINGS: readonly Saving[] = [
  ["micro_batch_size", (now) => half(now.micro_batch_size, now.mini_batch_size || answersOf(now))],
  ["score_batch_size", (now) => half(now.score_batch_size, answersOf(now))],
  ["spare_memory", ({ spare_memory }) => spare_memory ? undefined : true], // a second per timestep
  // Each half reads all weights for each of its tokens.
  ["generate_batch_size", (now) => half(now.generate_batch_size, answersOf(now))],
  // Every block is computed once more.
  [
    "blocks_per_program",
    (now, { policy }) =>
      now.dropout_in_update ? undefined : half(now.blocks_per_program, policy.layers),
  ],
  [
    "logits_at_once",
    (now) => now.logits_at_once > 0 || now.dropout_in_update ? undefined : FEW_LOGITS,
  ],
];

/**
 * Finds the settings that fit, using the savings that are `free`: `least` has all savings that
 * lower the peak, `settings` only those that are needed; it is undefined where nothing fits.
 */
function fit(
  models: KnownRun,
  start: Settings,
  { free, budget }: { free: readonly Saving[]; budget: number },
): { least: Settings; settings: Settings | undefined } {
  const peakOf = (settings: Settings) => peakBytes(memoryLedger(models, settings));
  const fits = (settings: Settings) => peakOf(settings) <= FILLED * budget;
  let least = start;
  while (!fits(least)) {
    const now = least, peak = peakOf(now);
    const better = free.map(([name, next]) => ({ ...now, [name]: next(now, models) ?? now[name] }))
      .find((settings) => peakOf(settings) < peak - WORTHWHILE);
    if (better === undefined) return { least, settings: undefined };
    least = better;
  }
  const settings = free.toReversed().reduce((kept, [name]) => {
    const without = { ...kept, [name]: start[name] };
    return fits(without) ? without : kept;
  }, least);
  return { least, settings };
}

/**
 * Chooses the settings that fit `budget` bytes; the settings named in `given` stay as they are.
 *
 * @throws RangeError when nothing fits; the message names what would.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const sizes = { vocabSize: 21128, positions: 1024, embed: 768, heads: 12, layers: 12 };
 * const base = { ...sizes, layerNormEpsilon: 1e-5 };
 * const models = { policy: base, reward: base };
 * const plan = memoryPlan(models, validateSettings({}), { budget: 8 * 2 ** 30 });
 * deepEqual(plan.chosen, ["micro_batch_size"]);
 * ```
 */
export function memoryPlan(
  models: KnownRun,
  settings: Settings,
  { budget, given = [] }: { budget: number; given?: readonly string[] },
): MemoryPlan {
  const free = SAVINGS.filter(([name]) => !given.includes(name));
  const fitting = fit(models, settings, { free, budget });
  const chosen = fitting.settings;
  const ledger = memoryLedger(models, chosen ?? fitting.least);
  const peak = peakBytes(ledger);
  if (chosen === undefined) {
    const would = whatWouldFit(models, settings, { budget, given, peak });
    const needed = needs(ledger, budget);
    throw new RangeError(say({
      en: `Cannot run with these settings: ${needed}; ${would}`,
      zh: `内存不足，无法用这些设置训练：${needed}；${would}`,
    }));
  }
  const changed = SAVINGS.map(([name]) => name).filter((name) => chosen[name] !== settings[name]);
  return { settings: chosen, chosen: changed, ledger, peak, budget };
}

/**
 * Bytes as text for people.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * deepEqual([315 * 2 ** 20, 3.78 * 2 ** 30].map(memoryText), ["315 MiB", "3.78 GiB"]);
 * ```
 */
export const memoryText = (bytes: number): string =>
  bytes < GIB ? `${(bytes / MIB).toFixed(0)} MiB` : `${(bytes / GIB).toFixed(2)} GiB`;

/** The phases of a run in Chinese. */
const PHASES: Readonly<Record<LedgerRow["phase"], string>> = {
  generate: "生成回答",
  score: "评分",
  measure: "测量 KL",
  update: "更新",
};

/** The peak with its two largest parts, beside the budget. */
function needs(ledger: readonly LedgerRow[], budget: number): string {
  const [worst] = ledger.toSorted((a, b) => b.total - a.total);
  const parts = LEDGER_COLUMNS.toSorted((a, b) => worst[b] - worst[a]).slice(0, 2)
    .map((column) => ({ bytes: memoryText(worst[column]), column }));
  const en = parts.map(({ bytes, column }) => `${bytes} of ${column}`).join(" and ");
  const zh = parts.map(({ bytes, column }) => `${columnName(column)} ${bytes}`).join("、");
  const [taken, allowed] = [memoryText(worst.total), memoryText(budget)];
  return say({
    en: `it takes ${taken} (to ${worst.phase}, with ${en}), and ${allowed} may be used`,
    zh: `需要 ${taken}（${PHASES[worst.phase]}时，其中${zh}），而可用 ${allowed}`,
  });
}

/**
 * The flags that would have to change; or a larger budget, and shorter texts where they would fit.
 */
function whatWouldFit(
  models: KnownRun,
  settings: Settings,
  { budget, given, peak }: { budget: number; given: readonly string[]; peak: number },
): string {
  const fitted = (start: Settings) => fit(models, start, { free: SAVINGS, budget }).settings;
  const fitting = fitted(settings);
  const flags = SAVINGS.flatMap(([name]) =>
    given.includes(name) && fitting !== undefined && fitting[name] !== settings[name]
      ? [`${name} ${fitting[name]}`]
      : []
  );
  if (flags.length > 0) {
    return say({
      en: `${flags.join(" and ")} would fit`,
      zh: `改用 ${flags.join(" 和 ")} 就放得下`,
    });
  }
  const gib = (Math.ceil(peak / FILLED / GIB * 100) / 100).toFixed(2);
  const enough = say({
    en: `--memory_gib ${gib} would be enough`,
    zh: `--memory_gib ${gib} 就够了`,
  });
  const shorter = [0.75, 0.5, 0.25].map((share) => Math.floor(settings.max_len * share))
    .filter((max_len) => max_len >= settings.query_len + 4)
    .find((max_len) => fitted({ ...settings, max_len }) !== undefined);
  if (shorter === undefined) return enough;
  return say({
    en: `max_len ${shorter} would fit, and ${enough}`,
    zh: `max_len ${shorter} 放得下，或者 ${enough}`,
  });
}
