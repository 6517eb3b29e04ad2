/** Plane transforms as SVG writes them: (x, y) -> (a x + c y + e, b x + d y + f). */

/** The six coefficients of a transform, in SVG's order. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Leaves every point where it is. */
export const identity: Affine = [1, 0, 0, 1, 0, 0];

/** Transforms one point. */
export const apply = ([a, b, c, d, e, f]: Affine, x: number, y: number) => ({
  x: a * x + c * y + e,
  y: b * x + d * y + f,
});

/** Applies `inner` first and `outer` second. */
export function compose(outer: Affine, [a, b, c, d, e, f]: Affine): Affine {
  const [outerA, outerB, outerC, outerD] = outer;
  const origin = apply(outer, e, f);
  return [
    outerA * a + outerC * b,
    outerB * a + outerD * b,
    outerA * c + outerC * d,
    outerB * c + outerD * d,
    origin.x,
    origin.y,
  ];
}

/** Reads an SVG `transform` attribute that consists of translate, scale and rotate (in degrees). */
export const parseTransform = (text: string): Affine =>
  [...text.matchAll(/(\w+)\(([^)]*)\)/g)]
    .map(([, name, list]) => single(name, list.split(/[\s,]+/).map(Number)))
    .reduce(compose, identity);

function single(name: string, [first, second, third = 0]: readonly number[]): Affine {
  if (name === "translate") return [1, 0, 0, 1, first, second ?? 0];
  if (name === "scale") return [first, 0, 0, second ?? first, 0, 0];
  if (name !== "rotate") return identity;
  const [x, y] = [second ?? 0, third]; // the centre of the rotation
  const cos = Math.cos(first * Math.PI / 180), sin = Math.sin(first * Math.PI / 180);
  return compose([1, 0, 0, 1, x, y], compose([cos, sin, -sin, cos, 0, 0], [1, 0, 0, 1, -x, -y]));
}
