/** Ops on conditions: comparisons, their negation, and the choice between two tensors. */
import { apply } from "./apply.ts";
import type { Broadcasts, BroadcastsThree } from "./fits.ts";
import { constant, lift, type Operand, type Scalar, typed } from "./ops_leaves.ts";
import type { Compare, Pairing } from "./primitives.ts";
import type { Merge, Shape } from "./shape.ts";
import type { AnyTensor, Tensor } from "./tensor.ts";

/** Element types that can be ordered. */
export type Comparable = "float32" | "int32";
/**
 * Compares two tensors of one element type, or a tensor with a number. Axes are matched as in
 * `BinaryOp`.
 */
export type CompareOp<Op extends string> = <
  A extends Shape,
  B extends Shape = Scalar,
  D extends Comparable = Comparable,
  Outer extends boolean = false,
>(
  a: Tensor<A, D>,
  b: number | (Tensor<B, D> & Broadcasts<Op, A, B, Outer>),
  options?: { readonly outer?: Outer },
) => Tensor<Merge<A, B>, "bool">;
const compare =
  <Op extends Compare>(primitive: Op): CompareOp<Op> =>
  (a: AnyTensor, b: number | AnyTensor, options: Pairing = {}) =>
    typed(apply(primitive, [a, typeof b === "number" ? constant([b], {}, a.dtype) : b], options));

/**
 * a < b
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { constant, evaluate, less } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([less(constant([1, 2], { time: 2 }), 2)])[0].data], [1, 0]);
 * ```
 */
export const less: CompareOp<"less"> = compare("less");

/**
 * a == b
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { constant, equal, evaluate, iota } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const tokens = constant([2, 0], { time: 2 }, "int32");
 * const y = equal(tokens, iota("vocab", 3), { outer: true });
 * assert.deepEqual([...evaluate([y])[0].data], [0, 0, 1, 1, 0, 0]);
 * ```
 */
export const equal: CompareOp<"equal"> = compare("equal");

/**
 * Whether both conditions hold.
 *
 * @example
 * ```ts
 * import { and, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 1], { time: 2 }, "bool"), b = constant([0, 1], { time: 2 }, "bool");
 * assert.deepEqual([...evaluate([and(a, b)])[0].data], [0, 1]);
 * ```
 */
export const and = <A extends Shape, B extends Shape>(
  a: Tensor<A, "bool">,
  b: Tensor<B, "bool"> & Broadcasts<"and", A, B>,
): Tensor<Merge<A, B>, "bool"> => typed(apply("and", [a, b], {}));

/**
 * Whether the condition does not hold.
 *
 * @example
 * ```ts
 * import { constant, evaluate, not } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([not(constant([1, 0], { time: 2 }, "bool"))])[0].data], [0, 1]);
 * ```
 */
export const not = <A extends Shape>(x: Tensor<A, "bool">): Tensor<A, "bool"> =>
  typed(apply("not", [x], {}));

/**
 * a where the condition holds, and b elsewhere. One of the three must have all axes.
 *
 * @throws RangeError when sizes differ, or none of the three has all axes.
 *
 * @example
 * ```ts
 * import { constant, evaluate, where } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const condition = constant([1, 0], { time: 2 }, "bool");
 * const y = where(condition, constant([1, 2], { time: 2 }), 0);
 * assert.deepEqual([...evaluate([y])[0].data], [1, 0]);
 * ```
 */
export const where = <C extends Shape, A extends Shape = Scalar, B extends Shape = Scalar>(
  condition: Tensor<C, "bool">,
  a: Operand<A>,
  b: number | (Tensor<B> & BroadcastsThree<"where", A, B, C>),
): Tensor<Merge<Merge<A, B>, C>> => typed(apply("where", [condition, lift(a), lift(b)], {}));

/**
 * The score or logit of a masked position: e^-1e9 is 0 in float32, and a row of such scores still
 * has a softmax.
 */
export const MASKED: number = -1e9;
