/** The row of plain numbers gets the distribution that the generator's program computes. */
import assert from "node:assert/strict";
import {
  distributionOfRow,
  drawFromRow,
  plainSampling,
  samplingDistribution,
  type SamplingSettings,
} from "../../lib/lm/mod.ts";
import { normal, randomStream, uniform } from "../../lib/random/mod.ts";
import { bool, bools, float, floats, jit, openDevice } from "../../lib/runtime/mod.ts";

const device = await openDevice("cpu", { threads: 1 });
const random = randomStream(4);
const logits = Array.from({ length: 40 }, () => 2 * normal(random));
const seen = logits.map((_, token) => token % 3 === 0);

for (
  const settings of [
    plainSampling,
    { temperature: 0.7, topK: 5, topP: 1, repetitionPenalty: 1 },
    { temperature: 1, topK: 0, topP: 0.8, repetitionPenalty: 1.4 },
  ] satisfies SamplingSettings[]
) {
  Deno.test(`distributionOfRow agrees with the device for ${JSON.stringify(settings)}`, async () => {
    const spec = { logits: float({ batch: -1, vocab: 40 }), seen: bool({ batch: -1, vocab: 40 }) };
    const program = await jit(device, spec, ({ logits, seen }) => {
      const { logProbs } = samplingDistribution(logits, settings, { seen });
      return { logProbs };
    }, { toHost: ["logProbs"] });
    const wanted = await device.read(
      (await program({ logits: floats(logits, [1, 40]), seen: bools(seen.map(Number), [1, 40]) }))
        .logProbs,
    );
    const { logProbs, samplingMask } = distributionOfRow(logits, { ...settings, seen });
    logProbs.forEach((logProb, token) => {
      assert.equal(samplingMask[token], wanted[token] > -1e6, `token ${token} may be drawn`);
      if (samplingMask[token]) {
        assert.ok(Math.abs(logProb - wanted[token]) < 1e-5, `${logProb} ${wanted[token]}`);
      }
    });
    await program.release();
  });
}

Deno.test("drawFromRow draws each token as often as its probability says, and never one that was cut off", () => {
  const { logProbs } = distributionOfRow([1, 0, -1, 3], { topK: 3 });
  const counts = [0, 0, 0, 0];
  for (let row = 0; row < 4000; row++) counts[drawFromRow(logProbs, uniform(1, 0, row, 0))]++;
  assert.equal(counts[2], 0);
  counts.forEach((count, token) => {
    const p = Math.exp(logProbs[token]);
    assert.ok(
      Math.abs(count / 4000 - p) <= 4 * Math.sqrt(p * (1 - p) / 4000),
      `token ${token}: ${count}`,
    );
  });
});

Deno.test("a row without logits and a penalty without the seen tokens are refused in a sentence", () => {
  assert.throws(() => distributionOfRow([]), { message: "Cannot sample: there are 0 logits" });
  assert.throws(() => distributionOfRow([1, 2], { repetitionPenalty: 1.4 }), {
    message: "Cannot apply a repetition penalty: the tokens seen so far were not given",
  });
});
