/**
 * Random numbers as pure functions of a seed and their purpose, and NumPy's generator for results
 * that must equal those of a Python program.
 */
export * from "./numpy_generator.ts";
export * from "./philox.ts";
export * from "./random.ts";
export * from "./seed_sequence.ts";
