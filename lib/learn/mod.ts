/**
 * Training programs: a loss, its gradient in one program or several, gradient accumulation,
 * clipping and Adam.
 */
export { type ArrayPool, createArrayPool, isPacked } from "./array_pool.ts";
export * from "./answer_trainer.ts";
export { DivergenceError, type DivergenceOptions, requireFiniteArrays } from "./divergence.ts";
export type * from "./loss_definition.ts";
export { createLoss, type LossProgramOptions } from "./loss_program.ts";
export * from "./optimizer.ts";
export * from "./train_state.ts";
export * from "./trainer.ts";
