/** Data files of a given text, read by one of the readers of `lib/passages`. */
import type { DataFileOptions } from "../../lib/passages/mod.ts";
import { withFolder } from "./folder.ts";

/** What a reader returns for a file, and what it tells, with FILE for its path. */
export async function read<T>(
  text: string,
  reader: (path: string, options: DataFileOptions) => Promise<T>,
  { name = "data.json", strict = false } = {},
): Promise<{ value: T; told: string[] }> {
  let result: { value: T; told: string[] } | undefined;
  await withFolder(async (folder) => {
    const path = `${folder}/${name}`, told: string[] = [];
    await Deno.writeTextFile(path, text);
    const tell = (line: string) => told.push(line.replaceAll(path, "FILE"));
    const value = await reader(path, { strict, tell }).catch((error: Error) => {
      throw new Error(error.message.replaceAll(path, "FILE"));
    });
    result = { value, told };
  });
  if (result === undefined) throw new Error("nothing was read");
  return result;
}

/** The error for such a file. */
export const refused = (...args: Parameters<typeof read>): Promise<string> =>
  read(...args).then(() => "nothing was refused", (error: Error) => error.message);

/** Rows as JSON lines. */
export const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row) + "\n").join("");
/** A value as indented JSON. */
export const pretty = (value: unknown) => JSON.stringify(value, null, 1);

/** Two questions. */
export const wanted = [
  { content: "黄河发源于青海省。", query: "黄河发源于哪里？" },
  { content: "北京是中国的首都。", query: "中国的首都是哪里？" },
];
