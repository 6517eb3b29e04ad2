/** Tables for a README, which a command writes between markers. */

/** A Markdown table. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * A README with `text` between the markers `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws {Error} If the README at `path` lacks the markers.
 */
export function betweenMarkers(
  readme: string,
  { path, name, text }: { path: string; name: string; text: string },
): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`Cannot write into ${path}: it lacks the markers ${start} and ${end}`);
  }
  return `${readme.slice(0, from + start.length)}\n\n${text}\n\n${readme.slice(to)}`;
}
