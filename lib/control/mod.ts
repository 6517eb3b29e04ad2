/** Small worlds for the chapters, in which the truth can be computed. */
export * from "./token_world.ts";
