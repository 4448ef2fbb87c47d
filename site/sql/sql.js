// The SQL page: DuckDB in the browser over the small database of the site. Nothing leaves the reader's machine.
import * as duckdb from "@duckdb/duckdb-wasm";

const say = (zh, en) => gongkai.say(zh, en);
const query = document.getElementById("sql");
const run = document.getElementById("run");
const note = document.getElementById("sql-note");
const table = document.getElementById("table-sql");
const MOST_ROWS = 5000;

function own(file) {
  return new URL("w/" + file, location.href).href;
}

async function open() {
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(own("duckdb.worker.js")));
  await database.instantiate(own("duckdb-eh.wasm"));
  const answer = await fetch(own("gongkai.duckdb"));
  if (!answer.ok) throw new Error("gongkai.duckdb: " + answer.status);
  await database.registerFileBuffer("gongkai.duckdb", new Uint8Array(await answer.arrayBuffer()));
  const connection = await database.connect();
  // An extension would be fetched from outside.
  await connection.query("set autoinstall_known_extensions = false");
  await connection.query("set autoload_known_extensions = false");
  await connection.query("attach 'gongkai.duckdb' as gongkai (read_only)");
  await connection.query("use gongkai");
  // A worker is not bound by the page's policy: the engine itself must open no other file and no address.
  await connection.query("set enable_external_access = false");
  await connection.query("set lock_configuration = true");
  return connection;
}

function show(answer) {
  const names = answer.schema.fields.map((field) => field.name);
  table.textContent = "";
  const head = table.createTHead().insertRow();
  for (const name of names) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.appendChild(cell);
  }
  const body = table.createTBody();
  const columns = names.map((_, place) => answer.getChildAt(place));
  for (let row = 0; row < Math.min(answer.numRows, MOST_ROWS); row += 1) {
    const line = body.insertRow();
    for (const column of columns) line.insertCell().textContent = column.get(row) ?? "";
  }
  const cut = answer.numRows > MOST_ROWS ? say("，只列前", ", the first ") + MOST_ROWS : "";
  note.textContent = answer.numRows + say(" 行", " rows") + cut;
  document.querySelector(".downloads[data-table=sql]").hidden = answer.numRows === 0;
}

async function start() {
  document.querySelector(".downloads[data-table=sql]").hidden = true;
  if (location.protocol === "file:") {
    note.textContent = say(
      "浏览器不许从文件夹打开的网页启动数据库。请在网站文件夹里运行 python3 -m http.server，再打开它给出的地址。",
      "Browsers start no database from a folder. Run python3 -m http.server in the site's folder and open its address.",
    );
    return;
  }
  let connection = null;
  run.disabled = false;
  async function ask() {
    run.disabled = true;
    note.textContent = say("正在查询…", "Working…");
    try {
      connection = connection || (await open());
      const words = query.value.trim().replace(/;\s*$/, "");
      // As text, so that money keeps every digit.
      show(await connection.query("select columns(*)::varchar from (\n" + words + "\n)"));
    } catch (error) {
      table.textContent = "";
      note.textContent = String(error.message || error);
    } finally {
      run.disabled = false;
    }
  }
  run.addEventListener("click", ask);
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ask();
  });
}

document.addEventListener("DOMContentLoaded", start);
