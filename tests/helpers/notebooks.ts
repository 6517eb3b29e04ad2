/** The committed notebooks as data, for the tests that read them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Language } from "../../lib/text/mod.ts";
import { cellText, SOLUTION } from "../../scripts/chapter_notebook.ts";
import { editionFolder } from "../../scripts/chapters.ts";

/** Settings, as environment variables, that make a chapter's training two updates long. */
export const smallRun = {
  PPO_NUM_EPISODES: "1",
  PPO_MAX_TIMESTEPS: "2",
  PPO_UPDATE_TIMESTEPS: "1",
  PPO_PPO_EPOCH: "1",
  PPO_HELD_OUT: "32",
  PPO_SEED: "5",
};

/** One cell. */
export interface NotebookCell {
  readonly cell_type: "code" | "markdown";
  readonly source: string;
  /** Outputs as they stand in the file; none for text. */
  readonly outputs: readonly Record<string, unknown>[];
}

/** One committed notebook. */
export interface Notebook {
  /** Without the ending. */
  readonly name: string;
  readonly text: string;
  readonly cells: readonly NotebookCell[];
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** All notebooks of one edition, in the order of their names. */
export function committedNotebooks(language: Language = "en"): Notebook[] {
  const folder = editionFolder(root, language);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    name.endsWith(".ipynb")
  );
  return names.sort().map((file) => {
    const text = Deno.readTextFileSync(join(folder, file));
    const { cells }: {
      cells: { cell_type: "code" | "markdown"; source: string[] | string; outputs?: [] }[];
    } = JSON
      .parse(text);
    return {
      name: file.replace(/\.ipynb$/, ""),
      text,
      cells: cells.map(({ cell_type, source, outputs = [] }) => ({
        cell_type,
        source: cellText({ source }),
        outputs,
      })),
    };
  });
}

/** Whether a text cell holds the folded solution of an exercise. */
export const isSolution = ({ source }: NotebookCell): boolean =>
  Object.values(SOLUTION).some((word) => source.startsWith(`<details><summary>${word}</summary>`));
