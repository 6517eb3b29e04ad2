/** The sampling distribution against a plain one that sorts, on the device that generates. */
import assert from "node:assert/strict";
import {
  cutsOff,
  drawToken,
  likeliestToken,
  mayBeDrawn,
  plainSampling,
  samplingDistribution,
  type SamplingSettings,
} from "../../lib/lm/mod.ts";
import { gradientsOf } from "../../lib/optim/mod.ts";
import { normal, randomStream } from "../../lib/random/mod.ts";
import {
  bool,
  bools,
  float,
  floats,
  int,
  ints,
  jit,
  number,
  openDevice,
} from "../../lib/runtime/mod.ts";
import { input, sum, take } from "../../lib/tensor/mod.ts";

const device = await openDevice("cpu", { threads: 1 });
const VOCAB = 31, END = 3;

/** What one row's logits and settings should give: the same definition by sorting. */
function bySorting(logits: readonly number[], settings: SamplingSettings, seen: readonly number[]) {
  const { temperature, topK, topP, repetitionPenalty: penalty } = settings;
  const shaped = logits.map((logit, token) => {
    const penalised = logit < 0 ? logit * penalty : logit / penalty;
    return (seen[token] === 1 ? penalised : logit) / temperature;
  });
  const kthLargest = topK > 0
    ? shaped.toSorted((a, b) => b - a)[Math.min(topK, logits.length) - 1]
    : -Infinity;
  const byCount = shaped.map((logit) => logit >= kthLargest ? logit : -Infinity);
  const probabilities = softmax(byCount);
  let mass = 0, least = 0;
  for (const probability of probabilities.toSorted((a, b) => b - a)) {
    if (topP < 1 && mass >= topP) break;
    mass += probability;
    least = probability;
  }
  const samplingMask = byCount.map((logit, token) =>
    logit > -Infinity && (topP >= 1 || probabilities[token] >= least)
  );
  return {
    samplingMask,
    probabilities: softmax(byCount.map((logit, token) => samplingMask[token] ? logit : -Infinity)),
  };
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

/** The library's answer for rows of logits: probabilities and sampling masks (all ones, without a cut-off). */
async function byLibrary(
  rows: readonly (readonly number[])[],
  given: Partial<SamplingSettings>,
  seenRows = rows.map((row) => row.map(() => 0)),
  { minNewTokens, position }: { minNewTokens?: number; position: number } = { position: 0 },
) {
  const dims = [rows.length, rows[0].length];
  const axes = { batch: -1, vocab: rows[0].length } as const;
  const spec = { logits: float(axes), seen: bool(axes), position: float({}) };
  const program = await jit(device, spec, ({ logits, seen, position }) => {
    const allowed = minNewTokens && mayBeDrawn(logits, position, { minNewTokens, endId: END }) ||
      undefined;
    const { logProbs, samplingMask } = samplingDistribution(
      logits,
      { ...plainSampling, ...given },
      {
        seen,
        allowed,
      },
    );
    return { logProbs, ...(samplingMask === undefined ? {} : { samplingMask }) };
  });
  const result = await program({
    logits: floats(rows.flat(), dims),
    seen: bools(seenRows.flat(), dims),
    position: number(position),
  });
  const cut = (flat: readonly number[]) =>
    rows.map((row, index) => flat.slice(index * row.length, (index + 1) * row.length));
  const logProbs = [...await device.read(result.logProbs)];
  const samplingMask = result.samplingMask === undefined
    ? logProbs.map(() => 1)
    : [...await device.read(result.samplingMask)];
  return { probabilities: cut(logProbs.map(Math.exp)), samplingMask: cut(samplingMask) };
}

const random = randomStream(3);
const randomRows = Array.from(
  { length: 12 },
  () => Array.from({ length: VOCAB }, () => 3 * normal(random)),
);
const randomSeen = randomRows.map((row) => row.map(() => random() < 0.3 ? 1 : 0));

const cases: readonly Partial<SamplingSettings>[] = [
  {},
  { temperature: 0.3 },
  { temperature: 2.5 },
  { topK: 1 },
  { topK: 5 },
  { topK: VOCAB - 1 },
  { topK: VOCAB },
  { topK: 1000 },
  { topP: 0.9 },
  { topP: 0.5 },
  { topP: 1e-9 },
  { topP: 0.999 },
  { repetitionPenalty: 1.4 },
  { repetitionPenalty: 0.7, temperature: 0.8 },
  { topK: 6, topP: 0.8 },
  { temperature: 0.7, topK: 9, topP: 0.95, repetitionPenalty: 1.2 },
];

for (const given of cases) {
  Deno.test(`the distribution of ${JSON.stringify(given)} is the one that sorting gives`, async () => {
    const found = await byLibrary(randomRows, given, randomSeen);
    randomRows.forEach((logits, row) => {
      const wanted = bySorting(logits, { ...plainSampling, ...given }, randomSeen[row]);
      assert.deepEqual(
        found.samplingMask[row],
        wanted.samplingMask.map(Number),
        `sampling mask of row ${row}`,
      );
      wanted.probabilities.forEach((probability, token) => {
        assert.ok(
          Math.abs(found.probabilities[row][token] - probability) < 1e-5,
          `token ${token} of row ${row}`,
        );
      });
    });
  });
}

for (
  const given of [{}, { topK: 5 }, { topK: VOCAB }, { topP: 0.9 }, {
    topK: 6,
    topP: 0.8,
    temperature: 0.7,
  }]
) {
  Deno.test(`before the least length the end token is as good as absent for ${JSON.stringify(given)}`, async () => {
    const likely = randomRows.map((row) => row.map((logit, token) => token === END ? 9 : logit)); // a model that wants to end
    const early = await byLibrary(likely, given, randomSeen, { minNewTokens: 3, position: 2 });
    likely.forEach((logits, row) => {
      const without = logits.filter((_, token) => token !== END);
      const wanted = bySorting(without, { ...plainSampling, ...given }, []);
      assert.deepEqual(
        early.samplingMask[row],
        wanted.samplingMask.map(Number).toSpliced(END, 0, 0),
      );
      wanted.probabilities.toSpliced(END, 0, 0).forEach((probability, token) =>
        assert.ok(
          Math.abs(early.probabilities[row][token] - probability) < 1e-5,
          `token ${token} of row ${row}`,
        )
      );
    });
    const late = await byLibrary(likely, given, randomSeen, { minNewTokens: 3, position: 3 });
    assert.deepEqual(late, await byLibrary(likely, given, randomSeen));
    assert.ok(late.probabilities.every((row) => row[END] > 0.5));
  });
}

Deno.test("tokens that tie at the threshold stay together", async () => {
  const { samplingMask } = await byLibrary([[2, 1, 0, 1, 1]], { topK: 2 });
  assert.deepEqual(samplingMask, [[1, 1, 0, 1, 1]]); // the second largest is 1, three times
  const alike = await byLibrary([[0, 0, 0, 0]], { topK: 1 });
  assert.deepEqual(alike.samplingMask, [[1, 1, 1, 1]]);
  // p = 0.4, 0.2, 0.2, 0.2: the first two reach 0.5, and the others tie with the second
  const tied = await byLibrary([[Math.log(0.4), Math.log(0.2), Math.log(0.2), Math.log(0.2)]], {
    topP: 0.5,
  });
  assert.deepEqual(tied.samplingMask, [[1, 1, 1, 1]]);
});

Deno.test("top-p keeps the token that crosses the sum, and no further one", async () => {
  const logits = [0.1, 0.5, 0.15, 0.25].map(Math.log);
  const maskAt = async (topP: number) => (await byLibrary([logits], { topP })).samplingMask[0];
  assert.deepEqual(await maskAt(0.49), [0, 1, 0, 0]);
  assert.deepEqual(await maskAt(0.51), [0, 1, 0, 1]); // 0.5 < 0.51 <= 0.75
  assert.deepEqual(await maskAt(0.76), [0, 1, 1, 1]);
  assert.deepEqual(await maskAt(0.91), [1, 1, 1, 1]);
});

Deno.test("a cut-off is said to be on only where it cuts", () => {
  assert.equal(cutsOff(plainSampling), false);
  assert.equal(cutsOff({ ...plainSampling, temperature: 0.5, repetitionPenalty: 2 }), false);
  assert.equal(cutsOff({ ...plainSampling, topK: 1 }), true);
  assert.equal(cutsOff({ ...plainSampling, topP: 0.99 }), true);
});

Deno.test("a sampling mask that is given is used in place of the cut-off, and cut tokens have no gradient", async () => {
  const axes = { batch: 1, vocab: 4 } as const;
  const spec = { logits: float(axes), samplingMask: bool(axes), tokens: int({ batch: 1 }) };
  const program = await jit(device, spec, ({ logits, samplingMask, tokens }) => {
    const { logProbs } = samplingDistribution(logits, { ...plainSampling, topK: 1 }, {
      samplingMask,
    });
    const loss = sum(take(logProbs, tokens, "vocab"));
    return { logProbs, slope: gradientsOf(loss, { logits }).logits };
  });
  const feeds = {
    logits: floats([0, 0, 9, 9], [1, 4]),
    samplingMask: bools([1, 1, 0, 0], [1, 4]),
    tokens: ints([0]),
  };
  const { logProbs, slope } = await program(feeds);
  const half = Math.log(1 / 2); // two allowed tokens with equal logits, whatever the others' are
  const [first, second, third] = await device.read(logProbs);
  assert.ok(Math.abs(first - half) < 1e-6 && Math.abs(second - half) < 1e-6 && third < -1e8);
  assert.deepEqual([...await device.read(slope)], [1 - 1 / 2, -1 / 2, 0, 0]); // 1 at the token - p
});

Deno.test("a repetition penalty without the tokens seen is refused", () => {
  const logits = input("logits", { batch: 1, vocab: 4 });
  assert.throws(() => samplingDistribution(logits, { ...plainSampling, repetitionPenalty: 1.4 }), {
    name: "RangeError",
    message: "Cannot apply a repetition penalty: the tokens seen so far were not given",
  });
});

/** The token drawn from one distribution for each uniform number. */
async function drawn(
  probabilities: readonly number[],
  uniforms: readonly number[],
): Promise<number[]> {
  const spec = {
    logProbs: float({ batch: -1, vocab: probabilities.length }),
    uniform: float({ batch: -1 }),
  };
  const program = await jit(
    device,
    spec,
    ({ logProbs, uniform }) => ({ tokens: drawToken(logProbs, uniform) }),
  );
  const logs = probabilities.map((probability) => probability === 0 ? -1e9 : Math.log(probability));
  const logProbs = floats(uniforms.flatMap(() => logs), [uniforms.length, logs.length]);
  return [...await device.read((await program({ logProbs, uniform: floats(uniforms) })).tokens)];
}

Deno.test("even uniform numbers draw each token as often as its probability says", async () => {
  const probabilities = [0.02, 0.3, 0, 0.18, 0.5];
  const uniforms = Array.from({ length: 2000 }, (_, index) => (index + 0.5) / 2000);
  const tokens = await drawn(probabilities, uniforms);
  assert.deepEqual(tokens, tokens.toSorted((a, b) => a - b)); // a larger number never draws an earlier token
  probabilities.forEach((probability, token) => {
    const count = tokens.filter((found) => found === token).length;
    assert.ok(Math.abs(count - 2000 * probability) <= 1, `token ${token}: ${count} of 2000`);
  });
});

Deno.test("no uniform number draws a token of probability 0, at either end", async () => {
  const uniforms = [0, 2 ** -24, 0.5, 1 - 2 ** -24];
  assert.deepEqual(await drawn([0, 0.25, 0.75, 0, 0], uniforms), [1, 1, 2, 2]);
  assert.deepEqual(await drawn([1, 0], uniforms), [0, 0, 0, 0]);
  assert.deepEqual(await drawn([0, 1], uniforms), [1, 1, 1, 1]);
});

Deno.test("a large vocabulary of equal probabilities is drawn from to its last token", async () => {
  const even = Array<number>(5000).fill(1 / 5000);
  const tokens = await drawn(even, [0, 0.5, 1 - 2 ** -24]);
  assert.equal(tokens[0], 0);
  assert.ok(Math.abs(tokens[1] - 2500) <= 2); // the running sum in 32 bits
  assert.ok(tokens[2] >= 4998 && tokens[2] <= 4999);
});

Deno.test("the likeliest token is the first of those that tie", async () => {
  const spec = { logProbs: float({ batch: -1, vocab: 4 }) };
  const program = await jit(device, spec, ({ logProbs }) => ({ tokens: likeliestToken(logProbs) }));
  const { tokens } = await program({
    logProbs: floats([-3, -1, -2, -1, -5, -4, -9, -0.5], [2, 4]),
  });
  assert.deepEqual([...await device.read(tokens)], [1, 3]);
});
