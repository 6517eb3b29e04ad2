/** Every setting by its name on disk and on the command line. */
export * from "./defects.ts";
export * from "./embedded_recipes.ts";
export * from "./flags.ts";
export * from "./schedule.ts";
export * from "./setting_spec.ts";
export * from "./settings.ts";
export * from "./stage_settings.ts";
