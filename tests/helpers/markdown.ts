/** Reads headings, tables, links and commands of a Markdown page. */

/** The folder of the project. */
export const root = new URL("../../", import.meta.url);

const withoutCode = (page: string): string => page.replaceAll(/```[\s\S]*?```/g, "");

/** The level of each heading. */
export const headingLevelsOf = (page: string): number[] =>
  [...withoutCode(page).matchAll(/^(#+) /gm)].map(([, marks]) => marks.length);

/** The tables of a page as rows of text, without the line below the head. */
export const tablesOf = (page: string): string[][] =>
  [...withoutCode(page).matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) =>
    table.trim().split("\n").filter((row) => !/^\| -/.test(row))
  );

/** The cells of all rows of all tables. */
export const cellsOf = (page: string): string[][] =>
  tablesOf(page).flat().map((row) => row.slice(1, -1).split(" | ").map((cell) => cell.trim()));

/** Links of the form [`name`](file.ts). */
export const codeLinksOf = (page: string): { name: string; target: string }[] =>
  [...withoutCode(page).matchAll(/\[`(\w+)`\]\(([^)\s]+\.ts)\)/g)].map(([, name, target]) => ({
    name,
    target,
  }));

/**
 * The files that a text links, as paths from the project's folder. The Chinese edition of a file
 * counts as the English one, and headings are left out.
 */
export const linkTargetsOf = (text: string, path: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => {
    const { pathname } = new URL(link, new URL(path, root));
    const file = pathname.slice(root.pathname.length);
    return file.replace(/(^|\/)zh\//, "$1").replace(/\.zh\.md$/, ".md");
  });

/** The shell commands of a page, without comments. */
export const shellOf = (page: string): string[] =>
  [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block.replaceAll(/ *# .*/g, ""));
