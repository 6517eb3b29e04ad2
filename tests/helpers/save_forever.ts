/** Saves two models in turn into one folder until it is killed: `deno run -A save_forever.ts FOLDER`. */
import { fileURLToPath } from "node:url";
import { type ModelFolder, readModelFolder, writeModelFolder } from "../../lib/lm/mod.ts";

const FIXTURE = fileURLToPath(new URL("../fixtures/checkpoints/safetensors", import.meta.url));

/** Two models that differ in every file that a kill could leave of one of them. */
export async function twoModels(): Promise<[ModelFolder, ModelFolder]> {
  const model = await readModelFolder(FIXTURE);
  const weights = new Map([...model.weights].map(([name, { shape, data }]) => {
    return [name, { shape, data: data.map((value) => value + 1) }];
  }));
  const config = { ...model.config, layerNormEpsilon: 2e-5 };
  return [{ ...model, settings: { model: 1 } }, {
    ...model,
    config,
    weights,
    settings: { model: 2 },
  }];
}

if (import.meta.main) {
  const [folder = ""] = Deno.args;
  const models = await twoModels();
  for (let save = 0;; save++) {
    await writeModelFolder(folder, models[save % 2] ?? models[0]);
    console.log(save);
  }
}
