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
