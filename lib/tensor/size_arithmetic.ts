/**
 * Arithmetic on sizes in the type system: products and comparisons of decimal numbers, computed
 * digit by digit.
 *
 * A digit d is a tuple of d ones, because the compiler can join tuples and count their elements. No
 * other file has recursive types.
 */

interface Ones {
  "0": [];
  "1": [1];
  "2": [1, 1];
  "3": [1, 1, 1];
  "4": [1, 1, 1, 1];
  "5": [1, 1, 1, 1, 1];
  "6": [1, 1, 1, 1, 1, 1];
  "7": [1, 1, 1, 1, 1, 1, 1];
  "8": [1, 1, 1, 1, 1, 1, 1, 1];
  "9": [1, 1, 1, 1, 1, 1, 1, 1, 1];
}
type Digit = keyof Ones;

/** The first digit (0 if there is none), and the digits after it. */
type Head<N extends string> = N extends `${infer D extends Digit}${string}` ? D : "0";
type Tail<N extends string> = N extends `${string}${infer Rest}` ? Rest : "";
type Reverse<N extends string> = N extends `${infer D}${infer Rest}` ? `${Reverse<Rest>}${D}` : "";

/** The product of two digits, as a tuple of ones. */
type Times<A extends 1[], B extends 1[]> = A extends [1, ...infer Rest extends 1[]]
  ? [...B, ...Times<Rest, B>]
  : [];

/** d b + c + carry, where the digits of b, c and the result are in reverse order. */
type MultiplyAdd<D extends Digit, B extends string, C extends string, Carry extends 1[] = []> =
  `${B}${C}` extends "" ? Carry extends [] ? "" : `${Carry["length"]}`
    : [...Times<Ones[D], Ones[Head<B>]>, ...Ones[Head<C>], ...Carry]["length"] extends
      infer Sum extends number
      ? `${Sum}` extends `${infer Tens extends Digit}${infer Unit extends Digit}`
        ? `${Unit}${MultiplyAdd<D, Tail<B>, Tail<C>, Ones[Tens]>}`
      : `${Sum}${MultiplyAdd<D, Tail<B>, Tail<C>>}`
    : never;

/** sum = 10 sum + d b for each digit d of a; b and the sum are in reverse order. */
type Multiply<A extends string, B extends string, Sum extends string = ""> = A extends
  `${infer D extends Digit}${infer Rest}` ? Multiply<Rest, B, MultiplyAdd<D, B, `0${Sum}`>>
  : Sum;

type ProductOfTwo<A extends number, B extends number> =
  Reverse<Multiply<`${A}`, Reverse<`${B}`>>> extends `${infer N extends number}` ? N : never;

/**
 * Picks one member of a union. This works because the compiler infers a parameter's type from the
 * last of several overloads.
 */
type Some<U> = (U extends unknown ? (f: () => U) => void : never) extends (f: infer F) => void
  ? F extends () => infer Member ? Member : never
  : never;

/**
 * The product of all sizes of a shape, in any order. It is `number` when one of them is not known.
 *
 * @internal
 */
export type Product<S> = number extends S[keyof S] ? number : -1 extends S[keyof S] ? number
: KnownProduct<S>;
type KnownProduct<S, Axes extends keyof S = keyof S> = [Axes] extends [never] ? 1
  : Some<Axes> extends infer Axis extends keyof S
    ? ProductOfTwo<S[Axis] & number, KnownProduct<S, Exclude<Axes, Axis>>>
  : never;

type HasFewerDigits<A extends string, B extends string> = B extends `${string}${infer RestOfB}`
  ? A extends `${string}${infer RestOfA}` ? HasFewerDigits<RestOfA, RestOfB> : true
  : false;

/** Compares two numbers of the same length at the first digit in which they differ. */
type IsBefore<A extends string, B extends string> = Head<A> extends Head<B>
  ? A extends "" ? false : IsBefore<Tail<A>, Tail<B>>
  : "0123456789" extends `${string}${Head<A>}${string}${Head<B>}${string}` ? true
  : false;

/** a < b for non-negative whole numbers. */
export type IsLess<A extends number, B extends number> = HasFewerDigits<`${A}`, `${B}`> extends true
  ? true
  : HasFewerDigits<`${B}`, `${A}`> extends true ? false
  : IsBefore<`${A}`, `${B}`>;
