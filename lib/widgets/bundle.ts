/**
 * A slider's module and all that it imports as one small script for a page, made by esbuild: the page runs the library's own
 * code, not a copy of it. What is not used is left out.
 */
import { build, type Plugin, stop } from "esbuild";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const library = fileURLToPath(new URL("../", import.meta.url));
const mount = fileURLToPath(new URL("./page/mount_slider.ts", import.meta.url));

/**
 * The script that turns the element it stands in into a live slider.
 *
 * @param module file URL of the module that exports the definition @param name the name of that export
 * @throws Error when the module cannot be bundled.
 */
export async function bundleSlider(module: string, name: string): Promise<string> {
  const contents = `import { mountSlider } from ${JSON.stringify(mount)};
import { ${name} } from ${JSON.stringify(fileURLToPath(module))};
mountSlider(document.currentScript.parentElement, ${name});`;
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
    await stop(); // its process would keep a command from ending
  }
}

/**
 * No module of the library does anything when it is imported, so one whose exports are not used can go: a page that needs one
 * formula does not get the packages (ONNX Runtime, this bundler) that its neighbours import.
 */
const withoutSideEffects: Plugin = {
  name: "without-side-effects",
  setup({ onResolve }) {
    onResolve(
      { filter: /^(ppo\/|\.)/ },
      ({ path, resolveDir, importer }) =>
        importer.includes("node_modules") ? undefined : {
          path: path.startsWith("ppo/") ? library + path.slice(4) : resolve(resolveDir, path),
          sideEffects: false,
        },
    );
    onResolve(
      { filter: /^[@a-z]/ },
      ({ path, importer }) =>
        path.startsWith("d3-") || importer.includes("node_modules")
          ? undefined
          : { path, external: true, sideEffects: false },
    );
  },
};
