import assert from "node:assert/strict";
import { Window } from "happy-dom";
import { animateStates, drawState, makeEnv, pendulum, type State } from "ppo/control/mod.ts";

/** The attributes of every element of one name in an SVG picture. */
function attributesOf(svg: string, name: string): Record<string, string>[] {
  const { document } = new Window();
  document.body.innerHTML = svg;
  return Array.from(
    document.querySelectorAll(name),
    (element) =>
      Object.fromEntries(Array.from(element.attributes, (one) => [one.name, one.value ?? ""])),
  );
}

Deno.test("the pole is attached to the cart and leans to the right for a positive angle", () => {
  const svg = drawState("CartPole-v1", Float64Array.of(-1.25, 9, Math.PI / 6, 9));
  const moves = attributesOf(svg, "g").map(({ transform }) => transform);
  assert.deepEqual(moves, ["translate(-1.25)", "rotate(30)"]);
  assert.equal(attributesOf(svg, "g g path").length, 1); // inside the cart's group
  assert.equal(attributesOf(svg, "animateTransform").length, 0);
});

Deno.test("the pendulum turns counter-clockwise, and its rod ends at the observed point", () => {
  const state = Float64Array.of(2, 0);
  const [{ transform }] = attributesOf(drawState("Pendulum-v1", state), "g");
  const turn = Number(/rotate\((.*)\)/.exec(transform)?.[1]) * Math.PI / 180;
  // the rod's end is at (0, -1), and SVG's y points downwards
  const [x, y] = [Math.sin(turn), -Math.cos(turn)];
  const [upwards, left] = pendulum.observe(state); // cos and sin of the angle from upright
  assert.ok(Math.abs(-y - upwards) < 1e-5 && Math.abs(-x - left) < 1e-5);
});

Deno.test("an animation starts with the first state and has a value for each", () => {
  const env = makeEnv("CartPole-v1"), states: State[] = [];
  env.reset({ seed: 0 });
  for (let step = 0; step < 8 && env.state !== undefined; step++) {
    states.push(env.state);
    env.step(step % 2);
  }
  const svg = animateStates("CartPole-v1", states, { speed: 0.5 });
  const moves = attributesOf(svg, "animateTransform");
  assert.deepEqual(moves.map(({ type }) => type), ["translate", "rotate"]);
  const [cart] = moves.map(({ values }) => values.split(";").map(Number));
  assert.equal(cart.length, 8);
  cart.forEach((x, step) => assert.ok(Math.abs(x - states[step][0]) <= 0.0005));
  assert.ok(moves.every(({ dur }) => dur === "0.28s")); // 7 steps of 0.02 s at half the speed
  assert.equal(attributesOf(svg, "g")[0].transform, `translate(${cart[0]})`);
});

Deno.test("states of another environment, no states and no speed are refused", () => {
  const upright = Float64Array.of(0, 0);
  const wrong = "Cannot draw CartPole-v1: state 0 is [0,0], but it must be 4 finite numbers";
  assert.throws(() => drawState("CartPole-v1", upright), new RangeError(wrong));
  const broken = "Cannot draw Pendulum-v1: state 1 is [NaN,0], but it must be 2 finite numbers";
  assert.throws(
    () => animateStates("Pendulum-v1", [upright, Float64Array.of(NaN, 0)]),
    new RangeError(broken),
  );
  const none = new RangeError("Cannot draw Pendulum-v1: there are no states");
  assert.throws(() => animateStates("Pendulum-v1", []), none);
  const slow = "Cannot draw Pendulum-v1: speed is 0, but it must be above 0";
  assert.throws(() => animateStates("Pendulum-v1", [upright], { speed: 0 }), new RangeError(slow));
});
