/**
 * How the memory of a full-size run shrinks, saving by saving, by the plan that `deno task train`
 * makes.
 */
import { LEDGER_COLUMNS, memoryLedger, memoryPlan, type ModelShapes } from "../memory/mod.ts";
import { type Settings, validateSettings } from "../settings/mod.ts";
import { say, type Text } from "../text/mod.ts";

/** GPT-2 base with the vocabulary of Chinese BERT: the model that the tutorial trains. */
export const GPT2_BASE: ModelShapes["policy"] = {
  vocabSize: 21128,
  positions: 1024,
  embed: 768,
  heads: 12,
  layers: 12,
  layerNormEpsilon: 1e-5,
};

/** Savings in the order of the figure; each keeps those before it. */
const SAVINGS: readonly (readonly [step: Text, settings: Partial<Settings>])[] = [
  [{ en: "16 answers per micro-batch", zh: "每个微批次 16 个回答" }, {}],
  [{ en: "4 answers per micro-batch", zh: "每个微批次 4 个回答" }, { micro_batch_size: 4 }],
  [{ en: "1 answer per micro-batch", zh: "每个微批次 1 个回答" }, { micro_batch_size: 1 }],
  [{ en: "frozen models loaded only for use", zh: "冻结的模型用时才加载" }, { spare_memory: true }],
  [{ en: "4 answers scored and generated at a time", zh: "每次生成和评分 4 个回答" }, {
    score_batch_size: 4,
    generate_batch_size: 4,
  }],
  [{ en: "gradient checkpointing, 3 blocks per segment", zh: "激活重计算，每段 3 个块" }, {
    blocks_per_program: 3,
  }],
];

/** The peak of the tutorial's run after each saving, in GiB by what the memory is held for. */
export function memorySteps(
  models: ModelShapes,
): { step: string; held: typeof LEDGER_COLUMNS[number]; GiB: number }[] {
  let taken: Partial<Settings> = {};
  return SAVINGS.flatMap(([step, saving]) => {
    taken = { ...taken, ...saving };
    const ledger = memoryLedger(models, validateSettings(taken));
    const [worst] = ledger.toSorted((a, b) => b.total - a.total);
    return LEDGER_COLUMNS.map((held) => ({ step: say(step), held, GiB: worst[held] / 2 ** 30 }));
  });
}

const PHASES = {
  generate: { en: "generate", zh: "生成" },
  score: { en: "score", zh: "评分" },
  measure: { en: "measure", zh: "测量" },
  update: { en: "update", zh: "更新" },
} as const;

/**
 * The ledger of the tutorial's run when it is planned for so many GiB: MiB by kind of work, one
 * row each.
 */
export function plannedLedger(
  models: ModelShapes,
  { gib }: { gib: number },
): Record<string, string | number>[] {
  const { ledger } = memoryPlan(models, validateSettings({}), { budget: gib * 2 ** 30 });
  return ledger.map(({ phase, ...bytes }) => {
    const mib = Object.entries(bytes).map(([held, size]) => [held, Math.round(size / 2 ** 20)]);
    return { phase: say(PHASES[phase]), ...Object.fromEntries(mib) };
  });
}
