/** How the commands read data files. */
import type { DataFileOptions } from "../lib/passages/mod.ts";
import type { Terminal } from "./command.ts";

/** How a command reads data files, and where it prints what it found and left out. */
export const dataFileOptions = (
  { strict }: { strict: boolean },
  { print }: Pick<Terminal, "print">,
): Required<DataFileOptions> => ({ strict, tell: print });
