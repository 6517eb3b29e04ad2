"""One run of Stable-Baselines3 with the settings of `deno task control`, for bench/control.ts.

    python bench/control_sb3.py '{"env": "CartPole-v1", "seed": 1, "episodes": 100, "settings": {...}}'

It prints a line of JSON: seconds of the training, from the creation of the environments on, CPU seconds
of the same, and the mean return of the deterministic policy with its standard deviation. It needs
stable-baselines3==2.9.2, gymnasium==1.4.0 and torch.
"""

import json
import sys
import time

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecNormalize

SAME = ["n_steps", "batch_size", "n_epochs", "gamma", "gae_lambda", "normalize_advantage", "ent_coef",
        "vf_coef", "use_sde", "sde_sample_freq"]


def schedule(value, kind):
    return (lambda left: left * value) if kind == "linear" else value


def normalised(env, settings, training):
    if not (settings["norm_obs"] or settings["norm_reward"]):
        return env
    return VecNormalize(env, norm_obs=settings["norm_obs"], gamma=settings["gamma"],
                        norm_reward=training and settings["norm_reward"], training=training)


def main():
    torch.set_num_threads(1)  # the fastest for networks of this size
    order = json.loads(sys.argv[1])
    settings, seed = order["settings"], order["seed"]
    wall, cpu = time.perf_counter(), time.process_time()
    env = normalised(make_vec_env(order["env"], n_envs=settings["n_envs"], seed=seed), settings, True)
    model = PPO(
        "MlpPolicy", env, seed=seed, device="cpu",
        learning_rate=schedule(settings["learning_rate"], settings["lr_schedule"]),
        clip_range=schedule(settings["clip_range"], settings["clip_range_schedule"]),
        max_grad_norm=settings["max_grad_norm"] or float("inf"),
        target_kl=settings["target_kl"] or None,
        policy_kwargs={"log_std_init": settings["log_std_init"], "ortho_init": settings["ortho_init"]},
        **{name: settings[name] for name in SAME},
    )
    model.learn(settings["total_timesteps"])
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    test = normalised(make_vec_env(order["env"], n_envs=1, seed=1_000_000), settings, False)
    if isinstance(test, VecNormalize):
        test.obs_rms = env.obs_rms
    mean, std = evaluate_policy(model, test, n_eval_episodes=order["episodes"])
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "mean": mean, "std": std}))


if __name__ == "__main__":
    main()
