/** Typed ops, element by element: operands are matched by axis name and broadcast. */
import { type AnyTensor, apply, type Tensor } from "./tensor.ts";
import type { DType, Fits, Merge, Shape } from "./shape.ts";
import type { Binary, Compare, Unary } from "./primitives.ts";
import { constant, type Operand, type Scalar, scalar, typed } from "./ops_leaves.ts";

const lift = <S extends Shape>(x: Operand<S>): AnyTensor => typeof x === "number" ? scalar(x) : x;

/** Element by element: the result has the axes of x. */
export type UnaryOp = <S extends Shape>(x: Tensor<S>) => Tensor<S>;
const unary = (primitive: Unary): UnaryOp => (x) => typed(apply(primitive, [x], {}));

/** -x */
export const neg: UnaryOp = unary("neg");
/** e^x */
export const exp: UnaryOp = unary("exp");
/** Natural logarithm. */
export const log: UnaryOp = unary("log");
/** (e^x - e^-x) / (e^x + e^-x) */
export const tanh: UnaryOp = unary("tanh");
/** Square root; not a number below zero. */
export const sqrt: UnaryOp = unary("sqrt");
/** Sine of an angle in radians. */
export const sin: UnaryOp = unary("sin");
/** The largest whole number not above x; its gradient is zero. */
export const floor: UnaryOp = unary("floor");
/** 1 / (1 + e^-x) */
export const sigmoid: UnaryOp = unary("sigmoid");
/** log(1 + e^x), without overflow. */
export const softplus: UnaryOp = unary("softplus");
/** GPT-2's `gelu_new`: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), Hendrycks & Gimpel 2016. */
export const gelu: UnaryOp = unary("gelu");

/** Element by element over axes matched by name: the result has the axes of both sides. */
export type BinaryOp = <A extends Shape = Scalar, B extends Shape = Scalar>(
  a: Operand<A>,
  b: Operand<B> & Fits<A, B>,
) => Tensor<Merge<A, B>>;
const binary = (primitive: Binary): BinaryOp =>
<A extends Shape, B extends Shape>(
  a: Operand<A>,
  b: Operand<B> & Fits<A, B>,
): Tensor<Merge<A, B>> => typed(apply(primitive, [lift(a), lift(b as Operand<B>)], {})); // without its `Fits` mark

/** a + b */
export const add: BinaryOp = binary("add");
/** a - b */
export const sub: BinaryOp = binary("sub");
/** a b, element by element */
export const mul: BinaryOp = binary("mul");
/** a / b */
export const div: BinaryOp = binary("div");
/** The larger of two, element by element; where they are equal the gradient goes to the left. */
export const max: BinaryOp = binary("max");
/** The smaller of two, element by element; where they are equal the gradient goes to the left. */
export const min: BinaryOp = binary("min");

/** x^2 */
export const square = <S extends Shape>(x: Tensor<S>): Tensor<S> => typed(apply("mul", [x, x], {}));

/** x limited to [low, high]. */
export const clamp = <S extends Shape>(x: Tensor<S>, low: number, high: number): Tensor<S> =>
  typed(max(min(x, high), low));

/** Element types with an order. */
export type Comparable = "float32" | "int32";
/** Compares two tensors of one element type, or a tensor with a number, over axes matched by name. */
export type CompareOp = <
  A extends Shape,
  B extends Shape = Scalar,
  D extends Comparable = Comparable,
>(
  a: Tensor<A, D>,
  b: number | (Tensor<B, D> & Fits<A, B>),
) => Tensor<Merge<A, B>, "bool">;
const compare =
  (primitive: Compare): CompareOp =>
  <A extends Shape, B extends Shape, D extends Comparable>(
    a: Tensor<A, D>,
    b: number | (Tensor<B, D> & Fits<A, B>),
  ): Tensor<Merge<A, B>, "bool"> => {
    const right = typeof b === "number" ? constant([b], {}, a.dtype) : b;
    return typed(apply(primitive, [a, right], {}));
  };

/** a < b */
export const less: CompareOp = compare("less");
/** a == b */
export const equal: CompareOp = compare("equal");

/** Both conditions hold. */
export const and = <A extends Shape, B extends Shape>(
  a: Tensor<A, "bool">,
  b: Tensor<B, "bool"> & Fits<A, B>,
): Tensor<Merge<A, B>, "bool"> => typed(apply("and", [a, b], {}));

/** The condition does not hold. */
export const not = <A extends Shape>(x: Tensor<A, "bool">): Tensor<A, "bool"> =>
  typed(apply("not", [x], {}));

/** `a` where the condition holds, `b` elsewhere. */
export const where = <C extends Shape, A extends Shape = Scalar, B extends Shape = Scalar>(
  condition: Tensor<C, "bool">,
  a: Operand<A>,
  b: Operand<B>,
): Tensor<Merge<Merge<A, B>, C>> => typed(apply("where", [condition, lift(a), lift(b)], {}));

/** The same elements as another type: towards int32 fractions are cut off, towards bool 0 is false. */
export const cast = <S extends Shape, D extends DType>(x: Tensor<S, DType>, to: D): Tensor<S, D> =>
  typed(apply("cast", [x], { to }));

/** The value of x; in a backward pass a constant. */
export const stopGradient = <S extends Shape>(x: Tensor<S>): Tensor<S> =>
  typed(apply("stopGradient", [x], {}));

/** x repeated along the axes that only `reference` has. */
export const expandLike = <S extends Shape>(x: Tensor, reference: Tensor<S>): Tensor<S> =>
  typed(apply("expandLike", [x, reference], {}));
