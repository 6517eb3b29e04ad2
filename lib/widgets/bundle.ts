/**
 * Bundles a slider's module and its imports into one small script for a page, with esbuild: the
 * page runs the library's own code, not a copy of it. Unused code is left out.
 */
import { build, type Plugin, stop } from "esbuild";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Language } from "../text/mod.ts";

const library = fileURLToPath(new URL("../", import.meta.url));
const mount = fileURLToPath(new URL("./page/mount_slider.ts", import.meta.url));

/** Which slider a script shows, and how. */
export interface SliderScript {
  /** File URL of the module that exports the definition. */
  readonly module: string;
  /** The name of that export. */
  readonly name: string;
  /** The language of its texts. */
  readonly language: Language;
}

/**
 * Makes the script that turns the element around it into a live slider.
 *
 * @throws {Error} if the module cannot be bundled.
 */
export async function bundleSlider({ module, name, language }: SliderScript): Promise<string> {
  const contents = `import { mountSlider } from ${JSON.stringify(mount)};
import { ${name} } from ${JSON.stringify(fileURLToPath(module))};
mountSlider(document.currentScript.parentElement, ${name}, ${JSON.stringify(language)});`;
  try {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: library, loader: "ts" },
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      platform: "browser",
      target: "es2022",
      charset: "utf8",
      legalComments: "none",
      plugins: [withoutSideEffects],
      logLevel: "silent",
    });
    return outputFiles[0].text.trim().replaceAll(/<(?=\/script|!--)/gi, "\\x3c");
  } finally {
    await stop(); // otherwise its process would keep a command from ending
  }
}

/**
 * No module of the library has side effects when it is imported, so one whose exports are unused
 * can be dropped: a page that needs one formula does not get the packages (ONNX Runtime, this
 * bundler) that its neighbours import.
 */
const withoutSideEffects: Plugin = {
  name: "without-side-effects",
  setup({ onResolve }) {
    onResolve({ filter: /^(ppo\/|\.|[@a-z])/ }, ({ path, resolveDir, importer }) => {
      if (importer.includes("node_modules") || path.startsWith("d3-")) return undefined;
      if (path.startsWith("ppo/")) return { path: library + path.slice(4), sideEffects: false };
      return path.startsWith(".")
        ? { path: resolve(resolveDir, path), sideEffects: false }
        : { path, external: true, sideEffects: false };
    });
  },
};
