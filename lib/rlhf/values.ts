/** What a value model (critic or reward model) says of answers: one number a token. */
import {
  gpt2At,
  type Gpt2Config,
  rowsSpec,
  valueHeadAt,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import { type Device, int, jit } from "../runtime/mod.ts";
import { type AnswerBatch } from "./answer_batch.ts";
import { rowsOf } from "./sampled_policy.ts";

/** V at each of the batch's columns: one row an answer. */
export type ValueScorer = (
  parameters: ValueModelArrays,
  batch: Pick<AnswerBatch, "rows" | "columns">,
) => Promise<number[][]>;

/** Compiles a value model; gives V at each of the batch's columns. */
export async function createValueScorer(device: Device, config: Gpt2Config): Promise<ValueScorer> {
  const spec = {
    parameters: valueModelSpec(config),
    rows: rowsSpec,
    columns: int({ batch: -1, answer: -1 }),
  };
  const program = await jit(device, spec, ({ parameters, rows, columns }) => {
    return { values: valueHeadAt(gpt2At(parameters, { ...rows, columns }, config), parameters) };
  }, { toHost: ["values"] });
  return async (parameters, { rows, columns }) => {
    const { values } = await program({ parameters, rows, columns });
    return rowsOf(await device.read(values), columns.dims[1]);
  };
}
