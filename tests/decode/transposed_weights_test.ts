/** Transposed weights: the same numbers in another order, and the same logits. */
import assert from "node:assert/strict";
import { decode, decoderSpec, decodeToken, tokenLogits } from "../../lib/decode/decoder.ts";
import { gpt2Spec, languageHead, uploadParameters } from "../../lib/lm/mod.ts";
import { createTransposer, transposedSpec } from "../../lib/decode/transposed_weights.ts";
import { ints, jit, zeros } from "../../lib/runtime/mod.ts";
import { assertNear } from "../helpers/fixtures.ts";
import { device, tinyConfig, tinyPolicy } from "../helpers/tiny.ts";

const parameters = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);

Deno.test("the linear weights are transposed, all others are shared, and the given weights do not change", async () => {
  const before = (await device.read(parameters.h[0].mlp.c_fc.weight)).slice();
  const transposed = await (await createTransposer(device, tinyConfig)).transpose(parameters);
  const { embed } = tinyConfig;
  const weight = transposed.h[0].mlp.c_fc.weight;
  assert.deepEqual(weight.dims, [4 * embed, embed]);
  const data = await device.read(weight);
  for (const [row, column] of [[0, 0], [1, 0], [0, 1], [3, 2], [embed - 1, 4 * embed - 1]]) {
    assert.equal(data[column * embed + row], before[row * 4 * embed + column]);
  }
  assert.deepEqual(await device.read(parameters.h[0].mlp.c_fc.weight), before);
  assert.equal(transposed.wte.weight, parameters.wte.weight);
  assert.equal(transposed.h[1].attn.c_attn.bias, parameters.h[1].attn.c_attn.bias);
});

for (const batch of [1, 3]) {
  Deno.test(`one token for each of ${batch} rows over transposed weights gives the decoder's logits and caches`, async () => {
    const transposed = await (await createTransposer(device, tinyConfig)).transpose(parameters);
    const whole = await jit(
      device,
      { ...decoderSpec(tinyConfig), parameters: gpt2Spec(tinyConfig) },
      (inputs) => {
        const { hidden, caches } = decode(inputs.parameters, inputs, tinyConfig);
        return { logits: languageHead(hidden, inputs.parameters), caches };
      },
    );
    const rows = await jit(
      device,
      {
        ...decoderSpec(tinyConfig, { batch: batch === 1 ? 1 : -1, time: 1 }),
        parameters: transposedSpec(tinyConfig),
      },
      (inputs) => {
        const { hidden, caches } = decodeToken(inputs.parameters, inputs, tinyConfig);
        return { logits: tokenLogits(hidden, inputs.parameters), caches };
      },
    );
    const { layers, heads, embed } = tinyConfig;
    const empty = () => zeros([batch, heads, 6, embed / heads]);
    const caches = [0, 1].map(() =>
      Array.from({ length: layers }, () => ({ keys: empty(), values: empty() }))
    );
    for (const [step, ids] of [[7, 3, 5], [2, 8, 4], [6, 6, 1]].entries()) {
      const tokens = ids.slice(0, batch), positions = tokens.map(() => step);
      const inputs = {
        inputIds: ints(tokens, [batch, 1]),
        positionIds: ints(positions, [batch, 1]),
        lengths: ints(positions),
        total: ints([step + 1], []),
      };
      const wanted = await whole({ ...inputs, parameters, caches: caches[0] }, {
        caches: caches[0],
      });
      const found = await rows({ ...inputs, parameters: transposed, caches: caches[1] }, {
        caches: caches[1],
      });
      assertNear(await device.read(found.logits), await device.read(wanted.logits), {
        name: `logits of step ${step}`,
      });
      const last = layers - 1;
      assertNear(
        await device.read(found.caches[last].keys),
        await device.read(wanted.caches[last].keys),
        {
          name: "keys",
        },
      );
    }
  });
}
