/** Every setting in the words of OpenRLHF and TRL, and the hints that follow from it. */
import assert from "node:assert/strict";
import {
  ELSEWHERE,
  elsewhereTable,
  namesElsewhere,
  nearestName,
  SETTINGS,
} from "../../lib/settings/mod.ts";

Deno.test("every setting of PPO has a row, in the table too", () => {
  assert.deepEqual(Object.keys(ELSEWHERE).toSorted(), Object.keys(SETTINGS).toSorted());
  const rows = elsewhereTable().trim().split("\n").slice(2);
  assert.equal(rows.length, Object.keys(SETTINGS).length);
  for (const row of rows) assert.match(row, /^\| `\w+` \| [^|]{4,} \| [^|]{4,} \|$/);
});

Deno.test("the table in docs/BEYOND_ONE_MACHINE.md is the table of the library", async () => {
  const page = await Deno.readTextFile(
    new URL("../../docs/BEYOND_ONE_MACHINE.md", import.meta.url),
  );
  const rowsOf = (text: string) =>
    text.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
      line.replaceAll(/ {2,}/g, " ").replaceAll(/-{4,}/g, "---")
    );
  const found = rowsOf(page);
  const start = found.indexOf("| setting | OpenRLHF 0.11.2 | TRL 1.12.0 |");
  const wanted = rowsOf(elsewhereTable());
  assert.deepEqual(found.slice(start, start + wanted.length), wanted);
});

Deno.test("a name of OpenRLHF or TRL that means one setting leads to it, with and without its prefix", () => {
  const hints = Object.entries(ELSEWHERE).flatMap(([setting, row]) =>
    namesElsewhere(row).map((name) => ({ name, setting }))
  );
  assert.ok(hints.length > 30);
  for (const { name, setting } of hints) {
    assert.equal(nearestName(name, Object.keys(SETTINGS)), setting, name);
  }
});
