/**
 * Sliders and quizzes that work in a page without a kernel. Nothing of the library is imported here; a slider's definition
 * brings the formula it shows.
 *
 * @module
 */
export type { BarPanel, Curve, CurvePanel, Drawing, DrawnAxis } from "./drawing.ts";
export { drawingSvg } from "./chart.ts";
export { type Choice, quiz, type QuizQuestion } from "./quiz.ts";
export {
  type ChoiceControl,
  type Controls,
  defineSlider,
  type RangeControl,
  type SliderDefinition,
  startValues,
} from "./slider.ts";
export {
  jupyterDisplay,
  type MimeBundle,
  type Shown,
  showSlider,
  type SliderSource,
} from "./slider_display.ts";
export { bothLanguages, type Text } from "./text.ts";
