/** Tests in Chromium: skipped where there is none, a failure there when REQUIRE_BROWSER=1. */
import { chromium, type Page } from "playwright-core";

const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

function found(): boolean {
  try {
    return Deno.statSync(executablePath).isFile;
  } catch {
    return false;
  }
}

/** One test with a fresh page in headless Chromium. */
export function inBrowser(name: string, fn: (page: Page) => Promise<void>): void {
  const ignore = !found() && Deno.env.get("REQUIRE_BROWSER") !== "1";
  Deno.test({
    name: ignore ? `${name} (no Chromium at ${executablePath}; set CHROMIUM)` : name,
    ignore,
    fn: async () => {
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
      try {
        await fn(await browser.newPage());
      } finally {
        await browser.close();
      }
    },
  });
}
