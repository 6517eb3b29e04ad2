/**
 * The calls that read a batch's prompts: prompts of similar lengths share a call, and a prompt
 * that occurs several times is read once.
 */
import { type RowGroupOptions, rowGroups, type TokenRow } from "../lm/mod.ts";

/**
 * How to read a batch's prompts. The caches hold the rows in this order: the groups, then the
 * repeated rows.
 */
export interface PromptPlan {
  /** The numbers of the prompts to read, in groups of one call each. */
  readonly groups: readonly (readonly number[])[];
  /** The numbers of the prompts that equal one of those. */
  readonly repeated: readonly number[];
  /** The rows of the caches to copy for them. */
  readonly copies: readonly { from: number; to: number }[];
}

/** Plans the groups that take the least time. */
export function promptPlan(prompts: readonly TokenRow[], options: RowGroupOptions): PromptPlan {
  const rowsOf = Map.groupBy(prompts.keys(), (row) => prompts[row].join());
  const distinct = [...rowsOf.values()]; // the rows of each different prompt
  const lengths = distinct.map(([first]) => prompts[first].length);
  const order = rowGroups(lengths, options);
  const groups = order.map((group) => group.map((index) => distinct[index][0]));
  const copiesOf = order.flat().flatMap((index, from) =>
    distinct[index].slice(1).map((row) => ({ row, from }))
  ).toSorted((a, b) => a.row - b.row);
  return {
    groups,
    repeated: copiesOf.map(({ row }) => row),
    copies: copiesOf.map(({ from }, index) => ({ from, to: distinct.length + index })),
  };
}
