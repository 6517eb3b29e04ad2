import assert from "node:assert/strict";
import { apply, compose, parseTransform } from "../../lib/plots/affine.ts";
import { textWidth } from "../../lib/plots/text_size.ts";

Deno.test("a Chinese character is as wide as it is high", () => {
  assert.equal(textWidth("长江", 12), 24); // 2 x 12
});

Deno.test("a rotated axis title stands where SVG puts it", () => {
  // a quarter turn about (10, 20) takes (15, 20), five to the right, to five below
  const { x, y } = apply(parseTransform("rotate(90,10,20)"), 15, 20);
  assert.deepEqual([Math.round(x), Math.round(y)], [10, 25]);
});

Deno.test("the inner transform is applied first", () => {
  const both = compose(parseTransform("translate(100,0)"), parseTransform("scale(2)"));
  assert.deepEqual(apply(both, 3, 4), { x: 106, y: 8 }); // 2 x 3 + 100, 2 x 4
  assert.deepEqual(apply(parseTransform("translate(100,0) scale(2)"), 3, 4), { x: 106, y: 8 });
});
