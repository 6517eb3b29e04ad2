/** Prompts read in groups of like lengths: each group is a call of its own that writes its rows of the caches. */
import type { Device } from "../runtime/mod.ts";
import { type CacheArrays, cacheOfRows } from "./cache.ts";
import type { Drawn } from "./decoding_state.ts";

/** What is read: groups of prompts that stand in the caches one behind the other. */
export interface PromptGroups {
  /** The numbers of each group's prompts. */
  readonly groups: readonly (readonly number[])[];
  /** With as many rows as there are prompts. */
  readonly cache: readonly CacheArrays[];
}

/** Reads each group with its part of the caches; gives what was drawn in the caches' order. */
export async function readInGroups(
  device: Device,
  { groups, cache }: PromptGroups,
  read: (rows: readonly number[], cache: readonly CacheArrays[]) => Promise<Drawn>,
): Promise<Drawn> {
  const drawn: Drawn[] = [];
  let start = 0;
  for (const rows of groups) {
    drawn.push(await read(rows, await cacheOfRows(device, cache, { start, count: rows.length })));
    start += rows.length;
  }
  return drawn.length === 1 ? drawn[0] : sideBySide(drawn);
}

/** What several calls drew, as if one had. */
function sideBySide(parts: readonly Drawn[]): Drawn {
  const kept = parts.flatMap(({ kept }) => kept === undefined ? [] : [kept]);
  const bytes = new Uint8Array(kept.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const set of kept) {
    bytes.set(set, at);
    at += set.length;
  }
  return {
    tokens: Int32Array.from(parts.flatMap(({ tokens }) => [...tokens])),
    logProbs: Float32Array.from(parts.flatMap(({ logProbs }) => [...logProbs])),
    kept: kept.length > 0 ? bytes : undefined,
  };
}
