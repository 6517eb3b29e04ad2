/** Uses of the primitives that add up or move elements along axes. */
import {
  apply,
  constant,
  gather,
  largest,
  mergeAxes,
  mul,
  pad,
  rename,
  scatterAdd,
  slice,
  splitAxis,
  sum,
  take,
  transpose,
} from "../../lib/tensor/mod.ts";
import { dotUses } from "./dot_cases.ts";
import { type PrimitiveCase, useOf } from "./primitive_case.ts";
import { floats, integers } from "./samples.ts";

const block = { batch: 2, time: 3, embed: 2 } as const;
const open = ["batch", "time"];
const none = { gradient: "none", open } as const;

const reductions = (op: typeof sum | typeof largest): PrimitiveCase[] => [
  useOf("over the first axis", { x: floats(block) }, ({ x }) => op(x, "batch"), { open }),
  useOf("over the middle axis", { x: floats(block) }, ({ x }) => op(x, "time"), { open }),
  useOf("over the last axis", { x: floats(block) }, ({ x }) => op(x, "embed"), { open }),
  useOf("over two axes", { x: floats(block) }, ({ x }) => op(x, "embed", "batch"), { open }),
  useOf("over all axes", { x: floats(block) }, ({ x }) => op(x), { open }),
  useOf("over no axis of a number", { x: floats({}) }, ({ x }) => op(x)),
];

const table = floats({ vocab: 4, embed: 3 });
const tokens = integers({ batch: 2, time: 2 }, [3, 1, 1, 1]);

