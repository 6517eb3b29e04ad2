import assert from "node:assert/strict";
import { klEstimates, klGradients } from "../../lib/course/mod.ts";
import { klExact } from "../../lib/rl/mod.ts";

const policy = [0.5, 0.3, 0.2].map(Math.log), reference = [0.2, 0.3, 0.5].map(Math.log);

Deno.test("k1 and k3 have no bias, k2 has one, and only k1 falls below 0", () => {
  const [k1, k2, k3] = klEstimates(policy, reference, { samples: 100000, seed: 3 });
  assert.ok(Math.abs(k1.bias) < 0.01 && Math.abs(k3.bias) < 0.01);
  assert.ok(Math.abs(k2.bias) > 0.01);
  assert.ok(k1.smallest < 0 && k2.smallest >= 0 && k3.smallest >= 0);
  assert.ok(k3.deviation < k1.deviation);
});

Deno.test("the gradient of the exact KL is that of finite differences, k1's is 0 and k3's is pi - pi_ref", () => {
  const gradients = klGradients(policy, reference);
  const normalised = (logits: number[]) => {
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return logits.map((logit) => logit - total);
  };
  gradients.forEach(({ exact, k1, k3 }, j) => {
    const at = (step: number) =>
      klExact(normalised(policy.map((logit, i) => logit + (i === j ? step : 0))), reference);
    assert.ok(Math.abs(exact - (at(1e-5) - at(-1e-5)) / 2e-5) < 1e-8);
    assert.ok(Math.abs(k1) < 1e-12);
    assert.ok(Math.abs(k3 - (Math.exp(policy[j]) - Math.exp(reference[j]))) < 1e-12);
  });
});
