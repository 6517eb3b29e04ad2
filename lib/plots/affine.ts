/** Plane transforms as SVG writes them: (x, y) -> (a x + c y + e, b x + d y + f). */

/** The six numbers of a transform. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** Leaves every point where it is. */
export const identity: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

/** Where the point goes. */
export function apply(
  { a, b, c, d, e, f }: Affine,
  x: number,
  y: number,
): { x: number; y: number } {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const origin = apply(outer, inner.e, inner.f);
  return {
    a: outer.a * inner.a + outer.c * inner.b,
    b: outer.b * inner.a + outer.d * inner.b,
    c: outer.a * inner.c + outer.c * inner.d,
    d: outer.b * inner.c + outer.d * inner.d,
    e: origin.x,
    f: origin.y,
  };
}

/** Reads an SVG `transform` attribute made of translate, scale and rotate (degrees). */
export function parseTransform(text: string): Affine {
  let total = identity;
  for (const [, name = "", list = ""] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    total = compose(total, single(name, list.split(/[\s,]+/).map(Number)));
  }
  return total;
}

function single(name: string, [first = 0, second, third = 0]: readonly number[]): Affine {
  if (name === "translate") return { ...identity, e: first, f: second ?? 0 };
  if (name === "scale") return { ...identity, a: first, d: second ?? first };
  if (name !== "rotate") return identity;
  const angle = first * Math.PI / 180;
  const turn = {
    a: Math.cos(angle),
    b: Math.sin(angle),
    c: -Math.sin(angle),
    d: Math.cos(angle),
    e: 0,
    f: 0,
  };
  const [x, y] = [second ?? 0, third]; // the point that stays
  return compose({ ...identity, e: x, f: y }, compose(turn, { ...identity, e: -x, f: -y }));
}
