import { equal } from "node:assert/strict";
import {
  atColumns,
  downloadParameters,
  gpt2,
  gpt2At,
  gpt2Spec,
  initialWeights,
  languageHead,
  type ModelFolder,
  padRows,
  rowsSpec,
  uploadParameters,
  valueHead,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { layerNorm } from "../../lib/nn/mod.ts";
import { gradientsOf } from "../../lib/optim/mod.ts";
import {
  type DeviceArray,
  float,
  floats,
  int,
  ints,
  jit,
  openDevice,
} from "../../lib/runtime/mod.ts";
import {
  gelu,
  logSoftmax,
  maskedMean,
  mul,
  neg,
  type Shape,
  square,
  sum,
  take,
} from "../../lib/tensor/mod.ts";
import fixture from "../fixtures/ops.json" with { type: "json" };
import { assertNear, fixtureModel, fixtureTensors } from "../helpers/fixtures.ts";

const device = await openDevice("cpu", { threads: 1 });
const torch = await fixtureTensors("forward");
const lengths = torch.numbers("lengths");
const rows = torch.rows("input_ids").map((row, index) => row.slice(0, lengths[index]));
const tokens = float({ batch: -1, time: -1 });

/** The numbers of [batch, time, ...] at real tokens; `short` leaves out the last of each row, which predicts nothing. */
function atTokens(
  data: ArrayLike<number>,
  { time, short }: { time: number; short: number },
): number[] {
  const width = data.length / (lengths.length * time);
  return Array.from(data).filter((_, index) => {
    const token = Math.floor(index / width);
    return token % time < lengths[Math.floor(token / time)] - short;
  });
}

/** The gradients as PyTorch names them. */
async function assertGradients(gradients: unknown, prefix: string): Promise<void> {
  const found = await downloadParameters(device, gradients);
  for (const [name, { data }] of found) {
    const full = name === "value_fn.weight" ? `${prefix}.${name}` : `${prefix}.transformer.${name}`;
    assertNear(data, torch.numbers(full), { name: `the gradient of ${name}` });
  }
}

/** Logits, log-probabilities, loss and gradients of a language model on the fixture's batch. */
async function languageModel({ config, weights }: ModelFolder) {
  const targets = int({ batch: -1, time: -1 });
  const spec = { parameters: gpt2Spec(config), rows: rowsSpec, targets, mask: tokens };
  const program = await jit(device, spec, ({ parameters, rows, targets, mask }) => {
    const logits = languageHead(gpt2(parameters, rows, config), parameters);
    const logProbs = take(logSoftmax(logits, "vocab"), targets, "vocab");
    const loss = neg(maskedMean(logProbs, mask));
    return { logits, logProbs, loss, gradients: gradientsOf(loss, parameters) };
  });
  const parameters = await uploadParameters(device, spec.parameters, weights);
  const next = (row: readonly number[]) => [...row.slice(1), ...Array(13 - row.length).fill(0)];
  const predicts = (row: readonly number[]) =>
    next(row).map((_, column) => column < row.length - 1 ? 1 : 0);
  return program({
    parameters,
    rows: padRows(rows, { padId: 0 }),
    targets: ints(rows.flatMap(next), [3, 12]),
    mask: floats(rows.flatMap(predicts), [3, 12]),
  });
}

const read = async (array: DeviceArray<"float32">) => await device.read(array);

Deno.test("logits, log-probabilities and loss of GPT-2 equal PyTorch's", async () => {
  const { logits, logProbs, loss } = await languageModel(await fixtureModel("gpt2_tiny"));
  const real = { time: 12, short: 0 };
  assertNear(atTokens(await read(logits), real), atTokens(torch.numbers("logits"), real), {
    name: "logits",
  });
  const wanted = atTokens(torch.numbers("log_probs"), { time: 11, short: 1 });
  assertNear(atTokens(await read(logProbs), { time: 12, short: 1 }), wanted, {
    name: "log-probabilities",
  });
  equal(wanted.length, 11 + 8 + 4); // rows of 12, 9 and 5 tokens, each but the first one predicted
  assertNear(await read(loss), torch.numbers("loss"), { name: "loss" });
});

Deno.test("the gradient of every weight of GPT-2 equals PyTorch's", async () => {
  const { gradients } = await languageModel(await fixtureModel("gpt2_tiny"));
  equal((await downloadParameters(device, gradients)).size, 2 + 3 * 12 + 2); // embeddings, three blocks, last norm
  await assertGradients(gradients, "grad");
});

Deno.test("values of the reward model, and the gradient of every weight, equal PyTorch's", async () => {
  const { config, weights } = await fixtureModel("reward_tiny");
  const spec = { parameters: valueModelSpec(config), rows: rowsSpec, mask: tokens };
  const program = await jit(device, spec, ({ parameters, rows, mask }) => {
    const values = valueHead(gpt2(parameters, rows, config), parameters);
    const loss = sum(square(mul(values, mask)));
    return { values, loss, gradients: gradientsOf(loss, parameters) };
  });
  const parameters = await uploadParameters(device, spec.parameters, weights);
  const mask = floats(torch.numbers("attention_mask"), [3, 12]);
  const { values, loss, gradients } = await program({
    parameters,
    rows: padRows(rows, { padId: 0 }),
    mask,
  });
  const real = { time: 12, short: 0 };
  assertNear(atTokens(await read(values), real), atTokens(torch.numbers("values"), real), {
    name: "values",
  });
  assertNear(await read(loss), torch.numbers("value_loss"), { name: "loss" });
  await assertGradients(gradients, "value_grad");
});

Deno.test("hidden states at chosen columns, and the gradient of every weight, are those of choosing afterwards", async () => {
  const { config, weights } = await fixtureModel("gpt2_tiny");
  const columns = int({ batch: -1, answer: -1 }),
    upstream = float({ batch: -1, answer: -1, embed: config.embed });
  const spec = { parameters: gpt2Spec(config), rows: { ...rowsSpec, columns }, upstream };
  const [chosen, taken] = await Promise.all(
    [gpt2At, takenAfterwards].map((states) =>
      jit(device, spec, ({ parameters, rows, upstream }) => {
        const hidden = states(parameters, rows, config);
        return { hidden, gradients: gradientsOf(sum(mul(hidden, upstream)), parameters) };
      })
    ),
  );
  const feeds = {
    parameters: await uploadParameters(device, spec.parameters, weights),
    rows: { ...padRows(rows, { padId: 0 }), columns: ints([9, 11, 3, 7, 4, 0], [3, 2]) }, // in no order of their own
    upstream: floats(
      Array.from({ length: 3 * 2 * config.embed }, (_, index) => Math.sin(3 * index)),
      [
        3,
        2,
        config.embed,
      ],
    ),
  };
  const found = await chosen(feeds), wanted = await taken(feeds);
  assertNear(await read(found.hidden), await read(wanted.hidden), { name: "hidden states" });
  const gradients = await downloadParameters(device, found.gradients);
  for (const [name, { data }] of await downloadParameters(device, wanted.gradients)) {
    assertNear(gradients.get(name)?.data ?? [], data, { name: `the gradient of ${name}` });
  }
});

const takenAfterwards: typeof gpt2At = (parameters, { columns, ...rows }, config) =>
  atColumns(gpt2(parameters, rows, config), columns, rows.slots);

Deno.test("an untrained model has norms of 1, biases of 0 and names as in the checkpoint", async () => {
  const { config, weights } = await fixtureModel("gpt2_tiny");
  const fresh = initialWeights(gpt2Spec(config), { normal: () => 1, layers: config.layers });
  equal([...fresh.keys()].toSorted().join(), [...weights.keys()].toSorted().join());
  equal(fresh.get("h.1.ln_2.weight")?.data[5], 1);
  equal(fresh.get("h.1.mlp.c_fc.bias")?.data[5], 0);
  equal(fresh.get("wte.weight")?.data[5], Math.fround(0.02));
  equal(fresh.get("h.1.attn.c_proj.weight")?.data[5], Math.fround(0.02 / Math.sqrt(2 * 3))); // 3 layers
});

Deno.test("layer norm and its gradients equal PyTorch's", async () => {
  const ops = await fixtureTensors("ops");
  const embed = float({ embed: 8 }), wide = float({ batch: -1, time: -1, embed: 8 });
  const spec = { x: wide, weight: embed, bias: embed, upstream: wide };
  const program = await jit(device, spec, ({ x, weight, bias, upstream }) => {
    const out = layerNorm(x, { weight, bias }, {
      axis: "embed",
      epsilon: fixture.layer_norm.epsilon,
    });
    const loss = sum(mul<Shape, Shape>(out, upstream));
    return { out, ...named(gradientsOf(loss, { x, weight, bias })) };
  });
  const at = (name: string) => ops.array(`layer_norm.${name}`);
  const found = await program({
    x: at("x"),
    weight: at("weight"),
    bias: at("bias"),
    upstream: at("upstream"),
  });
  for (const [name, array] of Object.entries(found)) {
    assertNear(await read(array), ops.numbers(`layer_norm.${name}`), { name });
  }
});

/** Gradients under the fixture's names. */
const named = <T>({ x, weight, bias }: { x: T; weight: T; bias: T }) => ({
  grad_x: x,
  grad_weight: weight,
  grad_bias: bias,
});

Deno.test("gelu and its gradient equal transformers' gelu_new", async () => {
  const ops = await fixtureTensors("ops");
  const matrix = float({ row: 5, column: 8 });
  const program = await jit(device, { x: matrix, upstream: matrix }, ({ x, upstream }) => {
    const out = gelu(x);
    const { x: grad_x } = gradientsOf(sum(mul<Shape, Shape>(out, upstream)), { x });
    return { out, grad_x };
  });
  const found = await program({
    x: ops.array("gelu_new.x"),
    upstream: ops.array("gelu_new.upstream"),
  });
  assertNear(await read(found.out), ops.numbers("gelu_new.out"), { name: "gelu" });
  assertNear(await read(found.grad_x), ops.numbers("gelu_new.grad_x"), { name: "its gradient" });
});
