/**
 * A real browser for tests: Debian's Chromium, driven by playwright. It notes every request that leaves this machine
 * and every error that a page throws.
 *
 * Needs Chromium (Debian: apt-get install chromium fonts-noto-cjk); `CHROMIUM` names another program than
 * /usr/bin/chromium.
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** A browser, and what its pages did so far. */
export interface Browser extends AsyncDisposable {
  /** Opens pages. */
  readonly context: BrowserContext;
  /** Addresses on other machines that pages asked for. */
  readonly outside: readonly string[];
  /** Errors that the pages' scripts threw. */
  readonly errors: readonly string[];
}

/** A page, and what it did so far. */
export interface Visit {
  readonly page: Page;
  readonly outside: readonly string[];
  readonly errors: readonly string[];
}

/** Options of `openBrowser` and `withPage`. */
export interface BrowserOptions {
  /** Size of a page in CSS pixels; default: 1100 x 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

const program = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

/** Starts a browser of its own, without any profile; `await using` closes it. */
export async function openBrowser(
  { viewport = { width: 1100, height: 900 } }: BrowserOptions = {},
): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  const context = await browser.newContext({ viewport });
  const outside: string[] = [];
  const errors: string[] = [];
  const note = (address: string) => {
    if (!isLocal(address)) outside.push(address);
  };
  context.on("request", (request) => note(request.url()));
  context.on("page", (page) => void page.on("websocket", (socket) => note(socket.url())));
  context.on("weberror", (error) => void errors.push(error.error().message));
  return { context, outside, errors, [Symbol.asyncDispose]: () => browser.close() };
}

/** Files, what is inside the page itself, and servers on this machine. */
function isLocal(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return ["file:", "data:", "blob:", "about:"].includes(protocol) ||
    ["127.0.0.1", "localhost"].includes(hostname);
}

/**
 * Opens an HTML file, or a page at an `http:` address, in a browser of its own, hands it to `use` and closes it.
 *
 *     await withPage("out/06_ppo.html", async ({ page, outside }) => {
 *       await page.locator("input[type=range]").first().press("ArrowRight");
 *       assert.deepEqual(outside, []);
 *     });
 */
export async function withPage<T>(
  place: string,
  use: (visit: Visit) => Promise<T>,
  options: BrowserOptions = {},
): Promise<T> {
  await using browser = await openBrowser(options);
  const page = await browser.context.newPage();
  await page.goto(/^https?:/.test(place) ? place : pathToFileURL(resolve(place)).href);
  return await use({ page, outside: browser.outside, errors: browser.errors });
}

/**
 * Defines a test that needs the browser: skipped, with the reason in its name, where there is none; with
 * REQUIRE_BROWSER=1 it fails there.
 */
export function browserTest(name: string, fn: (context: Deno.TestContext) => Promise<void>): void {
  const missing =
    `Cannot open a browser: ${program} is not there - install it (Debian: apt-get install chromium)` +
    ` or name another in CHROMIUM`;
  if (isFile(program)) return Deno.test(name, fn);
  const required = Deno.env.get("REQUIRE_BROWSER") === "1";
  const fail = () => {
    throw new Error(missing);
  };
  Deno.test({ name: `${name}: ${missing}`, ignore: !required, fn: fail });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
