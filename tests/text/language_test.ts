/** The language that a notebook speaks. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { say, speak, spokenLanguage } from "../../lib/text/mod.ts";

const reward = { en: "reward", zh: "奖励" };

Deno.test("English is spoken until a notebook asks for Chinese", () => {
  const heard = [say(reward)];
  try {
    speak("zh");
    heard.push(say(reward), say("λ"), spokenLanguage());
  } finally {
    speak("en");
  }
  deepEqual([...heard, say(reward)], ["reward", "奖励", "λ", "zh", "reward"]);
});

Deno.test("a language that the course does not have is refused, and the old one stays", () => {
  // deno-lint-ignore no-explicit-any -- a notebook's cell is not type-checked
  throws(() => speak("fr" as any), {
    name: "RangeError",
    message: 'Cannot speak "fr": use "en" (English) or "zh" (Chinese)',
  });
  equal(spokenLanguage(), "en");
});
