/** For tests that give a child process another home folder. */

/** Deno's package cache, which the child shares: it alone may lie outside the project. */
export async function denoCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir }: { denoDir: string } = JSON.parse(new TextDecoder().decode(stdout));
  return denoDir;
}