/** Uses by primitive. */
export const movementUses = {
  input: [
    useOf("float32", { x: floats(block) }, ({ x }) => x, { open }),
    useOf("int32", { x: integers({ time: 2 }, [1, -2]) }, ({ x }) => x, none),
  ],
  constant: [
    useOf(
      "a matrix, with an input",
      { x: floats({ embed: 2 }) },
      ({ x }) =>
        mul(
          x,
          constant([1, 2, 3, 4], { time: 2, embed: 2 }),
        ),
    ),
  ],
  sum: reductions(sum),
  largest: [
    ...reductions(largest),
    useOf(
      "all below zero",
      { x: floats(block, { low: -3, high: -1 }) },
      ({ x }) => largest(x, "time"),
      {
        open,
      },
    ),
  ],
  dot: dotUses,
  splitAxis: [
    useOf(
      "the last axis",
      { x: floats({ time: 3, embed: 6 }) },
      ({ x }) => splitAxis(x, "embed", { heads: 2, headDim: 3 }),
      {
        open,
      },
    ),
    useOf(
      "the first axis",
      { x: floats({ rows: 6, embed: 2 }) },
      ({ x }) => splitAxis(x, "rows", { batch: 3, time: 2 }),
    ),
    useOf(
      "a middle axis",
      { x: floats({ batch: 2, row: 6, embed: 2 }) },
      ({ x }) => splitAxis(x, "row", { p: 2, q: 3 }),
      {
        open,
      },
    ),
    useOf(
      "into a part of unknown size",
      { x: floats({ rows: 6, embed: 2 }) },
      ({ x }) => splitAxis(x, "rows", { batch: -1, time: 2 }),
      { open: ["rows"] },
    ),
  ],
  mergeAxes: [
    useOf("the last two", { x: floats(block) }, ({ x }) => mergeAxes(x, ["time", "embed"], "row"), {
      open: ["batch"],
    }),
    useOf(
      "the first two",
      { x: floats(block) },
      ({ x }) => mergeAxes(x, ["batch", "time"], "rows"),
      {
        open: ["batch"],
      },
    ),
    useOf("all", { x: floats(block) }, ({ x }) => mergeAxes(x, ["batch", "time", "embed"], "all"), {
      open: ["batch"],
    }),
    useOf(
      "two that are not neighbours, in reverse order",
      { x: floats(block) },
      ({ x }) => mergeAxes(x, ["embed", "batch"], "row"),
      { open: ["batch"] },
    ),
  ],
  transpose: [
    useOf("three axes", { x: floats(block) }, ({ x }) => transpose(x, ["embed", "batch", "time"]), {
      open,
    }),
    useOf(
      "integers",
      { x: integers({ batch: 2, time: 2 }, [1, 2, 3, 4]) },
      ({ x }) => transpose(x, ["time", "batch"]),
      none,
    ),
  ],
  rename: [
    useOf("one axis", { x: floats(block) }, ({ x }) => rename(x, { time: "keyTime" }), { open }),
    useOf(
      "two axes exchanged",
      { x: floats(block) },
      ({ x }) => rename(x, { time: "batch", batch: "time" }),
      { open: ["embed"] },
    ),
  ],
  slice: [
    useOf(
      "the beginning",
      { x: floats(block) },
      ({ x }) => slice(x, "batch", { start: 0, stop: 1 }),
      {
        open: ["time"],
      },
    ),
    useOf("the middle", { x: floats(block) }, ({ x }) => slice(x, "time", { start: 1, stop: 2 }), {
      open: ["batch"],
    }),
    useOf("the end", { x: floats(block) }, ({ x }) => slice(x, "embed", { start: 1, stop: 2 }), {
      open,
    }),
  ],
  pad: [
    useOf("before", { x: floats(block) }, ({ x }) => pad(x, "time", { before: 2 }), {
      open: ["batch"],
    }),
    useOf("after", { x: floats(block) }, ({ x }) => pad(x, "batch", { after: 1 }), {
      open: ["time"],
    }),
    useOf("both ends", { x: floats(block) }, ({ x }) => pad(x, "embed", { before: 1, after: 2 }), {
      open,
    }),
  ],
  concat: [
    useOf(
      "the middle axis of three parts",
      {
        x: floats(block),
        y: floats({ batch: 2, time: 1, embed: 2 }, { seed: 1 }),
        z: floats(block, { seed: 2 }),
      },
      ({ x, y, z }) => apply("concat", [x, y, z], { axis: "time" }),
      { open: ["batch"] },
    ),
    useOf(
      "two parts of an axis put back in their order",
      { x: floats(block) },
      ({ x }) =>
        apply(
          "concat",
          [slice(x, "embed", { start: 1, stop: 2 }), slice(x, "embed", { start: 0, stop: 1 })],
          { axis: "embed" },
        ),
      { open },
    ),
  ],
  gather: [
    useOf(
      "rows of a table, some twice",
      { table, i: tokens },
      ({ table, i }) => gather(table, i, "vocab"),
      {
        open,
      },
    ),
    useOf("one row", { table, i: integers({}, [2]) }, ({ table, i }) => gather(table, i, "vocab")),
    useOf(
      "columns of a table",
      { table: floats({ embed: 3, vocab: 4 }), i: tokens },
      ({ table, i }) => gather(table, i, "vocab"),
      { open },
    ),
    useOf(
      "rows along a middle axis",
      { table: floats({ heads: 2, vocab: 4, headDim: 2 }), i: tokens },
      ({ table, i }) => gather(table, i, "vocab"),
      { open },
    ),
    useOf(
      "numbers of a list",
      { table: floats({ vocab: 4 }), i: integers({ time: 3 }, [0, 3, 0]) },
      ({ table, i }) => gather(table, i, "vocab"),
      { open },
    ),
    useOf(
      "matrices of a table",
      { table: floats({ vocab: 3, heads: 2, headDim: 2 }), i: integers({ time: 2 }, [2, 2]) },
      ({ table, i }) => gather(table, i, "vocab"),
      { open },
    ),
  ],
  scatterAdd: [
    useOf(
      "rows, some into one place",
      { i: tokens, u: floats({ batch: 2, time: 2, embed: 3 }) },
      ({ i, u }) => scatterAdd(i, u, { axis: "vocab", size: 4 }),
      { open },
    ),
    useOf(
      "rows whose axes are in another order",
      { i: tokens, u: floats({ embed: 3, time: 2, batch: 2 }) },
      ({ i, u }) => scatterAdd(i, u, { axis: "vocab", size: 4 }),
      { open: ["batch"] },
    ),
    useOf(
      "numbers into a list",
      { i: integers({ time: 4 }, [1, 0, 1, 1]), u: floats({ time: 4 }) },
      ({ i, u }) => scatterAdd(i, u, { axis: "vocab", size: 2 }),
      { open },
    ),
    useOf(
      "matrices",
      { i: integers({ time: 3 }, [1, 0, 1]), u: floats({ time: 3, heads: 2, headDim: 2 }) },
      ({ i, u }) => scatterAdd(i, u, { axis: "vocab", size: 2 }),
      { open },
    ),
    useOf(
      "one row",
      { i: integers({}, [1]), u: floats({ embed: 2 }) },
      ({ i, u }) => scatterAdd(i, u, { axis: "vocab", size: 3 }),
    ),
  ],
  take: [
    useOf(
      "one element a row",
      { x: floats({ batch: 2, time: 2, vocab: 4 }), i: tokens },
      ({ x, i }) => take(x, i, "vocab"),
      { open },
    ),
    useOf(
      "elements along the first axis, with indices in another order",
      { x: floats({ vocab: 4, time: 2, batch: 2 }), i: tokens },
      ({ x, i }) => take(x, i, "vocab"),
      { open },
    ),
    useOf(
      "one element",
      { x: floats({ vocab: 4 }), i: integers({}, [2]) },
      ({ x, i }) => take(x, i, "vocab"),
    ),
  ],
} as const;
