import assert from "node:assert/strict";
import { displaySymbol, table } from "../../lib/plots/mod.ts";

Deno.test("a table shows HTML in its values instead of obeying it", () => {
  const bundle = table([{ question: '<b onclick="x">长江？</b>' }], ["question"])[displaySymbol]();
  assert.match(String(bundle["text/html"]), /&lt;b onclick=&quot;x&quot;&gt;长江？&lt;\/b&gt;/);
});

Deno.test("a table's text lines up, a Chinese character counting two columns", () => {
  const rows = [{ before: "长江？", gold: 0.123456 }, { before: "a", gold: 1 }];
  assert.equal(
    table(rows, ["before", "gold"], { title: "Questions" }).text,
    ["Questions", "before  gold", "长江？  0.1235", "a       1"].join("\n"),
  );
});
