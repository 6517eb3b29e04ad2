/**
 * Makes plotly's SVG a third as long without changing the picture: committed notebooks hold every
 * figure. Written for plotly's output, not for SVG at large.
 */

/** The same drawing in fewer bytes; `font` is the font family that the whole figure is set in. */
export function shortenSvg(svg: string, font: string): string {
  const plain = svg
    .replaceAll(/ class="[^"]*"/g, "") // a picture has no style sheet
    .replaceAll(/="[^"]*"/g, roundNumbers) // positions, not texts
    .replaceAll(/ style="([^"]*)"/g, (_, style: string) => shortenStyle(style));
  return withFont(dropUnused(dropEmpty(plain)), font);
}

/** Rounds to a hundredth of a pixel. */
const roundNumbers = (attribute: string): string =>
  attribute.replaceAll(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));

/** Removes declarations that repeat a default. */
function shortenStyle(style: string): string {
  const text = style.split(";").map((part) => part.trim())
    .filter((part) => part !== "" && !usual.test(part)).join(";")
    .replaceAll(": ", ":").replaceAll(/rgb\((\d+), (\d+), (\d+)\)/g, toHex);
  return text === "" ? "" : ` style="${text}"`;
}

const usual =
  /^(font-family: |(fill-|stroke-)?opacity: 1$|vector-effect: none$|stroke-miterlimit: 2$|white-space: pre$)/;

const toHex = (_: string, ...parts: string[]): string =>
  "#" + parts.slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0")).join("");

/** Removes groups and paths with nothing in them; removing one can empty the next. */
function dropEmpty(svg: string): string {
  const shorter = svg.replaceAll(/<g(?: [^<>]*)?\/>|<g(?: [^<>]*)?><\/g>|<path\/>/g, "");
  return shorter === svg ? svg : dropEmpty(shorter);
}

/** Removes clipping areas that are not used. */
function dropUnused(svg: string): string {
  return svg.replaceAll(
    /<clipPath id="([^"]*)">.*?<\/clipPath>/g,
    (clip, id: string) => svg.includes(`url(#${id})`) ? clip : "",
  );
}

/** Names the font once, at the root, instead of at each text. */
const withFont = (svg: string, font: string): string =>
  svg.replace("<svg ", `<svg style="font-family:${font.replaceAll('"', "'")}" `);
