/**
 * The way back to transformers. With `TORCH_PYTHON` (a Python that has torch and transformers) the folders are loaded there; without
 * it the files must be, byte for byte, those that were (`scripts/fixtures/way_back.ts`).
 */
import { deepEqual, match } from "node:assert/strict";
import { readJsonSource } from "../../lib/files/mod.ts";
import { fileURLToPath } from "node:url";
import { compareWithTransformers, hashes, writeFolders } from "../../scripts/fixtures/way_back.ts";

const python = Deno.env.get("TORCH_PYTHON");

Deno.test("folders written here are what transformers loads without a warning and with our logits", async () => {
  const target = await Deno.makeTempDir();
  try {
    await writeFolders(target);
    if (python) match(await compareWithTransformers(target, python), /no warning was logged/);
    const expected = fileURLToPath(new URL("../fixtures/way_back.json", import.meta.url));
    deepEqual(
      await hashes(target),
      (await readJsonSource(expected)).value,
      "run scripts/fixtures/way_back.ts again",
    );
  } finally {
    await Deno.remove(target, { recursive: true });
  }
});
