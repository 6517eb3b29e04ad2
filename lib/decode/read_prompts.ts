/**
 * In which calls a batch's prompts are read: like lengths together, each group in a call of its own that writes its rows of the
 * caches; and a prompt that stands in the batch several times once, its other rows get a copy of what was read.
 */
import type { Device } from "../runtime/mod.ts";
import { type CacheArrays, cacheOfRows, copyRows } from "./cache.ts";
import type { Drawn, KeptRows } from "./decoding_state.ts";
import { type RowGroupOptions, rowGroups } from "../lm/mod.ts";
import type { TokenRow } from "../lm/mod.ts";

/** How a batch's prompts are read. The caches hold the rows as they stand here: the groups', then the repeated ones. */
export interface PromptPlan {
  /** The numbers of the prompts that are read, in groups. */
  readonly groups: readonly (readonly number[])[];
  /** The numbers of those that were read before. */
  readonly repeated: readonly number[];
  /** Which rows of the caches they get, from where. */
  readonly copies: KeptRows["moves"];
}

/** Reads each prompt once, in the groups that cost least. */
export function promptPlan(prompts: readonly TokenRow[], options: RowGroupOptions): PromptPlan {
  const firstOf = new Map<string, number>(); // by the prompt's tokens
  const firsts = prompts.map((prompt, row) => {
    const key = prompt.join();
    const first = firstOf.get(key) ?? row;
    firstOf.set(key, first);
    return first;
  });
  const read = [...firstOf.values()];
  const groups = rowGroups(read.map((row) => prompts[row].length), options)
    .map((group) => group.map((index) => read[index]));
  const placeOf = new Map(groups.flat().map((row, place) => [row, place]));
  const repeated = [...prompts.keys()].filter((row) => firsts[row] !== row);
  const copies = repeated.map((row, index) => ({
    from: placeOf.get(firsts[row]) ?? unread(row),
    to: read.length + index,
  }));
  return { groups, repeated, copies };
}

function unread(row: number): never {
  throw new RangeError(`Cannot generate: prompt ${row} was not read`);
}

/** Draws the first tokens of some rows, whose caches come with them. */
export type DrawFirst = (rows: readonly number[], cache: readonly CacheArrays[]) => Promise<Drawn>;

/** Reads the prompts of a plan; gives what was drawn in the caches' order. `again`: for rows whose caches hold their prompt. */
export async function readPrompts(
  device: Device,
  { groups, repeated, copies, cache }: PromptPlan & { readonly cache: readonly CacheArrays[] },
  { read, again }: { read: DrawFirst; again: DrawFirst },
): Promise<Drawn> {
  const drawn: Drawn[] = [];
  let start = 0;
  for (const rows of groups) {
    drawn.push(await read(rows, await cacheOfRows(device, cache, { start, count: rows.length })));
    start += rows.length;
  }
  if (repeated.length > 0) {
    await copyRows(device, cache, copies);
    drawn.push(
      await again(repeated, await cacheOfRows(device, cache, { start, count: repeated.length })),
    );
  }
  return drawn.length === 1 ? drawn[0] : sideBySide(drawn);
}

/** What several calls drew, as if one had. */
function sideBySide(parts: readonly Drawn[]): Drawn {
  const masks = parts.flatMap(({ samplingMask }) =>
    samplingMask === undefined ? [] : [samplingMask]
  );
  const joined = new Uint8Array(masks.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const mask of masks) {
    joined.set(mask, at);
    at += mask.length;
  }
  return {
    tokens: Int32Array.from(parts.flatMap(({ tokens }) => [...tokens])),
    logProbs: Float32Array.from(parts.flatMap(({ logProbs }) => [...logProbs])),
    samplingMask: masks.length > 0 ? joined : undefined,
  };
}
