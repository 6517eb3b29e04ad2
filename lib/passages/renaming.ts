/**
 * Renaming: the name that a passage is about becomes a random one, in the passage and in all that is asked about it.
 *
 * A small model that meets a thousand names many times learns them by heart, and asks about a name it knows in place of the one
 * it reads. A name made anew each time cannot be remembered, only copied (Hermann et al. 2015, "Teaching Machines to Read and
 * Comprehend", section 3.2, anonymise names for the same reason).
 */
import type { Random } from "../random/mod.ts";

/** Characters that stay where they are: marks around and within a name. */
const MARKS = /[^\p{L}\p{N}]/u;

/** A random name has this many characters, from the least to the most, marks not counted. */
const LENGTHS = { least: 2, most: 6 } as const;

const below = (limit: number, random: Random): number => Math.floor(random() * limit);

/**
 * A random name in the place of `name`: marks around it stay, and every other time the last character, which tells the kind
 * (a river, a lake), stays too.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(randomName("《春》", { alphabet: ["山", "水"], random: () => 0 }), "《山春》"); // least length, last one kept
 * ```
 */
export function randomName(
  name: string,
  { alphabet, random }: { alphabet: readonly string[]; random: Random },
): string {
  const characters = [...name];
  const start = characters.findIndex((character) => !MARKS.test(character));
  const end = characters.findLastIndex((character) => !MARKS.test(character)) + 1;
  if (start < 0) return name;
  const length = LENGTHS.least + below(LENGTHS.most - LENGTHS.least + 1, random);
  const drawn = Array.from({ length }, () => alphabet[below(alphabet.length, random)]);
  const keepsLast = random() < 0.5;
  const middle = keepsLast ? [...drawn.slice(1), characters[end - 1]] : drawn;
  return [...characters.slice(0, start), ...middle, ...characters.slice(end)].join("");
}

/** The Han characters among the entries of a vocabulary. */
export const hanOf = (vocabulary: readonly string[]): string[] =>
  vocabulary.filter((token) => /^\p{Script=Han}$/u.test(token));

/** Whose passages get a new name, and how often. */
export interface RenamingOptions {
  /** Passage -> the name it is about; a passage that is not there keeps its name. */
  readonly names: ReadonlyMap<string, string>;
  /** Characters that new names are made of. */
  readonly alphabet: readonly string[];
  /** Share of the passages that are renamed. */
  readonly proportion: number;
  /** Decides which passages are renamed, and how. */
  readonly random: Random;
}

/** Gives texts about a passage with its name replaced, or as they are. */
export function createRenamer(
  { names, alphabet, proportion, random }: RenamingOptions,
): (passage: string, texts: readonly string[]) => string[] {
  return (passage, texts) => {
    const name = names.get(passage);
    if (name === undefined || random() >= proportion) return [...texts];
    const other = randomName(name, { alphabet, random });
    return texts.map((text) => text.replaceAll(name, other));
  };
}
