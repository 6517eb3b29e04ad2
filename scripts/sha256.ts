/** SHA-256 in hexadecimal digits: what tells one content from another in READMEs and in the records of runs. */

/** Of bytes. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Of a text's UTF-8 bytes. */
export const sha256OfText = (text: string): Promise<string> =>
  sha256(new TextEncoder().encode(text));

/** Of a file's content. */
export const sha256Of = async (path: string): Promise<string> => sha256(await Deno.readFile(path));
