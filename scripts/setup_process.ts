/** Runs a program without showing what it prints, and keeps that for an error sentence. */

/** What a finished program left behind. */
export interface Finished {
  readonly success: boolean;
  readonly output: string;
  readonly errors: string;
}

/** Runs `argv` to its end; a program that cannot be started counts as failed. */
export async function runQuietly(argv: readonly string[]): Promise<Finished> {
  const [program = "", ...args] = argv;
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" })
      .output();
    const text = new TextDecoder();
    return { success, output: text.decode(stdout), errors: text.decode(stderr) };
  } catch (error) {
    return {
      success: false,
      output: "",
      errors: error instanceof Error ? error.message : String(error),
    };
  }
}

/** The first line that says something, without surrounding blanks. */
export function firstLine(text: string): string {
  return text.split("\n").map((line) => line.trim()).find((line) => line !== "") ??
    "no reason given";
}
