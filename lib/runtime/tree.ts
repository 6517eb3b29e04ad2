/**
 * Trees: nested records and lists with one kind of leaf, and their flat form with dotted names.
 *
 * The parameters of a model are such a tree; its dotted names are the names of Hugging Face's
 * checkpoint files. The functions take `unknown` and look for leaves, because a walk over a tree
 * cannot follow its precise type.
 */

/** Whether a value is a leaf. */
export type IsLeaf<Leaf> = (value: unknown) => value is Leaf;

/**
 * Returns the leaves by dotted name, in the tree's order.
 *
 * @throws {TypeError} for a value that is neither a leaf nor a record or list.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flatten } from "ppo/runtime/mod.ts";
 *
 * const isNumber = (value: unknown) => typeof value === "number";
 * const leaves = flatten({ wte: 1, h: [{ bias: 2 }] }, isNumber);
 * assert.deepEqual([...leaves], [["wte", 1], ["h.0.bias", 2]]);
 * ```
 */
export function flatten<Leaf>(tree: unknown, isLeaf: IsLeaf<Leaf>): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  mapTree(tree, isLeaf, (leaf, path) => leaves.set(path, leaf));
  return leaves;
}

/**
 * Returns the same tree with each leaf replaced; `path` is the leaf's dotted name. `Mapped` is the
 * type of the result, which the caller must know: the compiler does not check it.
 *
 * @throws {TypeError} for a value that is neither a leaf nor a record or list.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mapTree } from "ppo/runtime/mod.ts";
 *
 * const isNumber = (value: unknown) => typeof value === "number";
 * const named = mapTree({ wte: 1, h: [2] }, isNumber, (leaf, path) => `${path} ${leaf}`);
 * assert.deepEqual(named, { wte: "wte 1", h: ["h.0 2"] });
 * ```
 */
export function mapTree<Leaf, Mapped = unknown>(
  tree: unknown,
  isLeaf: IsLeaf<Leaf>,
  replace: (leaf: Leaf, path: string) => unknown,
): Mapped {
  const visit = (node: unknown, path: string): unknown => {
    if (isLeaf(node)) return replace(node, path);
    const prefix = path === "" ? "" : `${path}.`;
    if (Array.isArray(node)) return node.map((child, index) => visit(child, `${prefix}${index}`));
    if (typeof node !== "object" || node === null || ArrayBuffer.isView(node)) {
      const found = `it is ${node === null ? "null" : typeof node}`;
      const state = `${found}, and an array or a tensor is expected`;
      throw new TypeError(`Cannot use the value at "${path}": ${state}`);
    }
    const children: Record<string, unknown> = { ...node };
    for (const key in children) children[key] = visit(children[key], `${prefix}${key}`);
    return children;
  };
  return visit(tree, "") as Mapped; // the form of the tree, which the caller knows
}
