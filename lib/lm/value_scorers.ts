/** Computes the outputs of a value model for existing answers: a critic's values, and scores. */
import { type Device, ints, jit } from "../runtime/mod.ts";
import { type AnswerBatch, answerSpec, rowsOf } from "./answers.ts";
import type { Gpt2Config } from "./config.ts";
import { gpt2At, valueHeadAt } from "./gpt2.ts";
import { valueModelSpec } from "./gpt2_parameters.ts";
import {
  programsFor,
  storedSpec,
  type StoredValueModel,
  type WeightType,
  widened,
} from "./parameters.ts";
import { batchesByLength, inRowOrder } from "./row_groups.ts";
import { padRows, type TokenRow } from "./rows.ts";

/** Reads one value at each of a batch's columns: [batch][columns]. */
export type ValueEvaluator = (batch: Pick<AnswerBatch, "rows" | "columns">) => Promise<number[][]>;

/**
 * Compiles a value model (critic or reward model), for parameters stored as any of `types`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerBatch, createValueScorer } from "ppo/lm/mod.ts";
 * import { initialWeights, uploadParameters, valueModelSpec } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(valueModelSpec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, valueModelSpec(config), weights);
 * const values = await createValueScorer(device, config);
 * const batch = answerBatch([{ prompt: [1, 2], answer: [3, 4] }], { padId: 0 });
 * deepEqual((await values(parameters)(batch))[0].length, 2); // one value an answer token
 * ```
 */
export async function createValueScorer(
  device: Device,
  config: Gpt2Config,
  types: readonly WeightType[] = ["float32"],
): Promise<(parameters: StoredValueModel) => ValueEvaluator> {
  const model = valueModelSpec(config);
  const programs = await programsFor(types, (type) => {
    const { rows, columns } = answerSpec;
    const spec = { stored: storedSpec(model, type), rows, columns };
    return jit(device, spec, ({ stored, rows, columns }) => {
      const parameters = widened(model, stored);
      return { values: valueHeadAt(gpt2At(parameters, { ...rows, columns }, config), parameters) };
    }, { toHost: ["values"] });
  });
  return (stored) => async ({ rows, columns }) => {
    const { values } = await programs(stored)({ stored, rows, columns });
    return rowsOf(await device.read(values), columns.dims[1]);
  };
}

/**
 * Scores any number of rows with a reward model's parameters, at most `batchSize` at once (default
 * 64, or fewer if they are long).
 */
export type RowScorer = (
  parameters: StoredValueModel,
  rows: readonly TokenRow[],
  options?: { batchSize?: number },
) => Promise<number[]>;

/**
 * Compiles the scores of whole rows: a reward model's value at each row's last token, in the rows'
 * order.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createRowScorer, initialWeights } from "ppo/lm/mod.ts";
 * import { uploadParameters, valueModelSpec } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(valueModelSpec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, valueModelSpec(config), weights);
 * const score = await createRowScorer(device, config, { padId: 0 });
 * deepEqual((await score(parameters, [[1, 2], [1, 2, 3]])).length, 2); // one score a row
 * ```
 */
export async function createRowScorer(
  device: Device,
  config: Gpt2Config,
  { padId }: { padId: number },
): Promise<RowScorer> {
  const scorer = await createValueScorer(device, config);
  return async (parameters, rows, { batchSize } = {}) => {
    const groups = batchesByLength(rows.map(({ length }) => length), batchSize);
    const scores: number[][] = [];
    for (const group of groups) {
      const members = group.map((row) => rows[row]);
      const columns = ints(members.map(({ length }) => length - 1), [members.length, 1]);
      const batch = { rows: padRows(members, { padId }), columns };
      scores.push((await scorer(parameters)(batch)).flat());
    }
    return inRowOrder(groups, scores);
  };
}
