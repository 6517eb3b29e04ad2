import { deepEqual, doesNotMatch, equal, match, throws } from "node:assert/strict";
import { join } from "node:path";
import { withFiles } from "../helpers/folder.ts";
import { checkCode, joinCells, joinChapter } from "../../scripts/check_notebooks.ts";

const text = (source: string) => ({ cell_type: "markdown", source: [source] });
const code = (...source: string[]) => ({ cell_type: "code", source });

/** What is found in a notebook of these cells, and which files are left beside it. */
async function check(...cells: unknown[]): Promise<{ found: string; left: string[] }> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "probe.ipynb");
    const notebook = JSON.stringify({ cells, nbformat: 4, nbformat_minor: 5 });
    const found = await checkCode([{ path, ...joinCells(notebook, "probe.ipynb") }]);
    return { found, left: (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("code cells are joined, and each line remembers its cell and its line there", () => {
  const cells = [text("# Title"), code("const a = 1;\n", "a;"), text("more"), code("a + 1;")];
  const joined = joinCells(JSON.stringify({ cells }), "a.ipynb");
  equal(joined.text, "const a = 1;\na;\na + 1;\n");
  deepEqual(joined.places, [
    "a.ipynb, cell 2, line 1",
    "a.ipynb, cell 2, line 2",
    "a.ipynb, cell 4, line 1",
  ]);
});

Deno.test("a file without cells is refused", () => {
  throws(() => joinCells("{}", "a.ipynb"), {
    name: "TypeError",
    message: "Cannot join the cells of a notebook: the file has none",
  });
});

Deno.test("a later cell uses an earlier one, values stand alone at the end, and nothing is left behind", async () => {
  const { found, left } = await check(
    code("const rows = [1, 2];"),
    code("const sum = await Promise.resolve(3);\n", "rows.length + sum;"),
  );
  equal(found, "");
  deepEqual(left, []);
});

Deno.test("errors of types and of style are told by cell and line", async () => {
  const { found, left } = await check(
    text("# Title"),
    code("const rows = [1, 2];"),
    code("\n", 'const count: number = "two";\n', "count + rows.length;"),
    code("let total = 3;\n", "total;"),
  );
  match(found, /TS2322[\s\S]*probe\.ipynb, cell 3, line 2, column 7/); // the compiler's
  match(found, /prefer-const[\s\S]*probe\.ipynb, cell 4, line 1, column 5/); // the linter's
  doesNotMatch(found, /\.ipynb\.ts/);
  deepEqual(left, []);
});

Deno.test("the lines of a chapter's code are those of its source, in each language", () => {
  const source =
    '%% en\nA\n\n%% zh\n甲\n\n%% code\n\nconst a = "a || 甲";\na;\n\n%% code\na + 1;\n';
  return withFiles({ "notebooks/source/01_a.txt": source }, async (root) => {
    const joined = await joinChapter({ root, name: "01_a", language: "zh" });
    equal(joined.text, 'const a = "甲";\na;\na + 1;\n');
    deepEqual(joined.places, [9, 10, 13].map((line) => `notebooks/source/01_a.txt, line ${line}`));
  });
});
