/** Random numbers that are functions of what they are for. */
export * from "./philox.ts";
export * from "./random.ts";
