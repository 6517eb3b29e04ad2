/**
 * Renaming: replaces the name of a passage's subject by a random one, in the passage and in its
 * questions.
 *
 * A small model that sees a thousand names many times memorises them, and asks about a name it
 * knows instead of the one it reads. A fresh random name cannot be memorised, only copied. Hermann
 * et al. 2015, "Teaching Machines to Read and Comprehend", section 3.2, anonymise names for the
 * same reason.
 */
import type { Random } from "../random/mod.ts";

/** Characters that keep their place: punctuation around a name. */
const MARKS = /[^\p{L}\p{N}]/u;

/** The minimum and maximum number of characters in a random name, without punctuation. */
const LENGTHS = { least: 2, most: 6 } as const;

const below = (limit: number, random: Random): number => Math.floor(random() * limit);

/**
 * A random name to replace `name`. Punctuation around it is kept. With probability 1/2 the last
 * character is kept too, because it often names the kind (a river, a lake).
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const options = { alphabet: ["山", "水"], random: () => 0 };
 * equal(randomName("《春》", options), "《山春》"); // minimum length, last character kept
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

/** Which passages get a new name, and how often. */
export interface RenamingOptions {
  /** Passage -> the name of its subject. A passage without an entry keeps its name. */
  readonly names: ReadonlyMap<string, string>;
  /** The characters of new names. */
  readonly alphabet: readonly string[];
  /** Share of the passages that are renamed. */
  readonly proportion: number;
  /** The source of random choices. */
  readonly random: Random;
}

/** Makes a function that returns texts about a passage, some with the name replaced. */
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
