/** What a value model (critic or reward model) says of answers: one number a token. */
import { gpt2At, rowsSpec, valueHeadAt, valueModelSpec } from "./gpt2.ts";
import { type Gpt2Config } from "./config.ts";
import {
  programsFor,
  storedSpec,
  type StoredValueModel,
  type WeightType,
  widened,
} from "./stored_parameters.ts";
import { type Device, int, jit } from "../runtime/mod.ts";
import { type AnswerBatch } from "./answer_batch.ts";
import { rowsOf } from "./sampled_policy.ts";

/** V at each of the batch's columns: one row an answer. */
export type ValueScorer = (
  parameters: StoredValueModel,
  batch: Pick<AnswerBatch, "rows" | "columns">,
) => Promise<number[][]>;

/** Compiles a value model for parameters stored in any of some ways; gives V at each of the batch's columns. */
export async function createValueScorer(
  device: Device,
  config: Gpt2Config,
  types: readonly WeightType[] = ["float32"],
): Promise<ValueScorer> {
  const model = valueModelSpec(config);
  const programs = await programsFor(types, (type) => {
    const columns = int({ batch: -1, answer: -1 });
    const spec = { stored: storedSpec(model, type), rows: rowsSpec, columns };
    return jit(device, spec, ({ stored, rows, columns }) => {
      const parameters = widened(model, stored);
      return { values: valueHeadAt(gpt2At(parameters, { ...rows, columns }, config), parameters) };
    }, { toHost: ["values"] });
  });
  return async (parameters, { rows, columns }) => {
    const { values } = await programs(parameters)({ stored: parameters, rows, columns });
    return rowsOf(await device.read(values), columns.dims[1]);
  };
}
