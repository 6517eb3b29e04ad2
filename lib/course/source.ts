/**
 * A function of the library as it runs, for a cell to show: the chapter's code is the trainer's
 * code.
 */
import { readText } from "../files/mod.ts";
import { displaySymbol } from "../plots/mod.ts";
import { pathOf } from "./embedded.ts";

/** Source text that shows itself as highlighted TypeScript. */
export interface Source {
  /** The text. */
  readonly text: string;
  /** Content by media type. */
  [displaySymbol](): Record<string, string>;
}

/**
 * The source of an exported function.
 *
 * @param path the file below `lib/`, such as `ppo/rollout.ts`
 * @throws RangeError when the file exports no function of that name
 */
export async function sourceOf(path: string, name: string): Promise<Source> {
  const file = await readText(pathOf(`lib/${path}`));
  const pattern = new RegExp(`^export (?:async )?function\\*? ${name}\\b[\\s\\S]*?^}$`, "m");
  const text = pattern.exec(file)?.[0];
  if (text === undefined) {
    throw new RangeError(
      `Cannot show ${name}: lib/${path} exports no function of that name. Check both names.`,
    );
  }
  const markdown = `\`\`\`typescript\n${text}\n\`\`\``;
  return {
    text,
    [displaySymbol]: () => ({ "text/markdown": markdown, "text/plain": text }),
  };
}
