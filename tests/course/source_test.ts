import assert from "node:assert/strict";
import { sourceOf } from "../../lib/course/mod.ts";

Deno.test("the source of PPO's two functions is whole, and a name that is not there is refused", async () => {
  for (const [path, name] of [["ppo/rollout.ts", "rollout"], ["ppo/update.ts", "update"]]) {
    const { text } = await sourceOf(path, name);
    assert.match(text, new RegExp(`^export async function\\*? ${name}\\(`));
    assert.ok(text.endsWith("\n}"), text.slice(-20));
    assert.ok(text.split("\n").length <= 60);
  }
  await assert.rejects(sourceOf("ppo/rollout.ts", "rollin"), {
    message:
      "Cannot show rollin: lib/ppo/rollout.ts exports no function of that name. Check both names.",
  });
});
