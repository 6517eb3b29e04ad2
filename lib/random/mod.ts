/** Random numbers as pure functions of a seed and their purpose. */
export * from "./philox.ts";
export * from "./random.ts";
