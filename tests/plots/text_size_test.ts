import assert from "node:assert/strict";
import { Window } from "happy-dom";
import { textWidth, transformed } from "../../lib/plots/text_size.ts";

const { DOMMatrix } = new Window();

Deno.test("a Chinese character is as wide as it is high", () => {
  assert.equal(textWidth("长江", 12), 24); // 2 x 12
});

Deno.test("a rotated axis title stands where SVG puts it", () => {
  // a quarter turn about (10, 20) takes (15, 20), five to the right, to five below
  const turn = transformed(new DOMMatrix(), "rotate(90,10,20)");
  const { x, y } = turn.transformPoint({ x: 15, y: 20 });
  assert.deepEqual([Math.round(x), Math.round(y)], [10, 25]);
});

Deno.test("the inner transform is applied first", () => {
  const outer = transformed(new DOMMatrix(), "translate(100,0)");
  const together = transformed(new DOMMatrix(), "translate(100,0) scale(2)");
  for (const both of [transformed(outer, "scale(2)"), together]) {
    const { x, y } = both.transformPoint({ x: 3, y: 4 });
    assert.deepEqual([x, y], [106, 8]); // 2 x 3 + 100, 2 x 4
  }
});
