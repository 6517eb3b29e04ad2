/** Finds a Python that is new enough for the project's own environment. */

import { say } from "../lib/text/mod.ts";
import { runQuietly } from "./setup_process.ts";

/** The minimum version for nbclient 0.11 and nbconvert 7.17. */
const oldest = { major: 3, minor: 10 };

/**
 * Tried in this order: the usual names first, then versioned names, which may exist beside an old
 * `python3`.
 */
const usualNames: readonly (readonly string[])[] = [
  ["python3"],
  ["python"],
  ["py", "-3"],
  ...[14, 13, 12, 11, 10].map((minor) => [`python3.${minor}`]),
];

/**
 * The command line of the first Python that is 3.10 or newer.
 *
 * @throws {Error} If there is none.
 */
export async function findPython(candidates = usualNames): Promise<readonly string[]> {
  const tooOld: string[] = [];
  for (const candidate of candidates) {
    const version = await pythonVersion(candidate);
    if (version === null) continue;
    if (version.major === oldest.major && version.minor >= oldest.minor) return candidate;
    tooOld.push(`${version.major}.${version.minor}`);
  }
  const found = tooOld.length === 0
    ? { en: "no Python was found", zh: "没有找到 Python" }
    : { en: `Python ${tooOld[0]} is too old`, zh: `Python ${tooOld[0]} 版本太旧` };
  const wanted = `${oldest.major}.${oldest.minor}`;
  const command = "apt-get install python3 python3-venv";
  throw new Error(say({
    en: `Cannot set up the notebooks: ${found.en} - install Python ${wanted} or newer ` +
      `(Debian, Ubuntu: ${command}) and run this again`,
    zh: `无法准备笔记本环境：${found.zh}。请安装 Python ${wanted} 或更高版本` +
      `（Debian、Ubuntu：${command}），然后重新运行`,
  }));
}

async function pythonVersion(
  candidate: readonly string[],
): Promise<{ major: number; minor: number } | null> {
  const asked = await runQuietly([...candidate, "-c", "import sys; print(*sys.version_info[:2])"]);
  const found = /^(\d+) (\d+)/.exec(asked.output);
  return asked.success && found !== null
    ? { major: Number(found[1]), minor: Number(found[2]) }
    : null;
}
