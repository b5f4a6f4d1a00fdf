// Builds what the page holds beside the data: dist/script, dist/style and the licences of what they are built of.
// dist/sources has the digest of all that: ../built.py makes it anew, and uses nothing that was built of other sources.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const names = (await readdir("src")).filter((name) => /\.(ts|css)$/.test(name)).sort();
const sources = ["build.mjs", "package-lock.json", ...names.map((name) => `src/${name}`)];
const digest = createHash("sha256");
for (const path of sources) {
  const content = await readFile(path);
  digest.update(`${basename(path)} ${content.length}\n`).update(content);
}

const shared = { bundle: true, minify: true, write: false, charset: "utf8", legalComments: "none", metafile: true };
const [script, style] = await Promise.all([
  build({ ...shared, entryPoints: ["src/main.ts"], format: "iife", target: "es2022" }),
  build({ ...shared, entryPoints: ["src/page.css"] }),
]);
// Nothing in a script may end the element that holds it.
const text = script.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

const inputs = Object.keys(script.metafile.inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
const licences = await Promise.all(
  [...new Set(inputs.filter(Boolean))].map(async (name) => {
    const folder = `node_modules/${name}`;
    const { version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const named = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    if (!named) throw new Error(`${name} comes without its licence`);
    return `${name} ${version}\n\n${(await readFile(`${folder}/${named}`, "utf8")).trim()}`;
  }),
);

await rm("dist", { recursive: true, force: true });
await mkdir("dist");
await writeFile("dist/script", text);
await writeFile("dist/style", style.outputFiles[0].text);
await writeFile("dist/licences", `${licences.join("\n\n")}\n`);
await writeFile("dist/sources", `${digest.digest("hex")}\n`);
