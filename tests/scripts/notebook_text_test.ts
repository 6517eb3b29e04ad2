import assert from "node:assert/strict";
import { toNotebook, toText } from "../../scripts/notebook_text.ts";

const text = "%% md\n# A\n\nOne.\n\n%% zh\n一。\n\n%% code\nconst x = 1;\nx;\n\n%% md\nAlone.\n";

Deno.test("text becomes a notebook and the same text again", () => {
  const { cells } = JSON.parse(toNotebook(text));
  assert.deepEqual(cells.map(({ cell_type }: { cell_type: string }) => cell_type), [
    "markdown",
    "code",
    "markdown",
  ]);
  assert.equal(
    cells[0].source.join(""),
    "# A\n\nOne.\n\n<details><summary>中文</summary>\n\n一。\n\n</details>",
  );
  assert.equal(toText(toNotebook(text)), text);
});

Deno.test("a part of no known kind and a Chinese part without its English are refused", () => {
  assert.throws(
    () => toNotebook("%% text\nHello\n"),
    /a part begins with "%% text", not %% md, %% zh or %% code/,
  );
  assert.throws(
    () => toNotebook("%% code\n1\n\n%% zh\n一。\n"),
    /"%% zh" must follow its "%% md", found before "一。"/,
  );
});
