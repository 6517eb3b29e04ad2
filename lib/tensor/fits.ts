/**
 * Types that check axes and sizes at compile time. Each type is `unknown` if they fit, which leaves
 * the argument's type unchanged. Otherwise it is the message that the graph builder would throw,
 * and no argument has that type.
 *
 * A size of type `number` and a shape of type `Shape` are unknown at compile time, and only the
 * graph builder checks them.
 */
import type * as sentences from "./sentences.ts";
import type { Shape, Without } from "./shape.ts";
import type { IsLess, Product } from "./size_arithmetic.ts";

/** The second check if the first one passes. */
type And<First, Second> = unknown extends First ? Second : First;

/** The names of the axes that both sides have with two different known sizes. */
type Clash<A, B> = {
  [K in keyof A & keyof B & string]: number extends A[K] | B[K] ? never
    : A[K] extends B[K] ? never
    : K;
}[keyof A & keyof B & string];

/**
 * The names of the axes that only A has, or none if the axes of one side are unknown at compile
 * time.
 */
type Only<A, B> = string extends keyof A | keyof B ? never : Exclude<keyof A, keyof B> & string;

type SizeAt<S, K> = S[K & keyof S] & number;

/**
 * An axis that both sides have must have the same size.
 *
 * @internal
 */
export type SizesAgree<Op extends string, A, B> = [Clash<A, B>] extends [never] ? unknown : {
  [K in Clash<A, B>]: ReturnType<typeof sentences.sizesDiffer<Op, K, SizeAt<A, K>, SizeAt<B, K>>>;
}[Clash<A, B>];

/**
 * One side must have all axes, unless an outer broadcast is requested.
 *
 * @internal
 */
export type Broadcasts<Op extends string, A, B, Outer extends boolean = false> = And<
  SizesAgree<Op, A, B>,
  true extends Outer | HasAll<A, B> | HasAll<B, A> ? unknown
    : ReturnType<typeof sentences.needsOuter<Op, Only<A, B>, Only<B, A>>>
>;

/** Whether A has every axis of B. */
type HasAll<A, B> = [Only<B, A>] extends [never] ? true : false;

/**
 * One of three operands must have all axes.
 *
 * @internal
 */
export type BroadcastsThree<Op extends string, A, B, C> = And<
  And<SizesAgree<Op, A, B>, And<SizesAgree<Op, A, C>, SizesAgree<Op, B, C>>>,
  true extends HasAll<A, B & C> | HasAll<B, A & C> | HasAll<C, A & B> ? unknown
    : ReturnType<typeof sentences.noneHasAll<Op>>
>;

type NoAxis<Op extends string, Axis extends string, Side extends "left" | "right"> = [Axis] extends
  [never] ? unknown : ReturnType<typeof sentences.onOneSide<Op, Axis, Side>>;

/**
 * Every axis of the left must be on the right, with the same size.
 *
 * @internal
 */
export type Within<Op extends string, A, B> = And<
  SizesAgree<Op, A, B>,
  NoAxis<Op, Only<A, B>, "left">
>;

/**
 * Both sides must have the same axes, in any order.
 *
 * @internal
 */
export type SameAxes<Op extends string, A, B> = And<
  Within<Op, A, B>,
  NoAxis<Op, Only<B, A>, "right">
>;

/**
 * The visibility mask must have the axis that only queries have and the axis that only keys have.
 *
 * @internal
 */
export type Sees<Query, Key, Visible> = And<
  And<SizesAgree<"attend", Query, Visible>, SizesAgree<"attend", Key, Visible>>,
  NotSeen<Exclude<Only<Query, Key> | Only<Key, Query>, keyof Visible>>
>;

type NotSeen<Axis extends string> = [Axis] extends [never] ? unknown
  : ReturnType<typeof sentences.visibleLacks<Axis>>;

/**
 * None of `Axes` may be an axis of `S` already.
 *
 * @internal
 */
export type NewAxes<Op extends string, S, Axes> = string extends keyof S | Axes ? unknown
  : [Axes & keyof S] extends [never] ? unknown
  : Refused<ReturnType<typeof sentences.sameName<Op, Axes & keyof S & string>>>;

/**
 * Wraps a message in a property. Without the wrapper, the type of a string argument would become
 * `never`, and the compiler would not show the message.
 */
interface Refused<Sentence> {
  readonly refused: Sentence;
}

/**
 * The new names of axes. If another axis already has a name, a message takes its place.
 *
 * @internal
 */
export type Renames<S, Names> = string extends keyof S ? unknown : {
  readonly [K in keyof Names]: K extends keyof S
    ? Names[K] extends Exclude<keyof S, keyof Names> | Names[Exclude<keyof Names, K>]
      ? Refused<ReturnType<typeof sentences.sameName<"rename", Names[K] & string>>>
    : Names[K]
    : never;
};

/**
 * The product of the new sizes must be the size of the axis, and their names must not be taken.
 *
 * @internal
 */
export type Splits<S extends Shape, K extends keyof S & string, Into> = And<
  number extends S[K] | Product<Into> ? unknown
    : S[K] extends Product<Into> ? unknown
    : ReturnType<typeof sentences.wrongProduct<K, S[K] & number, Product<Into>>>,
  NewAxes<"split", Without<S, K>, keyof Into>
>;

/**
 * 0 <= start < stop <= size.
 *
 * @internal
 */
export type InRange<K extends string, Size, Start extends number, Stop extends number> =
  number extends Size | Start | Stop ? unknown
    : `${Start}` extends `-${string}` ? OutOfRange<K, Size, Start, Stop>
    : IsLess<Start, Stop> extends false ? OutOfRange<K, Size, Start, Stop>
    : IsLess<Size & number, Stop> extends true ? OutOfRange<K, Size, Start, Stop>
    : unknown;

type OutOfRange<K extends string, Size, Start extends number, Stop extends number> = ReturnType<
  typeof sentences.outOfRange<K, Size & number, Start, Stop>
>;

/**
 * Each part must have the axes of the others, with the same sizes except along `K`. `S` is the
 * union of the shapes.
 *
 * @internal
 */
export type Concats<S, K> = string extends keyof S ? unknown : And<
  [Exclude<AxesOf<S>, keyof S>] extends [never] ? unknown
    : ReturnType<typeof sentences.partLacks<Exclude<AxesOf<S>, keyof S> & string>>,
  [Exclude<Varying<S>, K>] extends [never] ? unknown : {
    [N in Exclude<Varying<S>, K>]: SizePairs<N & string, S[N & keyof S] & number>;
  }[Exclude<Varying<S>, K>]
>;

/** The axes of any member of a union of shapes. */
type AxesOf<S> = S extends unknown ? keyof S : never;

/** The axes whose known sizes vary within a union of shapes. */
type Varying<S, Axes extends keyof S = keyof S> = {
  [N in Axes]: number extends S[N] ? never : [S[N]] extends [Single<S[N]>] ? never : N;
}[Axes];

/** The type itself, or `never` for a union. */
type Single<U, Member = U> = Member extends unknown ? [U] extends [Member] ? U : never : never;

type SizePairs<N extends string, Sizes extends number, Left extends number = Sizes> = Left extends
  unknown ? ReturnType<typeof sentences.sizesDiffer<"concat", N, Left, Exclude<Sizes, Left>>>
  : never;
