/**
 * The error messages about axes and sizes that do not fit, each written once.
 *
 * Their return types are template literals. The graph builder throws the message, and the types in
 * `fits.ts` put the same message into the compiler's error on the argument.
 */

/** An axis has two different known sizes. */
export const sizesDiffer = <
  Op extends string,
  Axis extends string,
  Left extends number,
  Right extends number,
>(op: Op, axis: Axis, left: Left, right: Right) =>
  `Cannot ${op}: axis "${axis}" has size ${left} on the left and ${right} on the right` as const;

/** Each side has an axis that the other lacks, and an outer broadcast was not requested. */
export const needsOuter = <Op extends string, Left extends string, Right extends string>(
  op: Op,
  left: Left,
  right: Right,
) =>
  `Cannot ${op} without { outer: true }: axis "${left}" is only on the left, "${right}" only on the right` as const;

/** An axis is missing on one side of an op whose sides must have the same axes. */
export const onOneSide = <
  Op extends string,
  Axis extends string,
  Side extends "left" | "right",
>(op: Op, axis: Axis, side: Side) => `Cannot ${op}: axis "${axis}" is only on the ${side}` as const;

/** None of three broadcast operands has all axes of the result. */
export const noneHasAll = <Op extends string>(op: Op) =>
  `Cannot ${op}: no operand has all axes of the result; expand one with expandLike` as const;

/** A part of a concatenation lacks an axis. */
export const partLacks = <Axis extends string>(axis: Axis) =>
  `Cannot concat: axis "${axis}" is missing from one of the parts` as const;

/** Two axes of a result would have the same name. */
export const sameName = <Op extends string, Axis extends string>(op: Op, axis: Axis) =>
  `Cannot ${op}: the result would have two axes "${axis}"` as const;

/** The visibility mask of attention lacks an axis. */
export const visibleLacks = <Axis extends string>(axis: Axis) =>
  `Cannot attend: visible has no axis "${axis}"` as const;

/** An axis is split into sizes whose product is not the size of the axis. */
export const wrongProduct = <Axis extends string, Size extends number, Product extends number>(
  axis: Axis,
  size: Size,
  product: Product,
) => `Cannot split "${axis}" of size ${size}: the product of the new sizes is ${product}` as const;

/** A slice that is empty or reaches beyond its axis. */
export const outOfRange = <
  Axis extends string,
  Size extends number,
  Start extends number,
  Stop extends number,
>(axis: Axis, size: Size, start: Start, stop: Stop) =>
  `Cannot slice "${axis}" of size ${size} from ${start} to ${stop}` as const;
