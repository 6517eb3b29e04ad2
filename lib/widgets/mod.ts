/**
 * Sliders and quizzes that work in a page without a kernel. A slider's definition brings the formula that it shows.
 *
 * @module
 */
export {
  type BarPanel,
  bothLanguages,
  type Curve,
  type CurvePanel,
  type Drawing,
  type DrawnAxis,
  type Text,
} from "./drawing.ts";
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
export { type Shown, showSlider, type SliderSource } from "./slider_display.ts";
