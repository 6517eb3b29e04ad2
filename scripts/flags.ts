/** Moved: see lib/rlhf/flags.ts. */
export * from "../lib/rlhf/flags.ts";
