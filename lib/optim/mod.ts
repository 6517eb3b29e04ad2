/** Adam, gradients of parameter trees and learning-rate schedules, as pure functions. */
export * from "./adam.ts";
export * from "./clip.ts";
export * from "./gradients.ts";
export * from "./schedule.ts";
