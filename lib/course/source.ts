/**
 * A function of the library as it runs, for a cell to show: the chapter's code is the trainer's
 * code.
 */
import { type Displayable, displaySymbol } from "../display/mod.ts";
import { readText } from "../files/mod.ts";
import { pathOf } from "./embedded.ts";

/**
 * The source of an exported function, which shows itself as highlighted TypeScript.
 *
 * @param path the file below `lib/`, such as `ppo/rollout.ts`
 * @throws RangeError when the file exports no function of that name
 */
export async function sourceOf(
  path: string,
  name: string,
): Promise<Displayable & { readonly text: string }> {
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
