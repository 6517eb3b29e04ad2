/**
 * How BERT's WordPiece cuts our text: one piece a Han character or punctuation mark, Latin and
 * digits one piece each, because the vocabulary holds no longer words. Not a tokenizer (that is
 * `lib/lm`): it only counts lengths and lists the pieces that `vocab.txt` must hold.
 */

const ALPHANUMERIC = /[a-z0-9]/;

/**
 * The WordPiece pieces of a text, lower-cased; a character after another of the same word gets
 * `##`.
 */
export function piecesOf(text: string): string[] {
  const characters = [...text.toLowerCase()].filter((character) => character.trim() !== "");
  return characters.map((character, i) => {
    const inside = i > 0 && ALPHANUMERIC.test(character) &&
      ALPHANUMERIC.test(characters[i - 1] ?? "");
    return inside ? `##${character}` : character;
  });
}

/** Is this one Han character? */
export function isHan(character: string): boolean {
  return /^\p{Script=Han}$/u.test(character);
}

/** The rows of GB 2312 with the common Han characters, and the cells of each row. */
const GB2312 = { first: 0xb0, last: 0xd7, cells: [0xa1, 0xfe] } as const;

/**
 * The 3,755 common Han characters: the first level of GB 2312-1980, in its order (by
 * pronunciation).
 */
export function commonHan(): string[] {
  const decoder = new TextDecoder("gb2312");
  const found: string[] = [];
  for (let row = GB2312.first; row <= GB2312.last; row++) {
    for (let cell = GB2312.cells[0]; cell <= GB2312.cells[1]; cell++) {
      found.push(decoder.decode(new Uint8Array([row, cell])));
    }
  }
  return found.filter(isHan);
}
