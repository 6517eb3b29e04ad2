/**
 * One SHA-256 for each input of a PPO run. It covers the content, and is independent of path and
 * file format.
 */
import type { RunInputs } from "../lib/course/mod.ts";
import type { ModelFolder } from "../lib/lm/mod.ts";
import type { InputDigests } from "./run_folder.ts";
import { sha256, sha256OfText } from "./sha256.ts";

/** The digests of passages, policy and reward model. */
export async function digestsOf(
  { passages, policy, reward, scoreStatistics }: RunInputs,
): Promise<InputDigests> {
  return {
    train_file_path: await digest([passages]),
    ori_model_path: await modelDigest(policy, policy.tokenizer.vocabulary),
    reward_model_path: await modelDigest(reward, scoreStatistics),
  };
}

async function modelDigest({ config, weights }: ModelFolder, extra: unknown): Promise<string> {
  const each: string[] = [];
  for (const [name, { shape, data }] of weights) {
    const { buffer, byteOffset, byteLength } = data;
    each.push(
      name,
      shape.join(),
      await sha256(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)),
    );
  }
  return digest([config, extra, each]);
}

const digest = (value: unknown): Promise<string> => sha256OfText(JSON.stringify(value));
