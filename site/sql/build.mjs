// `make site-assets`: the SQL page's script, DuckDB's worker and its WebAssembly, into build/site-assets.
import { build } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "..", "build", "site-assets");
const engine = join(here, "node_modules", "@duckdb", "duckdb-wasm", "dist");

await mkdir(target, { recursive: true });
await build({
  entryPoints: [join(here, "sql.js")],
  outfile: join(target, "sql.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "none",
});
await copyFile(join(engine, "duckdb-browser-eh.worker.js"), join(target, "duckdb.worker.js"));
await copyFile(join(engine, "duckdb-eh.wasm"), join(target, "duckdb-eh.wasm"));
