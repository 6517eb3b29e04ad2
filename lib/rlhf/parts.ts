/** A batch in parts: the losses and gradients of the parts, each divided by the whole batch's count, add up to the batch's own. */

/** What a backward pass gives. */
export interface Backward<P> {
  readonly loss: number;
  readonly gradients: P;
}

/**
 * The sum over the parts; arrays of gradients are made new by `add` and the inputs stay as they were.
 *
 * @throws {RangeError} If there are no parts.
 */
export async function sumOfParts<T, P>(
  parts: readonly T[],
  { run, add }: { run: (part: T) => Promise<Backward<P>>; add: (total: P, part: P) => Promise<P> },
): Promise<Backward<P>> {
  let total: Backward<P> | undefined;
  for (const part of parts) {
    const next = await run(part);
    total = total === undefined
      ? next
      : { loss: total.loss + next.loss, gradients: await add(total.gradients, next.gradients) };
  }
  if (total === undefined) throw new RangeError("Cannot train on a batch: it is empty");
  return total;
}
