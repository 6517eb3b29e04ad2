/**
 * The gradient of a loss in parts: the embedding, groups of blocks, and the head. The forward pass
 * and the backward pass of each part are programs.
 */
import { vjp } from "../autodiff/mod.ts";
import type { Hidden } from "../nn/mod.ts";
import { type ArrayPool } from "./array_pool.ts";
import { createAdder, writeInto } from "./in_place.ts";
import {
  type Device,
  flatten,
  float,
  isTensor,
  jit,
  mapTree,
  type Tensors,
  zeros,
} from "../runtime/mod.ts";
import { add, rename, scalar, topologicalOrder } from "../tensor/mod.ts";
import {
  answerSpec,
  blocks,
  blockSpec,
  embed,
  finalNorm,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  type Rows,
  rowsSpec,
} from "../lm/mod.ts";
import { type DeviceHead, headInParts } from "./loss_head.ts";
import type { LossDefinition, LossProgram } from "./loss_definition.ts";
import { type Array32, compileTree } from "./records.ts";

const hiddenSpec = (width: number) => float({ batch: -1, time: -1, embed: width });
const chosenSpec = (width: number) => float({ batch: -1, answer: -1, embed: width });
const slotsSpec = { slots: rowsSpec.slots, keySlots: rowsSpec.keySlots };

/**
 * Token and position embeddings. The backward program adds the head's gradient for the shared
 * token embedding.
 */
async function embeddingPrograms(device: Device, config: Gpt2Config) {
  const { wte, wpe } = gpt2Spec(config);
  const spec = { ends: { wte, wpe }, rows: rowsSpec };
  const forward = await jit(device, spec, ({ ends, rows }) => ({ x: embed(ends, rows) }));
  const sums = { ...spec, g: hiddenSpec(config.embed), sent: wte };
  const backward = await jit(device, sums, ({ ends, rows, g, sent }) => {
    const [tokens, positions] = vjp([embed(ends, rows)], [g], [ends.wte.weight, ends.wpe.weight]);
    return { wte: { weight: add(tokens, sent.weight) }, wpe: { weight: positions } };
  });
  return { forward, backward };
}

/**
 * The programs of `count` blocks. The backward pass recomputes the blocks from the hidden states
 * before them. With `chosen`, they return only the chosen columns.
 */
async function groupPrograms(
  device: Device,
  config: Gpt2Config,
  { count, chosen }: { count: number; chosen: boolean },
) {
  const layers = Array.from({ length: count }, () => blockSpec(config));
  const rows = chosen ? { ...slotsSpec, columns: answerSpec.columns } : slotsSpec;
  const x = hiddenSpec(config.embed), g = chosen ? chosenSpec(config.embed) : x;
  const spec = { layers, rows, x };
  const run = ({ layers, rows, x }: Tensors<typeof spec>) => {
    const last = blocks(x, layers, rows, { config });
    return chosen ? rename(last, { time: "answer" }) : last;
  };
  const forward = await jit(device, spec, (given) => ({ x: run(given) }));
  const backward = await jit(device, { ...spec, g }, (given) => {
    const leaves = [...flatten(given.layers, isTensor).values()];
    const [g, ...gradients] = vjp([run(given)], [given.g], [given.x, ...leaves]);
    const byLeaf = new Map(leaves.map((leaf, index) => [leaf, gradients[index]]));
    return { g, layers: mapTree(given.layers, isTensor, (leaf) => byLeaf.get(leaf)) };
  });
  return { forward, backward };
}

/** The last norm and the loss, with the gradients of the parameters that the loss uses. */
function headProgram<P extends Gpt2Parameters, I>(
  device: Device,
  { config, parameters, inputs, loss, chosen = false }: LossDefinition<P, I>,
) {
  const { h: _blocks, wpe: _positions, ...head } = parameters;
  const slots = chosen ? "columns" : "slots"; // with `chosen`, the slots are the chosen columns
  const rows = { [slots]: rowsSpec.slots };
  const spec = { head, inputs: { ...inputs, rows }, x: hiddenSpec(config.embed) };
  type Given = {
    head: Omit<P, "h" | "wpe">;
    inputs: I & { rows: Record<string, Rows["slots"]> };
    x: Hidden;
  };
  return compileTree<Given, DeviceHead>(device, spec, ({ head, inputs, x }) => {
    const results = loss(head, finalNorm(x, head, config), {
      ...inputs,
      rows: { slots: inputs.rows[slots] },
    });
    const reached = new Set(topologicalOrder([results.loss]));
    const leaves = [...flatten(head, isTensor)].filter(([, leaf]) => reached.has(leaf));
    const [g, ...gradients] = vjp([results.loss], [scalar(1)], [
      x,
      ...leaves.map(([, leaf]) => leaf),
    ]);
    return {
      results,
      g,
      gradients: Object.fromEntries(leaves.map(([name], index) => [name, gradients[index]])),
    };
  }, { toHost: ["results"] });
}

