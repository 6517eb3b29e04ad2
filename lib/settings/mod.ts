/** Every setting by its name on disk and on the command line. */
export * from "./control_settings.ts";
export * from "./elsewhere.ts";
export * from "./embedded_recipes.ts";
export { type Environment, ignoredVariables, variablesOf } from "./environment.ts";
export * from "./flags.ts";
export { helpPhrase } from "./help_phrases.ts";
export * from "./help_text.ts";
export * from "./nearest_name.ts";
export { settingsCalled } from "./other_names.ts";
export * from "./schedule.ts";
export * from "./setting_spec.ts";
export * from "./settings.ts";
export * from "./stage_settings.ts";
export * from "./validate_settings.ts";
