import { equal } from "node:assert/strict";
import { standAlonePage } from "../../scripts/notebook_page.ts";

const linksOf = (page: string): string[] => page.match(/(?<=href=")[^"]*/g) ?? [];

Deno.test("links to notebooks lead to their pages, other links stay", () => {
  const page = ["zh/01_a.ipynb", "../01_a.ipynb#x", "https://a.org/b.ipynb", "README.md", "#here"]
    .map((link) => `<a href="${link}">a</a>`).join("");
  equal(
    linksOf(standAlonePage(`<head></head>${page}`)).join(" "),
    "zh/01_a.html ../01_a.html#x https://a.org/b.ipynb README.md #here",
  );
});
