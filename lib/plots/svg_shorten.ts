/**
 * Makes plotly's SVG a third as long without changing the picture: committed notebooks hold every figure. Written for
 * plotly's output, not for SVG at large.
 */

/** The same drawing in fewer bytes; `font` is the font family that the whole figure is set in. */
export function shortenSvg(svg: string, font: string): string {
  const plain = svg
    .replaceAll(/ class="[^"]*"/g, "") // for plotly's own style sheet, which a picture does not have
    .replaceAll(/="[^"]*"/g, roundNumbers) // positions, not the numbers that are written in the picture
    .replaceAll(/ style="([^"]*)"/g, (_, style: string) => shortenStyle(style));
  return withFont(dropUnused(dropEmpty(plain)), font);
}

/** To a hundredth of a pixel. */
function roundNumbers(attribute: string): string {
  return attribute.replaceAll(
    /\d+\.\d{3,}/g,
    (number) => String(Number(Number(number).toFixed(2))),
  );
}

/** Declarations that say what holds anyway go out. */
function shortenStyle(style: string): string {
  const declarations = style.split(";").map((part) => part.trim()).filter((part) =>
    part !== "" && !usual.test(part)
  );
  const text = declarations.join(";").replaceAll(": ", ":").replaceAll(
    /rgb\((\d+), (\d+), (\d+)\)/g,
    toHex,
  );
  return text === "" ? "" : ` style="${text}"`;
}

const usual =
  /^(font-family: |(fill-|stroke-)?opacity: 1$|vector-effect: none$|stroke-miterlimit: 2$|white-space: pre$)/;

function toHex(_: string, ...parts: string[]): string {
  return "#" + parts.slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0")).join("");
}

/** Groups and paths with nothing in them; taking one away can empty the next. */
function dropEmpty(svg: string): string {
  const shorter = svg.replaceAll(/<g(?: [^<>]*)?\/>|<g(?: [^<>]*)?><\/g>|<path\/>/g, "");
  return shorter === svg ? svg : dropEmpty(shorter);
}

/** Clipping areas that nothing is clipped by. */
function dropUnused(svg: string): string {
  return svg.replaceAll(
    /<clipPath id="([^"]*)">.*?<\/clipPath>/g,
    (clip, id: string) => svg.includes(`url(#${id})`) ? clip : "",
  );
}

/** The font once, at the root, instead of at each text. */
function withFont(svg: string, font: string): string {
  return svg.replace("<svg ", `<svg style="font-family:${font.replaceAll('"', "'")}" `);
}
