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
  const visit = (node: unknown, path: string): void => {
    if (isLeaf(node)) leaves.set(path, node);
    else if (Array.isArray(node)) node.forEach((child, index) => visit(child, joined(path, index)));
    else {
      const record = branch(node, path);
      for (const key of Object.keys(record)) visit(record[key], joined(path, key));
    }
  };
  visit(tree, "");
  return leaves;
}

const joined = (path: string, key: string | number): string =>
  path === "" ? `${key}` : `${path}.${key}`;

/** A copy of a record. Throws a TypeError for what is none. */
function branch(node: unknown, path: string): Record<string, unknown> {
  if (typeof node === "object" && node !== null && !ArrayBuffer.isView(node)) return { ...node };
  throw new TypeError(
    `Cannot use the value at "${path}": found ${
      node === null ? "null" : typeof node
    }, wanted an array or a tensor`,
  );
}

/** The same tree with each leaf replaced; `path` is its dotted name. */
export function mapTree<Leaf>(
  tree: unknown,
  isLeaf: IsLeaf<Leaf>,
  replace: (leaf: Leaf, path: string) => unknown,
): unknown {
  const visit = (node: unknown, path: string): unknown => {
    if (isLeaf(node)) return replace(node, path);
    if (Array.isArray(node)) return node.map((child, index) => visit(child, joined(path, index)));
    const children: Record<string, unknown> = branch(node, path);
    for (const key of Object.keys(children)) {
      children[key] = visit(children[key], joined(path, key));
    }
    return children;
  };
  return visit(tree, "");
}
