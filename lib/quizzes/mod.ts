/** The chapters' quizzes: questions with the reason behind each choice, in both languages. */
import { quiz as show, type QuizQuestion, type Shown } from "../widgets/mod.ts";
import { advantage } from "./advantage.ts";
import { clippedLoss } from "./clipped_loss.ts";
import { gae } from "./gae.ts";
import { policy } from "./policy.ts";
import { ppo } from "./ppo.ts";
import { value } from "./value.ts";

/** Every quiz by its chapter's name. */
export const QUIZZES = { advantage, clippedLoss, gae, policy, ppo, value } as const;

/** The quiz of a chapter, for a cell's last expression. */
export function quiz(chapter: keyof typeof QUIZZES): Shown {
  const questions: readonly QuizQuestion[] = QUIZZES[chapter];
  return show(questions);
}
