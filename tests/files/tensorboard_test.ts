/** Event files, held against the bytes that TensorBoard itself wrote (scripts/fixtures/event_file.py). */
import { deepEqual, throws } from "node:assert/strict";
import { eventFileHead, scalarEvent } from "../../lib/files/mod.ts";

const FIXTURE = new URL("../fixtures/scalars.tfevents", import.meta.url);

Deno.test("the events are TensorBoard's own, byte for byte", async () => {
  const events = [
    eventFileHead({ wallTime: 1764000000.25 }),
    scalarEvent({ actor_loss: -0.125, critic_loss: 0.1 }, { step: 1, wallTime: 1764000001.5 }),
    scalarEvent({ actor_loss: 1e-9, critic_loss: 3e7 }, { step: 300, wallTime: 1764000002 }),
    scalarEvent({ mean_reward: 1.5 }, { step: 5_000_000_000, wallTime: 1764000003 }),
  ];
  deepEqual(events.flatMap((bytes) => [...bytes]), [...await Deno.readFile(FIXTURE)]);
});

Deno.test("an event is stamped with the time it is made", () => {
  const before = Date.now() / 1000;
  const bytes = scalarEvent({ kl: 1 }, { step: 1 });
  const wallTime = new DataView(bytes.buffer).getFloat64(13, true); // 12 bytes of frame, the tag, the double
  deepEqual([before <= wallTime, wallTime <= Date.now() / 1000], [true, true]);
});

Deno.test("a step that is no whole number is refused", () => {
  throws(() => scalarEvent({ kl: 1 }, { step: 0.5 }), {
    name: "RangeError",
    message: "Cannot log at step 0.5: it must be a whole number",
  });
});
