/**
 * Trees: nested records and lists with one kind of leaf, and their flat form with dotted names.
 *
 * The parameters of a model are such a tree; its dotted names are the names of Hugging Face's checkpoint files.
 * The functions take `unknown` and look for leaves, because the type of a tree says more than a walk over it can keep.
 */

/** Says whether a value is a leaf. */
export type IsLeaf<Leaf> = (value: unknown) => value is Leaf;

/**
 * Dotted name -> leaf, in the tree's order.
 *
 * @throws TypeError for something that is neither a leaf nor a record or list.
 */
export function flatten<Leaf>(tree: unknown, isLeaf: IsLeaf<Leaf>): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  mapTree(tree, isLeaf, (leaf, path) => leaves.set(path, leaf));
  return leaves;
}

/** The same tree with each leaf replaced; `path` is its dotted name. */
export function mapTree<Leaf>(
  tree: unknown,
  isLeaf: IsLeaf<Leaf>,
  replace: (leaf: Leaf, path: string) => unknown,
): unknown {
  const visit = (node: unknown, path: string): unknown => {
    if (isLeaf(node)) return replace(node, path);
    if (typeof node !== "object" || node === null || ArrayBuffer.isView(node)) {
      throw new TypeError(
        `Cannot use the value at "${path}": found ${
          node === null ? "null" : typeof node
        }, wanted an array or a tensor`,
      );
    }
    const entries = Object.entries(node).map(([key, child]) =>
      [key, visit(child, path === "" ? key : `${path}.${key}`)] as const
    );
    return Array.isArray(node) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
  };
  return visit(tree, "");
}
