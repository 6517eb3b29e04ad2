/** Uses of `dot`: matrix products of every kind, by how the axes of the two sides meet. */
import { dot } from "../../lib/tensor/mod.ts";
import { type PrimitiveCase, useOf } from "./primitive_case.ts";
import { floats } from "./samples.ts";

const block = { batch: 2, time: 3, embed: 2 } as const;
const open = ["batch", "time"];

/** What each is for is in its title. */
export const dotUses: readonly PrimitiveCase[] = [
  useOf(
    "a layer: the last axis with the first",
    { x: floats(block), w: floats({ embed: 2, vocab: 4 }, { seed: 1 }) },
    ({ x, w }) => dot(x, w, "embed"),
    { open },
  ),
  useOf(
    "a tied layer: the last axis with the last",
    { x: floats(block), w: floats({ vocab: 4, embed: 2 }, { seed: 1 }) },
    ({ x, w }) => dot(x, w, "embed"),
    { open },
  ),
  useOf(
    "the first axis with the first",
    { x: floats({ time: 3, batch: 2 }), y: floats({ time: 3, embed: 2 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "time"),
    { open: ["time"] },
  ),
  useOf(
    "the gradient of a layer's weight: two axes",
    { x: floats(block), y: floats({ batch: 2, time: 3, vocab: 4 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "batch", "time"),
    { open },
  ),
  useOf(
    "two axes in two orders",
    { x: floats(block), y: floats({ embed: 2, vocab: 2, time: 3 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "time", "embed"),
    { open: ["batch"] },
  ),
  useOf(
    "attended heads projected: two axes, batch and time of unknown size",
    {
      x: floats({ batch: 2, time: 3, heads: 2, headDim: 2 }),
      w: floats({ heads: 2, headDim: 2, embed: 3 }),
    },
    ({ x, w }) => dot(x, w, "heads", "headDim"),
    { open },
  ),
  useOf(
    "a layer with its weight on the left",
    { w: floats({ embed: 2, vocab: 4 }), x: floats(block, { seed: 1 }) },
    ({ w, x }) => dot(w, x, "embed"),
    { open },
  ),
  useOf(
    "attention scores: batch and heads side by side",
    {
      x: floats({ batch: 2, time: 3, heads: 2, headDim: 2 }),
      y: floats({ batch: 2, keyTime: 2, heads: 2, headDim: 2 }, { seed: 1 }),
    },
    ({ x, y }) => dot(x, y, "headDim"),
    { open: ["batch", "time", "keyTime"] },
  ),
  useOf(
    "attended values: shared axes in two orders",
    {
      x: floats({ heads: 2, batch: 2, time: 3, keyTime: 2 }),
      y: floats({ batch: 2, keyTime: 2, heads: 2, headDim: 3 }, { seed: 1 }),
    },
    ({ x, y }) => dot(x, y, "keyTime"),
    { open: ["batch", "time", "keyTime"] },
  ),
  useOf(
    "shared axes and two contracted",
    { x: floats(block), y: floats({ embed: 2, batch: 2, time: 3, vocab: 2 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "time", "embed"),
    { open },
  ),
  useOf(
    "shared axes, and several of its own on each side",
    {
      x: floats({ batch: 2, time: 2, heads: 2, headDim: 3 }),
      y: floats({ headDim: 3, vocab: 2, embed: 2, batch: 2 }, { seed: 1 }),
    },
    ({ x, y }) => dot(x, y, "headDim"),
    { open: ["batch"] },
  ),
  useOf(
    "several axes of its own on the right",
    {
      x: floats({ batch: 2, embed: 3 }),
      y: floats({ heads: 2, headDim: 2, embed: 3 }, { seed: 1 }),
    },
    ({ x, y }) => dot(x, y, "embed"),
    { open: ["batch"] },
  ),
  useOf(
    "only shared axes are left",
    { x: floats(block), y: floats({ time: 3, batch: 2, embed: 2 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "embed"),
    { open },
  ),
  useOf(
    "two vectors",
    { x: floats({ time: 3 }), y: floats({ time: 3 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "time"),
    { open },
  ),
  useOf(
    "all axes of two matrices",
    { x: floats({ batch: 2, time: 3 }), y: floats({ time: 3, batch: 2 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "batch", "time"),
  ),
  useOf(
    "a vector with a matrix",
    { x: floats({ embed: 3 }), y: floats({ embed: 3, vocab: 2 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "embed"),
  ),
  useOf(
    "a matrix with a vector",
    { x: floats({ batch: 2, embed: 3 }), y: floats({ embed: 3 }, { seed: 1 }) },
    ({ x, y }) => dot(x, y, "embed"),
    { open },
  ),
  useOf("a tensor with itself", { x: floats(block) }, ({ x }) => dot(x, x, "embed"), { open }),
];
