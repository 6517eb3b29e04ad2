import { deepEqual, equal, throws } from "node:assert/strict";
import {
  checkSettings,
  defaultOf,
  DEFECT_NAMES,
  isAllowed,
  SETTINGS,
  validateSettings,
  withoutRemoved,
} from "../../lib/settings/mod.ts";

Deno.test("defaults are the tutorial's, but sampling is from the plain distribution", () => {
  const settings = validateSettings();
  equal(settings.kl_coef, 0.02);
  equal(settings.update_timesteps, 20);
  equal(settings.seed, 2048);
  equal(settings.repetition_penalty, 1);
  equal(settings.top_k, 0);
  equal(settings.whiten_advantages, true);
  equal(settings.missing_eos_penalty, 1);
});

Deno.test("every default is allowed by its own row", () => {
  for (const [name, spec] of Object.entries(SETTINGS)) {
    equal(isAllowed(spec, defaultOf(spec)), true, name);
  }
});

Deno.test("faithful turns every defect on and samples as the tutorial does", () => {
  const settings = validateSettings({ faithful: true });
  equal(DEFECT_NAMES.length, 6);
  for (const [name, value] of Object.entries(settings)) {
    if (DEFECT_NAMES.includes(name)) equal(value, true, name);
  }
  equal(settings.repetition_penalty, 1.4);
  equal(settings.top_k, 50);
  equal(settings.whiten_advantages, false);
  equal(settings.normalise_scores, false);
  equal(settings.missing_eos_penalty, 0);
});

Deno.test("without faithful every defect is off", () => {
  for (const [name, value] of Object.entries(validateSettings())) {
    if (DEFECT_NAMES.includes(name)) equal(value, false, name);
  }
});

Deno.test("what is given wins over faithful", () => {
  const settings = validateSettings({
    faithful: true,
    dropout_in_update: false,
    whiten_advantages: true,
    top_k: 0,
  });
  equal(settings.dropout_in_update, false);
  equal(settings.whiten_advantages, true);
  equal(settings.top_k, 0);
  equal(settings.gae_over_padding, true);
});

Deno.test("the settings of an older version keep their meaning under today's names", () => {
  const whole = { no_whitening: false, whiten_advantages: true, unstable_log_sigmoid: true };
  deepEqual(withoutRemoved({ ...whole, lam: 1 }), { whiten_advantages: true, lam: 1 });
  const negated = {
    no_whitening: true,
    no_score_normalisation: true,
    no_missing_eos_penalty: true,
  };
  deepEqual(withoutRemoved(negated), {
    whiten_advantages: false,
    normalise_scores: false,
    missing_eos_penalty: 0,
  });
  deepEqual(withoutRemoved({ no_missing_eos_penalty: false, missing_eos_penalty: 2 }), {
    missing_eos_penalty: 2,
  });
  deepEqual(withoutRemoved({ faithful: true, no_score_normalisation: false }), {
    faithful: true,
    normalise_scores: true,
  });
});

Deno.test("a value outside its range is refused, with what was found and wanted", () => {
  const cases: [() => unknown, string][] = [
    [() => validateSettings({ lam: 1.5 }), "Cannot use lam 1.5: it must be a number from 0 to 1"],
    [
      () => validateSettings({ gamma: NaN }),
      "Cannot use gamma NaN: it must be a number from 0 to 1",
    ],
    [
      () => validateSettings({ top_p: 0 }),
      "Cannot use top_p 0: it must be a number above 0, at most 1",
    ],
    [
      () => validateSettings({ batch_size: 2.5 }),
      "Cannot use batch_size 2.5: it must be a whole number of at least 1",
    ],
    [
      () => validateSettings({ device: "gpu" }),
      'Cannot use device "gpu": it must be auto, cpu, webgpu or a GPU number',
    ],
    [() => checkSettings({ do_sample: 1 }), "Cannot use do_sample 1: it must be true or false"],
    [
      () => checkSettings({ kl_coef: "a" }),
      'Cannot use kl_coef "a": it must be a number of at least 0',
    ],
  ];
  for (const [use, message] of cases) throws(use, { name: "RangeError", message });
});

Deno.test("an unknown name is refused, with the nearest known one", () => {
  throws(() => checkSettings({ kl_coeff: 0.1 }), {
    message: 'Cannot use the unknown setting "kl_coeff"; did you mean "kl_coef"?',
  });
  throws(() => checkSettings({ no_whitening: true }), {
    message: 'Cannot use the unknown setting "no_whitening"; did you mean "whiten_advantages"?',
  });
  throws(() => checkSettings({ learning_speed_of_light: 1 }), {
    message: 'Cannot use the unknown setting "learning_speed_of_light"',
  });
});

Deno.test("lengths that leave no room for a prompt, and a schedule without an update, are refused", () => {
  throws(() => validateSettings({ max_len: 64 }), {
    message:
      "Cannot use max_len 64 with query_len 64: max_len - query_len - 3 tokens are left for a prompt",
  });
  throws(() => validateSettings({ num_episodes: 1, max_timesteps: 6 }), {
    message:
      "Cannot use update_timesteps 20: num_episodes 1 times max_timesteps 6 timesteps would bring no update",
  });
});
