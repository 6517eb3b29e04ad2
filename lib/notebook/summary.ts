/**
 * Passes a notebook's result to the command that ran it. The command sets `PPO_SUMMARY_PATH`, the
 * notebook's last cell calls `writeSummary`, and the command prints the file's one line. In
 * JupyterLab the variable is not set, and nothing is written.
 */

/**
 * Writes `summary` as one line of JSON to the file named by the environment variable
 * `PPO_SUMMARY_PATH`, if it is set.
 */
export function writeSummary(summary: Readonly<Record<string, unknown>>): void {
  const path = Deno.env.get("PPO_SUMMARY_PATH");
  if (path) Deno.writeTextFileSync(path, JSON.stringify(summary) + "\n");
}
