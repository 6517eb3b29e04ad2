/**
 * Folders that transformers 4 and 5 save, with companions of all kinds
 * (`scripts/fixtures/tokenizer_folders.py`), give the ids that the same version reads from them.
 */
import { deepEqual, ok } from "node:assert/strict";
import { isRecord, readJsonRecord } from "../../lib/files/mod.ts";
import { loadTokenizer } from "../../lib/lm/mod.ts";
import { pathOf } from "../helpers/fixtures.ts";
import { withFiles } from "../helpers/folder.ts";

/** Folders with an option that is refused by name. */
const REFUSED = /^added_single_word_/;

for (const version of [4, 5]) {
  const name = `tokenizers/transformers-${version}.json`;
  const { texts, folders } = await readJsonRecord(pathOf(name));
  ok(Array.isArray(texts) && isRecord(folders) && Object.keys(folders).length >= 30);
  for (const [folder, saved] of Object.entries(folders)) {
    if (REFUSED.test(folder)) continue;
    Deno.test(`${folder} of transformers ${version} gives its ids`, async () => {
      ok(isRecord(saved) && isRecord(saved.files) && isRecord(saved.ids));
      const rows = Number(saved.rows);
      const expected = saved.ids.fast ?? saved.ids.slow; // AutoTokenizer takes the fast one
      await withFiles(saved.files, async (path) => {
        const tokenizer = await loadTokenizer(path, { rows });
        deepEqual(texts.map((text) => tokenizer.encode(text)), expected);
        ok(tokenizer.vocabSize <= rows);
      });
    });
  }
}
