/**
 * Settings that fit a budget of memory, chosen before anything is loaded.
 *
 * A ladder: as long as the ledger's peak is above the budget, the saving that costs least time and lowers the peak is taken; then
 * whatever turns out not to be needed is given back, the costliest first. What was given by hand is not touched.
 */
import { LEDGER_COLUMNS, type LedgerRow, type ModelShapes, peakBytes } from "./ledger_row.ts";
import { memoryLedger } from "./memory_ledger.ts";
import type { MEMORY_SETTINGS, Settings } from "../settings/mod.ts";

/** A setting that the plan may choose. */
export type MemoryChoice = Exclude<typeof MEMORY_SETTINGS[number], "memory_gib">;

/** What fits. */
export interface MemoryPlan {
  /** The settings, with what was chosen. */
  readonly settings: Settings;
  /** What was chosen, in the order of the table of settings. */
  readonly chosen: readonly MemoryChoice[];
  /** What is held, by kind of work. */
  readonly ledger: readonly LedgerRow[];
  /** The most that is held at any time, in bytes. */
  readonly peak: number;
  /** What it may be, in bytes. */
  readonly budget: number;
}

const GIB = 2 ** 30;

/** The share of a budget that a plan fills: it is no measurement. */
const FILLED = 0.95;

/** The next saving of one kind; undefined: there is none. */
type Saving = (models: ModelShapes, settings: Settings) => Partial<Settings> | undefined;

const half = (limit: number, all: number): number | undefined => {
  const now = limit === 0 ? all : Math.min(limit, all);
  return now > 1 ? Math.ceil(now / 2) : undefined;
};

const answersOf = ({ batch_size, num_return_sequences }: Settings): number =>
  batch_size * num_return_sequences;

/** Halves a limit of rows. */
const fewerRows = (
  name: "micro_batch_size" | "score_batch_size" | "generate_batch_size",
  all: (settings: Settings) => number,
): Saving =>
(_, settings) => {
  const rows = half(settings[name], all(settings));
  return rows === undefined ? undefined : { [name]: rows };
};

/** Answer tokens whose logits are computed at once where memory is short: below that the products get slow. */
const FEW_LOGITS = 64;

/** The savings, the one that costs least time first. */
const SAVINGS: Readonly<Record<MemoryChoice, Saving>> = {
  micro_batch_size: fewerRows(
    "micro_batch_size",
    (settings) => settings.mini_batch_size || answersOf(settings),
  ),
  score_batch_size: fewerRows("score_batch_size", answersOf),
  spare_memory: (_, { spare_memory }) => spare_memory ? undefined : { spare_memory: true }, // a second a timestep
  logits_at_once: (_, { logits_at_once, dropout_in_update }) =>
    logits_at_once > 0 || dropout_in_update ? undefined : { logits_at_once: FEW_LOGITS },
  generate_batch_size: fewerRows("generate_batch_size", answersOf), // each half reads all weights for each of its tokens
  blocks_per_program({ policy }, { blocks_per_program, dropout_in_update }) { // every block is computed once more
    if (dropout_in_update) return undefined;
    const blocks = half(blocks_per_program, policy.layers);
    return blocks === undefined ? undefined : { blocks_per_program: blocks };
  },
};

const ORDER: readonly MemoryChoice[] = [
  "micro_batch_size",
  "score_batch_size",
  "spare_memory",
  "generate_batch_size",
  "blocks_per_program",
  "logits_at_once",
];

const peakOf = (models: ModelShapes, settings: Settings): number =>
  peakBytes(memoryLedger(models, settings));

/** Whether settings fit with what a plan leaves free. */
const fits = (models: ModelShapes, settings: Settings, budget: number): boolean =>
  peakOf(models, settings) <= FILLED * budget;

/** A saving counts from so many bytes on. */
const WORTH = 2 ** 20;

/** Saves until the peak fits or nothing lowers it any more. */
function saved(
  models: ModelShapes,
  start: Settings,
  { free, budget }: { free: readonly MemoryChoice[]; budget: number },
): Settings {
  let settings = start, peak = peakOf(models, start);
  while (peak > FILLED * budget) {
    const next = free.map((name) => SAVINGS[name](models, settings)).find((saving) =>
      saving !== undefined && peakOf(models, { ...settings, ...saving }) < peak - WORTH
    );
    if (next === undefined) return settings;
    settings = { ...settings, ...next };
    peak = peakOf(models, settings);
  }
  return settings;
}

