/** The stages before PPO: supervised fine-tuning and the reward model. */
export * from "./new_model.ts";
export * from "./pair_accuracy.ts";
export * from "./predict.ts";
export * from "./reward.ts";
export * from "./score.ts";
export * from "./sft.ts";
export * from "./stage.ts";
export * from "./stage_trainer.ts";
export type { DropoutInputs, StageDropout } from "./stage_dropout.ts";
export * from "./written_lists.ts";
