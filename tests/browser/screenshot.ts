/**
 * Takes a picture of an exported page in a real browser, and fails when the page asks any other machine for anything
 * or throws an error.
 *
 *     deno run -A tests/browser/screenshot.ts out/06_ppo.html out/06_ppo.png
 *
 * Needs Chromium (Debian: apt-get install chromium fonts-noto-cjk).
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** What the browser saw. */
export interface PageReport {
  /** Requests that left the page's own file. */
  readonly requests: readonly string[];
  /** Errors thrown by the page's scripts. */
  readonly errors: readonly string[];
  /** Live plotly plots, and pictures that stand instead of one. */
  readonly plots: number;
  readonly pictures: number;
}

/** Opens the HTML file in Chromium and, where `image` is given, writes a picture of the whole page. */
export async function inspectPage(path: string, image?: string): Promise<PageReport> {
  const browser = await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    const requests: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) requests.push(request.url());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(pathToFileURL(resolve(path)).href);
    await page.waitForTimeout(2500); // plotly is unpacked and draws
    if (image !== undefined) await page.screenshot({ path: image, fullPage: true });
    const count = (selector: string) => page.locator(selector).count();
    return {
      requests,
      errors,
      plots: await count(".js-plotly-plot"),
      pictures: await count('img[src^="data:image/svg+xml"]'),
    };
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  const [path = "out/06_ppo.html", image = path.replace(/\.html$/, ".png")] = Deno.args;
  const report = await inspectPage(path, image);
  console.log(JSON.stringify(report));
  if (report.requests.length > 0 || report.errors.length > 0) Deno.exit(1);
}
