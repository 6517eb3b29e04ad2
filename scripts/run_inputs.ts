/**
 * One SHA-256 for each input of a PPO run. It covers the content, and is independent of path and
 * file format.
 */
import { OWN_PATHS, type RunInputs } from "../lib/course/mod.ts";
import type { ModelFolder } from "../lib/lm/mod.ts";
import type { Settings } from "../lib/settings/mod.ts";
import { say } from "../lib/text/mod.ts";
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

/**
 * Checks that models and data are those with which the run was started.
 *
 * @throws {Error} With the names of those that changed.
 */
export function checkSameInputs(
  folder: string,
  { wanted, found, paths }: {
    wanted: InputDigests;
    found: InputDigests;
    paths: Pick<Settings, keyof InputDigests>;
  },
): void {
  const other = OWN_PATHS.filter((name) => wanted[name] !== found[name]);
  if (other.length === 0) return;
  const list = other.map((name) => `${name} (${paths[name]})`);
  throw new Error(say({
    en: `Cannot resume ${folder}: these inputs changed since the run began: ${list.join(", ")}`,
    zh: `无法从 ${folder} 续训：训练开始之后，这些输入变了：${list.join("、")}`,
  }));
}
