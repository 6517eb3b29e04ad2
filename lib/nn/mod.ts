/** Layers as pure functions of parameters and tensors. */
export * from "./attention.ts";
export * from "./dropout.ts";
export * from "./layers.ts";
export * from "./mlp.ts";
export * from "./orthogonal.ts";
