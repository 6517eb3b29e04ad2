/** What a training run tells as it goes, and how it reckons the time left. */
import { deepEqual } from "node:assert/strict";
import { type Metrics } from "../../lib/ppo/mod.ts";
import { validateSettings } from "../../lib/settings/mod.ts";
import { trainingProgress } from "../../scripts/train_progress.ts";

/** 6 timesteps, an update of 2 epochs x 2 minibatches after every second; half of it done before. */
const settings = validateSettings({
  num_episodes: 1,
  max_timesteps: 6,
  update_timesteps: 2,
  ppo_epoch: 2,
});

/** Runs `tell` with a clock that it sets, and gives the lines. */
function told(
  start: { timestep: number; ppoStep: number },
  tell: (progress: ReturnType<typeof trainingProgress>, at: (seconds: number) => void) => void,
) {
  const lines: string[] = [];
  let time = 0;
  const terminal = {
    print: (line: string) => lines.push(`print ${line}`),
    progress: (line: string) => lines.push(line),
  };
  const progress = trainingProgress(terminal, { settings, ...start, now: () => 1000 * time });
  tell(progress, (seconds) => time = seconds);
  return lines;
}

const place = { timesteps: 6, updates: 3 };

Deno.test("timesteps and steps each go on at their own speed; before the first step one is taken to last as a timestep", () => {
  const lines = told({ timestep: 0, ppoStep: 0 }, (progress, at) => {
    at(10);
    progress.timestep({ ...place, timestep: 1, update: 0 }); // 5 timesteps and 12 steps left at 10 s
    at(30);
    progress.timestep({ ...place, timestep: 2, update: 0 }); // 15 s each: 4 + 12 left
    at(32);
    progress.step(stepped(1)); // 4 timesteps at 15 s, 11 steps at 2 s
  });
  deepEqual(lines, [
    "timestep 1 of 6  update 0 of 3  left 2:50",
    "timestep 2 of 6  update 0 of 3  left 4:00",
    "update 1 of 3  step 1 of 4  left 1:22",
  ]);
});

Deno.test("a run that was taken up counts what was done before, but not its time", () => {
  const lines = told({ timestep: 4, ppoStep: 5 }, (progress, at) => {
    at(3);
    progress.step(stepped(6)); // 6 steps left; nothing is known of the 2 timesteps
    const seconds = {
      seconds_generate: 1,
      seconds_score: 0.25,
      seconds_actor: 2.04,
      seconds_critic: 3,
    };
    progress.update({ update: 2, timestep: 4, mean_reward: 1.25, kl: -0.5, ...seconds } as Metrics); // all that is read
  });
  deepEqual(lines, [
    "update 2 of 3  step 2 of 4  left 0:18",
    "print update 2 of 3  timestep 4  mean_reward 1.250  KL -0.500  left 0:18  seconds: generate 1.0, score 0.3, actor 2.0, critic 3.0",
  ]);
});

/** A step of which only the number is read. */
function stepped(ppoStep: number) {
  const zero = {
    actor_loss: 0,
    critic_loss: 0,
    approx_kl: 0,
    ratio_mean: 0,
    ratio_max: 0,
    clip_fraction: 0,
    entropy: 0,
    actor_grad_norm: 0,
    critic_grad_norm: 0,
    advantage_rms: 0,
  };
  return { ppoStep, metrics: zero };
}
