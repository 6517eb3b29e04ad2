/** Ops with one operand that compute each element on its own. */
import { apply } from "./apply.ts";
import { typed } from "./ops_leaves.ts";
import type { Unary } from "./primitives.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Computes each element on its own. The result has the axes of x. */
export type UnaryOp = <S extends Shape>(x: Tensor<S>) => Tensor<S>;
const unary = (primitive: Unary): UnaryOp => (x) => typed(apply(primitive, [x], {}));

/**
 * -x
 *
 * @example
 * ```ts
 * import { constant, evaluate, neg } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([neg(constant([1, -2], { time: 2 }))])[0].data], [-1, 2]);
 * ```
 */
export const neg: UnaryOp = unary("neg");

/**
 * e^x
 *
 * @example
 * ```ts
 * import { constant, evaluate, exp } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([exp(constant([0, 1], { time: 2 }))])[0].data], [1, Math.E]);
 * ```
 */
export const exp: UnaryOp = unary("exp");

/**
 * The natural logarithm.
 *
 * @example
 * ```ts
 * import { constant, evaluate, log } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([log(constant([1, Math.E], { time: 2 }))])[0].data], [0, 1]);
 * ```
 */
export const log: UnaryOp = unary("log");

/**
 * (e^x - e^-x) / (e^x + e^-x)
 *
 * @example
 * ```ts
 * import { constant, evaluate, tanh } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const y = tanh(constant([0, 1], { time: 2 }));
 * assert.deepEqual([...evaluate([y])[0].data], [0, Math.tanh(1)]);
 * ```
 */
export const tanh: UnaryOp = unary("tanh");

/**
 * The square root. It is not a number below zero.
 *
 * @example
 * ```ts
 * import { constant, evaluate, sqrt } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([sqrt(constant([4, 9], { time: 2 }))])[0].data], [2, 3]);
 * ```
 */
export const sqrt: UnaryOp = unary("sqrt");

/**
 * The sine of an angle in radians.
 *
 * @example
 * ```ts
 * import { constant, evaluate, sin } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([sin(constant([0, Math.PI / 2], { time: 2 }))])[0].data], [0, 1]);
 * ```
 */
export const sin: UnaryOp = unary("sin");

/**
 * The largest whole number not above x. Its gradient is zero.
 *
 * @example
 * ```ts
 * import { constant, evaluate, floor } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([floor(constant([1.7, -1.2], { time: 2 }))])[0].data], [1, -2]);
 * ```
 */
export const floor: UnaryOp = unary("floor");

/**
 * 1 / (1 + e^-x)
 *
 * @example
 * ```ts
 * import { constant, evaluate, sigmoid } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const y = sigmoid(constant([0, Infinity], { time: 2 }));
 * assert.deepEqual([...evaluate([y])[0].data], [0.5, 1]);
 * ```
 */
export const sigmoid: UnaryOp = unary("sigmoid");

/**
 * log(1 + e^x), computed without overflow.
 *
 * @example
 * ```ts
 * import { constant, evaluate, softplus } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const y = softplus(constant([0, 800], { time: 2 }));
 * assert.deepEqual([...evaluate([y])[0].data], [Math.log(2), 800]);
 * ```
 */
export const softplus: UnaryOp = unary("softplus");

/**
 * GPT-2's `gelu_new`: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), after Hendrycks & Gimpel
 * 2016.
 *
 * @example
 * ```ts
 * import { constant, evaluate, gelu } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([gelu(constant([0, 20], { time: 2 }))])[0].data], [0, 20]);
 * ```
 */
export const gelu: UnaryOp = unary("gelu");
