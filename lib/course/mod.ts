/** What the chapters share: the embedded models and data, a run with its curves, questions judged. */
export * from "./advantage_study.ts";
export * from "./embedded.ts";
export * from "./gae_padding.ts";
export * from "./gae_study.ts";
export * from "./invariants.ts";
export * from "./judged_answers.ts";
export * from "./kl_study.ts";
export * from "./questions.ts";
export * from "./run.ts";
export * from "./sweep.ts";
export * from "./sweep_figures.ts";
export * from "./update_steps.ts";