/** A group of consecutive blocks and its programs. */
async function groupsOf<P extends Gpt2Parameters, I>(
  device: Device,
  { config, chosen = false }: LossDefinition<P, I>,
  blocksPerSegment: number,
) {
  const { layers } = config;
  const made = new Map<string, Awaited<ReturnType<typeof groupPrograms>>>();
  const groups = [];
  for (let first = 0; first < layers; first += blocksPerSegment) {
    const count = Math.min(blocksPerSegment, layers - first), isLast = first + count === layers;
    const kind = { count, chosen: chosen && isLast }, key = JSON.stringify(kind);
    const programs = made.get(key) ?? await groupPrograms(device, config, kind);
    made.set(key, programs);
    groups.push({ first, count, ...programs });
  }
  return groups;
}

/** Compiles the gradient with `blocksPerSegment` blocks per program. */
export async function gradientInParts<P extends Gpt2Parameters, I>(
  device: Device,
  definition: LossDefinition<P, I>,
  { blocksPerSegment, logitsAtOnce, pool, betweenPrograms = () => {} }: {
    blocksPerSegment: number;
    logitsAtOnce: number;
    pool: ArrayPool;
    betweenPrograms?: (() => void) | undefined;
  },
): Promise<LossProgram<P, I>> {
  const embedding = await embeddingPrograms(device, definition.config);
  const groups = await groupsOf(device, definition, blocksPerSegment);
  const adder = device.kind === "cpu" ? await createAdder(device, pool) : undefined;
  const program = await headProgram(device, definition);
  const head = headInParts(device, program, { definition, logitsAtOnce, adder });
  const { wte } = definition.parameters;
  const nothing = await device.upload(zeros(Object.values(wte.weight.shape))); // for a head that does not use the embedding
  const run: LossProgram<P, I>["run"] = async (parameters, inputs, into, { adding }) => {
    const bring = (adding ? adder?.addInto : undefined) ?? writeInto;
    const { h, wpe, ...rest } = parameters;
    const { rows } = inputs;
    const ends = { wte: parameters.wte, wpe };
    const held = new Set<Array32>(); // freed after use, and when the gradient is aborted
    const hold = (array: Array32) => {
      held.add(array);
      return array;
    };
    const free = (array: Array32) => held.delete(array) && device.free(array);
    try {
      let x = hold((await embedding.forward({ ends, rows })).x);
      const states: Array32[] = []; // the hidden states before each group
      for (const { first, count, forward } of groups) {
        betweenPrograms();
        states.push(x);
        x = hold((await forward({ layers: h.slice(first, first + count), rows, x })).x);
      }
      const { h: _h, wpe: _wpe, wte: _wte, ...own } = into;
      const found = await head({ head: rest, inputs, x }, own, bring);
      free(x);
      let g = hold(found.g);
      const sent = found.sent && hold(found.sent);
      for (const [index, { first, count, backward }] of [...groups.entries()].toReversed()) {
        betweenPrograms();
        const given = { layers: h.slice(first, first + count), rows, x: states[index], g };
        const own = { layers: into.h.slice(first, first + count) };
        const back = await bring(own, (target) => backward(given, target));
        free(states[index]);
        free(g);
        g = hold(back.g);
      }
      const tables = { wte: into.wte, wpe: into.wpe };
      const given = { ends, rows, g, sent: { weight: sent ?? nothing } };
      await bring(tables, (target) => embedding.backward(given, target));
      return found.results;
    } finally {
      held.forEach((array) => device.free(array));
    }
  };
  return { adds: adder !== undefined, run };
}
