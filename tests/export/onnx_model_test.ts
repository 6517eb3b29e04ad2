/** The exported ONNX model, run by ONNX Runtime itself as another program would, gives PyTorch's logits and values. */
import assert from "node:assert/strict";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { type ModelFolder } from "../../lib/lm/mod.ts";
import { onnxModel } from "../../lib/export/mod.ts";
import { openDevice } from "../../lib/runtime/mod.ts";
import { assertNear, fixtureModel, fixtureTensors } from "../helpers/fixtures.ts";

await openDevice("cpu"); // ONNX Runtime is set up as the library sets it up
const torch = await fixtureTensors("forward");
const lengths = torch.numbers("lengths");
const rows = torch.rows("input_ids").map((row, index) => row.slice(0, lengths[index]));
const width = Math.max(...lengths);

/** Writes the model and its weights as two files and opens them. */
async function opened(
  { config, weights }: ModelFolder,
  valueHead: boolean,
): Promise<ort.InferenceSession> {
  const folder = await Deno.makeTempDir();
  const model = onnxModel(config, { valueHead, weightsFile: "weights.bin" });
  const file = await Deno.create(join(folder, "weights.bin"));
  for (const { name, offset, length } of model.weights) {
    const data = weights.get(name)?.data ?? assert.fail(`no weight "${name}"`);
    assert.equal(data.byteLength, length);
    assert.equal(await file.seek(0, Deno.SeekMode.Current), offset);
    await file.write(new Uint8Array(data.buffer, data.byteOffset, length));
  }
  file.close();
  await Deno.writeFile(join(folder, "model.onnx"), model.bytes);
  const session = await ort.InferenceSession.create(join(folder, "model.onnx"), {
    intraOpNumThreads: 1,
    executionProviders: ["cpu"],
  });
  await Deno.remove(folder, { recursive: true });
  return session;
}

/** Runs it on the fixture's rows, padded on one side; gives each row's results at its real tokens. */
async function run(
  session: ort.InferenceSession,
  output: string,
  side: "left" | "right",
): Promise<number[]> {
  const padded = (row: readonly number[], value: (id: number) => number) => {
    const pads = Array<number>(width - row.length).fill(0);
    return side === "left" ? [...pads, ...row.map(value)] : [...row.map(value), ...pads];
  };
  const tensor = (value: (id: number) => number) =>
    new ort.Tensor("int64", BigInt64Array.from(rows.flatMap((row) => padded(row, value)), BigInt), [
      3,
      width,
    ]);
  const results = await session.run({
    input_ids: tensor((id) => id),
    attention_mask: tensor(() => 1),
  });
  const { data } = results[output];
  assert.ok(data instanceof Float32Array);
  const size = data.length / (3 * width);
  return rows.flatMap((row, index) => {
    const start = index * width + (side === "left" ? width - row.length : 0);
    return Array.from(data.subarray(start * size, (start + row.length) * size));
  });
}

/** The fixture's numbers at real tokens. */
function expected(name: string): number[] {
  const { data, shape: [, time] } = torch.find(name);
  const size = data.length / (3 * time);
  return lengths.flatMap((length, row) =>
    Array.from(data.subarray(row * time * size, (row * time + length) * size))
  );
}

for (const side of ["right", "left"] as const) {
  Deno.test(`an exported language model gives PyTorch's logits, padded on the ${side}`, async () => {
    const session = await opened(await fixtureModel("gpt2_tiny"), false);
    assert.deepEqual([session.inputNames, session.outputNames], [["input_ids", "attention_mask"], [
      "logits",
    ]]);
    assertNear(await run(session, "logits", side), expected("logits"), { name: "logits" });
    await session.release();
  });
}

Deno.test("an exported reward model gives PyTorch's values", async () => {
  const session = await opened(await fixtureModel("reward_tiny"), true);
  assertNear(await run(session, "values", "right"), expected("values"), { name: "values" });
  await session.release();
});
