import assert from "node:assert/strict";
import { initialMlp, mlp, orthogonal } from "../../lib/nn/mod.ts";
import { normal, randomStream } from "../../lib/random/mod.ts";
import { evaluate } from "../../lib/tensor/mod.ts";
import { checkGrads } from "../helpers/check_grads.ts";
import { assertClose } from "../helpers/close.ts";
import { feedsOf, floats, type Inputs, inputsOf } from "../helpers/samples.ts";

const drawing = (seed: number) => {
  const random = randomStream(seed);
  return { normal: () => normal(random) };
};

/** The products of every pair of columns of a matrix. */
const columnProducts = (matrix: Float32Array, columns: number): number[] =>
  Array.from({ length: columns ** 2 }, (_, pair) => {
    const a = pair % columns, b = Math.floor(pair / columns);
    let sum = 0;
    for (let row = 0; row < matrix.length; row += columns) sum += matrix[row + a] * matrix[row + b];
    return sum;
  });

const identity = (size: number, scale: number): number[] =>
  Array.from({ length: size ** 2 }, (_, at) => at % (size + 1) === 0 ? scale : 0);

Deno.test("a tall matrix has orthogonal columns of the gain's length, a wide one such rows", () => {
  const tall = orthogonal(64, 8, { gain: 3, ...drawing(1) });
  assertClose(columnProducts(tall, 8), identity(8, 3 ** 2), 1e-6);
  const wide = orthogonal(8, 64, { gain: 3, ...drawing(2) });
  const turned = Float32Array.from(wide, (_, at) => wide[(at % 8) * 64 + Math.floor(at / 8)]);
  assertClose(columnProducts(turned, 8), identity(8, 3 ** 2), 1e-6);
});

Deno.test("sizes of matrices are positive whole numbers", () => {
  const message = "Cannot draw an orthogonal matrix: outputs is 0, " +
    "but it must be a positive whole number";
  assert.throws(() => orthogonal(2, 0, { gain: 1, ...drawing(1) }), new RangeError(message));
});

Deno.test("hidden layers start with gain sqrt 2, the last one with its own, biases with 0", () => {
  const { first, second, last } = initialMlp([4, 2], { hidden: 16, gain: 0.01, ...drawing(3) });
  const dims = [first, second, last].map(({ weight }) => weight.dims);
  assert.deepEqual(dims, [[4, 16], [16, 16], [16, 2]]);
  assertClose(columnProducts(Float32Array.from(second.weight.data), 16), identity(16, 2), 1e-6);
  assertClose(columnProducts(Float32Array.from(last.weight.data), 2), identity(2, 1e-4), 1e-9);
  for (const { bias } of [first, second, last]) assert.ok(bias.data.every((x) => x === 0));
});

const samples = {
  x: floats({ batch: 2, observation: 3 }, { seed: 1 }),
  w1: floats({ observation: 3, hidden1: 4 }, { seed: 2 }),
  b1: floats({ hidden1: 4 }, { seed: 3 }),
  w2: floats({ hidden1: 4, hidden2: 5 }, { seed: 4 }),
  b2: floats({ hidden2: 5 }, { seed: 5 }),
  w3: floats({ hidden2: 5, choice: 2 }, { seed: 6 }),
  b3: floats({ choice: 2 }, { seed: 7 }),
};

/** The network whose parameters are the samples. */
const build = ({ x, w1, b1, w2, b2, w3, b3 }: Inputs<typeof samples>) =>
  mlp(x, {
    first: { weight: w1, bias: b1 },
    second: { weight: w2, bias: b2 },
    last: { weight: w3, bias: b3 },
  }, "observation");

/** x W + b on plain numbers. */
const layer = (x: readonly number[], weight: readonly number[], bias: readonly number[]) =>
  bias.map((b, column) =>
    x.reduce((sum, value, row) => sum + value * weight[row * bias.length + column], b)
  );

Deno.test("the network is tanh(tanh(x W1 + b1) W2 + b2) W3 + b3", () => {
  const [{ data, dims }] = evaluate([build(inputsOf(samples))], feedsOf(samples));
  const { x, w1, b1, w2, b2, w3, b3 } = samples;
  const rows = [x.values.slice(0, 3), x.values.slice(3)].map((row) => {
    const hidden1 = layer(row, w1.values, b1.values).map(Math.tanh);
    const hidden2 = layer(hidden1, w2.values, b2.values).map(Math.tanh);
    return layer(hidden2, w3.values, b3.values);
  });
  assert.deepEqual(dims, [2, 2]);
  assertClose(data, rows.flat());
});

Deno.test("the gradients of the network are its slopes", () => checkGrads(build, samples));
