/**
 * Sliders and quizzes that work in a page without a kernel. A slider's definition brings the
 * formula that it shows.
 *
 * @module
 */
export * from "./drawing.ts";
export * from "./chart.ts";
export * from "./quiz.ts";
export * from "./slider.ts";
export { type Shown, showSlider } from "./slider_display.ts";
