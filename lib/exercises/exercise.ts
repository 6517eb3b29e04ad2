/**
 * An exercise: the learner's function is run on a few cases and compared with the library's. A
 * wrong answer that is a typical mistake gets the sentence written for that mistake; any other gets
 * the first case that differs.
 */
import type { Text } from "../text/mod.ts";

/** A number, or rows of numbers: what exercises give back. */
export type Result = number | readonly Result[];

/** The function that a learner writes. */
// deno-lint-ignore no-explicit-any -- a function's arguments stand in no common type; `never` would refuse every call
export type Answer = (...inputs: any[]) => Result;

/** One exercise. */
export interface Exercise<F extends Answer = Answer> {
  /** The right answer: the library's own function, or made of its functions. */
  readonly expected: F;
  /** Arguments it is tried on. */
  readonly cases: readonly Parameters<F>[];
  /** Typical mistakes: each as a function, with the sentence that helps. */
  readonly mistakes: readonly { readonly answer: F; readonly says: Text }[];
  /** What the learner has shown by solving it. */
  readonly solved: Text;
}

/** Keeps the function's type. */
export const defineExercise = <F extends Answer>(exercise: Exercise<F>): Exercise<F> => exercise;
