/** Folders that exist for the time of a test. */

/** Lets `use` work with a folder of these files; what is not text is written as JSON. */
export async function withFiles(
  files: Readonly<Record<string, unknown>>,
  use: (folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
