/** Small worlds for the chapters, in which every value can be computed exactly. */
export * from "./token_world.ts";
