/** Ops that combine tensors element by element. Operands are matched by axis name and broadcast. */
import { apply } from "./apply.ts";
import type { Broadcasts, Within } from "./fits.ts";
import { lift, type Operand, type Scalar, typed } from "./ops_leaves.ts";
import type { Binary, Pairing } from "./primitives.ts";
import type { DType, Merge, Shape } from "./shape.ts";
import type { AnyTensor, Tensor } from "./tensor.ts";

/**
 * Combines two operands element by element. The result has the axes of both sides.
 *
 * One side must have all axes. With `{ outer: true }` each side may have axes that the other lacks,
 * and every element is combined with every other.
 */
export type BinaryOp<Op extends string> = <
  A extends Shape = Scalar,
  B extends Shape = Scalar,
  Outer extends boolean = false,
>(
  a: Operand<A>,
  b: number | (Tensor<B> & Broadcasts<Op, A, B, Outer>),
  options?: { readonly outer?: Outer },
) => Tensor<Merge<A, B>>;
const binary =
  <Op extends Binary>(primitive: Op): BinaryOp<Op> =>
  (a: number | AnyTensor, b: number | AnyTensor, options: Pairing = {}) =>
    typed(apply(primitive, [lift(a), lift(b)], options));

/**
 * a + b
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { add, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 2], { time: 2 }), b = constant([10, 20], { time: 2 });
 * assert.deepEqual([...evaluate([add(a, b)])[0].data], [11, 22]);
 * const c = constant([100, 200], { embed: 2 });
 * assert.deepEqual([...evaluate([add(a, c, { outer: true })])[0].data], [101, 201, 102, 202]);
 * ```
 */
export const add: BinaryOp<"add"> = binary("add");

/**
 * a - b
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { constant, evaluate, sub } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 2], { time: 2 }), b = constant([10, 20], { time: 2 });
 * assert.deepEqual([...evaluate([sub(a, b)])[0].data], [-9, -18]);
 * ```
 */
export const sub: BinaryOp<"sub"> = binary("sub");

/**
 * a b, element by element.
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { constant, evaluate, mul } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 2], { time: 2 }), b = constant([10, 20], { time: 2 });
 * assert.deepEqual([...evaluate([mul(a, b)])[0].data], [10, 40]);
 * ```
 */
export const mul: BinaryOp<"mul"> = binary("mul");

/**
 * a / b
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { constant, div, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 2], { time: 2 }), b = constant([10, 20], { time: 2 });
 * assert.deepEqual([...evaluate([div(a, b)])[0].data], [0.1, 0.1]);
 * ```
 */
export const div: BinaryOp<"div"> = binary("div");

/**
 * The larger of a and b. Where they are equal, the gradient goes to a.
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { constant, evaluate, max } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 2], { time: 2 }), b = constant([10, 20], { time: 2 });
 * assert.deepEqual([...evaluate([max(a, b)])[0].data], [10, 20]);
 * ```
 */
export const max: BinaryOp<"max"> = binary("max");

/**
 * The smaller of a and b. Where they are equal, the gradient goes to a.
 *
 * @throws RangeError when sizes differ or, without `{ outer: true }`, each side has axes that the
 *   other lacks.
 *
 * @example
 * ```ts
 * import { constant, evaluate, min } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 2], { time: 2 }), b = constant([10, 20], { time: 2 });
 * assert.deepEqual([...evaluate([min(a, b)])[0].data], [1, 2]);
 * ```
 */
export const min: BinaryOp<"min"> = binary("min");

/**
 * x^2
 *
 * @example
 * ```ts
 * import { constant, evaluate, square } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([square(constant([3, -4], { time: 2 }))])[0].data], [9, 16]);
 * ```
 */
export const square = <S extends Shape>(x: Tensor<S>): Tensor<S> => typed(apply("mul", [x, x], {}));

/**
 * x limited to [low, high].
 *
 * @example
 * ```ts
 * import { clamp, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([clamp(constant([1, 5], { time: 2 }), 2, 4)])[0].data], [2, 4]);
 * ```
 */
export const clamp = <S extends Shape>(x: Tensor<S>, low: number, high: number): Tensor<S> =>
  typed(max(min(x, high), low));

/**
 * The same elements as another type. A conversion to int32 truncates fractions, and a conversion to
 * bool turns 0 into false.
 *
 * @example
 * ```ts
 * import { cast, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const y = cast(constant([1.9, -1.9], { time: 2 }), "int32");
 * assert.deepEqual([...evaluate([y])[0].data], [1, -1]);
 * ```
 */
export const cast = <S extends Shape, D extends DType>(x: Tensor<S, DType>, to: D): Tensor<S, D> =>
  typed(apply("cast", [x], { to }));

/**
 * The value of x, which a backward pass treats as a constant.
 *
 * @example
 * ```ts
 * import { constant, evaluate, stopGradient } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([stopGradient(constant([1, 2], { time: 2 }))])[0].data], [1, 2]);
 * ```
 */
export const stopGradient = <S extends Shape>(x: Tensor<S>): Tensor<S> =>
  typed(apply("stopGradient", [x], {}));

/**
 * x repeated along the axes that only `reference` has.
 *
 * @throws RangeError when x has an axis that `reference` lacks.
 *
 * @example
 * ```ts
 * import { constant, evaluate, expandLike } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2], { time: 2 });
 * const reference = constant([0, 0, 0, 0], { batch: 2, time: 2 });
 * assert.deepEqual([...evaluate([expandLike(x, reference)])[0].data], [1, 2, 1, 2]);
 * ```
 */
export const expandLike = <A extends Shape, S extends Shape>(
  x: Tensor<A> & Within<"expand", A, S>,
  reference: Tensor<S>,
): Tensor<S> => typed(apply("expandLike", [x, reference], {}));