/** Gives back, the costliest first, what the peak fits without. */
function eased(
  models: ModelShapes,
  settings: Settings,
  { start, free, budget }: { start: Settings; free: readonly MemoryChoice[]; budget: number },
): Settings {
  return free.toReversed().reduce((kept, name) => {
    const without = { ...kept, [name]: start[name] };
    return fits(models, without, budget) ? without : kept;
  }, settings);
}

/**
 * Chooses the settings that fit `budget` bytes; names in `given` stay as they are.
 *
 * @throws RangeError when nothing fits, with the sentence that says what would.
 */
export function memoryPlan(
  models: ModelShapes,
  settings: Settings,
  { budget, given = [] }: { budget: number; given?: readonly string[] },
): MemoryPlan {
  const free = ORDER.filter((name) => !given.includes(name));
  const least = saved(models, settings, { free, budget });
  if (!fits(models, least, budget)) {
    throw new RangeError(refusal(models, least, { settings, budget, given }));
  }
  const fitting = eased(models, least, { start: settings, free, budget });
  const ledger = memoryLedger(models, fitting);
  return {
    settings: fitting,
    chosen: ORDER.filter((name) => fitting[name] !== settings[name]),
    ledger,
    peak: peakBytes(ledger),
    budget,
  };
}

/** "3.78 GiB"; "315 MiB" where it is less than one. */
export const memoryText = (bytes: number): string =>
  bytes < GIB ? `${(bytes / 2 ** 20).toFixed(0)} MiB` : `${(bytes / GIB).toFixed(2)} GiB`;

/** What would fit, in one sentence. */
function refusal(
  models: ModelShapes,
  least: Settings,
  { settings, budget, given }: { settings: Settings; budget: number; given: readonly string[] },
): string {
  const ledger = memoryLedger(models, least);
  const peak = peakBytes(ledger);
  const worst = ledger.find(({ total }) => total === peak) ?? ledger[0];
  const most = LEDGER_COLUMNS.toSorted((a, b) => worst[b] - worst[a]).slice(0, 2);
  const found = most.map((column) => `${memoryText(worst[column])} of ${column}`).join(" and ");
  const state = `it takes ${memoryText(peak)} (to ${worst.phase}, with ${found}), and ${
    memoryText(budget)
  } may be used`;
  return `Cannot run with these settings: ${state}; ${
    whatWouldFit(models, settings, { budget, given, peak })
  }`;
}

function whatWouldFit(
  models: ModelShapes,
  settings: Settings,
  { budget, given, peak }: { budget: number; given: readonly string[]; peak: number },
): string {
  const free = ORDER.filter((name) => given.includes(name));
  if (free.length > 0) {
    const found = saved(models, settings, { free: ORDER, budget });
    if (fits(models, found, budget)) {
      const fitting = eased(models, found, { start: settings, free: ORDER, budget });
      const flags = free.filter((name) => fitting[name] !== settings[name]);
      return `${flags.map((name) => `${name} ${fitting[name]}`).join(" and ")} would fit`;
    }
  }
  const enough = `--memory_gib ${
    (Math.ceil(peak / FILLED / GIB * 10) / 10).toFixed(1)
  } would be enough`;
  const shorter = fittingLength(models, settings, budget);
  return shorter === undefined ? enough : `max_len ${shorter} would fit, and ${enough}`;
}

/** The longest `max_len` of some that fits. */
function fittingLength(
  models: ModelShapes,
  settings: Settings,
  budget: number,
): number | undefined {
  const least = settings.query_len + 4;
  const lengths = [0.75, 0.5, 0.25].map((share) => Math.floor(settings.max_len * share));
  return lengths.find((max_len) => {
    if (max_len < least) return false;
    const shorter = { ...settings, max_len };
    return fits(models, saved(models, shorter, { free: ORDER, budget }), budget);
  });
}
