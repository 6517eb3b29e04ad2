/**
 * SHA-256 in hexadecimal digits, which identifies content in READMEs and in the records of runs.
 */

/** The SHA-256 of bytes. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The SHA-256 of a text's UTF-8 bytes. */
export const sha256OfText = (text: string): Promise<string> =>
  sha256(new TextEncoder().encode(text));

/** The SHA-256 of a file's content. */
export const sha256Of = async (path: string): Promise<string> => sha256(await Deno.readFile(path));
