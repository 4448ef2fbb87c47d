// The site's own script: language, search, the way from a figure to its source, downloads. No library, no request
// but for the site's own files. Data come as scripts, because a page opened from a folder may load no other file.
var gongkai = (function () {
  "use strict";
  var page = document.documentElement;
  var root = page.dataset.root || "";
  var parts = {};
  var waiting = {};

  function isEnglish() { return page.dataset.lang === "en"; }
  function say(zh, en) { return isEnglish() ? en : zh; }

  // ---- parts of data

  function part(name, value) {
    parts[name] = value;
    if (waiting[name]) waiting[name].forEach(function (one) { one.done(value); });
    delete waiting[name];
  }

  function script(name) {
    return new Promise(function (done, failed) {
      var element = document.createElement("script");
      element.src = root + name + ".js";
      element.onload = function () { done(); };
      element.onerror = function () { element.remove(); failed(new Error(name)); };
      document.head.appendChild(element);
    });
  }

  function load(name) {
    if (name in parts) return Promise.resolve(parts[name]);
    return new Promise(function (done, failed) {
      var first = !waiting[name];
      (waiting[name] = waiting[name] || []).push({ done: done, failed: failed });
      if (!first) return;
      script(name).catch(function (error) {
        (waiting[name] || []).forEach(function (one) { one.failed(error); });
        delete waiting[name];
      });
    });
  }

  var libraries = {};
  function library(name) {
    return libraries[name] || (libraries[name] = script("a/" + name));
  }

  // ---- language

  function words(scope) {
    scope.querySelectorAll("[data-zh]").forEach(function (element) {
      var text = isEnglish() ? element.dataset.en : element.dataset.zh;
      if (element.placeholder !== undefined && element.tagName === "INPUT") element.placeholder = text;
      else element.textContent = text;
    });
  }

  function setLanguage(chosen) {
    page.dataset.lang = chosen;
    page.lang = chosen === "en" ? "en" : "zh-CN";
    try { localStorage.setItem("gongkai-lang", chosen); } catch (error) { /* lasts for this page */ }
    words(document);
    document.dispatchEvent(new CustomEvent("gongkai-language"));
  }

  // ---- search: an index in parts, by pairs of characters (gongkai/site_overview.py makes it)

  function fold(text) { return text.normalize("NFKC").toLowerCase().replace(/\s+/g, ""); }

  function shardOf(pair, count) {
    var points = Array.from(pair);
    return (points[0].codePointAt(0) * 31 + points[1].codePointAt(0)) % count;
  }

  // Entries that hold every term; `cut` says that more may exist. null: nothing long enough to look for.
  function search(query, most, kinds) {
    var terms = query.trim().split(/\s+/).map(fold).filter(Boolean);
    var usable = terms.map(function (term) { return Array.from(term); }).filter(function (p) { return p.length > 1; });
    if (!usable.length) return Promise.resolve(null);
    var longest = usable.slice().sort(function (a, b) { return b.length - a.length; })[0].join("");
    return load("k/index").then(function (index) {
      var picks = usable.slice(0, 4).map(function (points) {
        var pairs = points.slice(1).map(function (point, place) { return points[place] + point; });
        var rare = pairs.filter(function (pair) { return index.common.indexOf(pair) < 0; });
        return { pair: rare[0] || pairs[0], cut: !rare.length };
      });
      var cut = picks.every(function (pick) { return pick.cut; });
      return Promise.all(picks.map(function (pick) {
        return load("k/" + shardOf(pick.pair, index.shards));
      })).then(function (lists) {
        var seen = {}, found = [];
        [].concat.apply([], lists).forEach(function (entry) {
          if (seen[entry[3]] || (kinds && kinds.indexOf(entry[0]) < 0)) return;
          seen[entry[3]] = true;
          var text = fold(entry[1] + " " + entry[2]);
          if (terms.every(function (term) { return text.indexOf(term) >= 0; })) found.push(entry);
        });
        return { found: found, cut: cut };
      });
    }).then(function (held) {
      var order = { u: 0, p: 1, f: 2, e: 3 };
      function rank(entry) {
        var name = fold(entry[1]);
        return name === longest ? 0 : name.indexOf(longest) === 0 ? 1 : name.indexOf(longest) > 0 ? 2 : 3;
      }
      var found = held.found.sort(function (a, b) {
        return rank(a) - rank(b) || order[a[0]] - order[b[0]] || a[1].length - b[1].length || (a[1] < b[1] ? -1 : 1);
      });
      if (most) found = found.slice(0, most);
      found.cut = held.cut;
      return found;
    });
  }

  var KIND = { u: ["单位", "Unit"], p: ["项目", "Project"], f: ["功能科目", "Function"], e: ["经济科目", "Economic"] };

  function entryNodes(entry) {
    var kind = document.createElement("span");
    kind.className = "tag";
    kind.textContent = say(KIND[entry[0]][0], KIND[entry[0]][1]);
    var name = document.createElement("b");
    name.textContent = entry[1];
    var more = document.createElement("small");
    more.textContent = entry[2];
    return [kind, name, more];
  }

  // A text field with a list of results below it (ARIA combobox).
  function finder(input, list, kinds, choose, submit) {
    var active = -1, turn = 0, entries = [];
    function close() {
      list.hidden = true; active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function point(to) {
      var options = list.querySelectorAll("[role=option]");
      if (!options.length) return;
      active = (to + options.length) % options.length;
      options.forEach(function (option, place) { option.setAttribute("aria-selected", String(place === active)); });
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    }
    function show(found) {
      entries = found || [];
      list.textContent = "";
      var lines = entries.length ? entries : null;
      if (!lines) {
        var none = document.createElement("li");
        none.className = "none";
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.setAttribute("aria-selected", "false");
        none.id = list.id + "-0";
        none.textContent = found === null ? say("请至少输入两个字", "Type at least two characters")
          : say("没有找到", "Nothing found");
        list.appendChild(none);
      } else {
        lines.forEach(function (entry, place) {
          var option = document.createElement("li");
          option.id = list.id + "-" + place;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          entryNodes(entry).forEach(function (node) { option.appendChild(node); });
          option.addEventListener("mousedown", function (event) { event.preventDefault(); });
          option.addEventListener("click", function () { close(); choose(entry); });
          list.appendChild(option);
        });
      }
      list.hidden = false; active = -1;
      input.setAttribute("aria-expanded", "true");
    }
    function look() {
      var mine = ++turn, query = input.value;
      if (!query.trim()) { close(); return; }
      search(query, 12, kinds).then(function (found) { if (mine === turn) show(found); }, function () {
        if (mine === turn) show([]);
      });
    }
    input.addEventListener("input", look);
    input.addEventListener("focus", function () { load("k/index").catch(function () {}); if (input.value) look(); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) look(); else point(active + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); point(active - 1); }
      else if (event.key === "Escape") close();
      else if (event.key === "Enter") {
        event.preventDefault();
        if (active >= 0 && entries[active]) { var entry = entries[active]; close(); choose(entry); }
        else if (submit) submit(input.value);
      }
    });
  }

  function resultsPage() {
    var list = document.getElementById("results"), note = document.getElementById("results-note");
    if (!list) return;
    var query = new URLSearchParams(location.search).get("q") || "";
    document.getElementById("q").value = query;
    function show() {
      if (!query.trim()) { note.textContent = say("在上面输入单位、科目或项目的名称。", "Type a name above."); return; }
      search(query).then(function (found) {
        list.textContent = "";
        if (found === null) { note.textContent = say("请至少输入两个字。", "Type at least two characters."); return; }
        note.textContent = say("“" + query + "”：" + found.length + " 项", "“" + query + "”: " + found.length + " results") +
          (found.cut ? say("（很多名称都有这几个字，只列一部分；请多输几个字）", " (many names share these words; type more)") : "");
        found.slice(0, 300).forEach(function (entry) {
          var line = document.createElement("li"), link = document.createElement("a");
          link.href = root + entry[3];
          entryNodes(entry).forEach(function (node) { link.appendChild(node); });
          line.appendChild(link);
          list.appendChild(line);
        });
      }, function () { note.textContent = say("索引无法读取。", "The index cannot be read."); });
    }
    document.addEventListener("gongkai-language", show);
    show();
  }

  // ---- from a figure to its source

  var live = null;

  function unmark() {
    document.querySelectorAll("mark.here").forEach(function (mark) {
      var parent = mark.parentNode;
      parent.replaceChild(document.createTextNode(mark.textContent), mark);
      parent.normalize();
    });
    document.querySelectorAll(".box").forEach(function (box) { box.remove(); });
    document.querySelectorAll(".here, .hit").forEach(function (one) { one.classList.remove("here", "hit"); });
  }

  function markText(line, detail) {
    var points = Array.from(line.textContent);
    var ends = detail.split("-").map(Number);
    var mark = document.createElement("mark");
    mark.className = "here";
    mark.textContent = points.slice(ends[0], ends[1]).join("");
    line.textContent = points.slice(0, ends[0]).join("");
    line.appendChild(mark);
    line.appendChild(document.createTextNode(points.slice(ends[1]).join("")));
    return mark;
  }

  function markBox(leaf, detail) {
    var edges = detail.split(" ").map(Number);
    var width = Number(leaf.dataset.w), height = Number(leaf.dataset.h), pad = 2;
    var box = document.createElement("span");
    box.className = "box";
    box.style.left = (edges[0] - pad) / width * 100 + "%";
    box.style.top = (edges[1] - pad) / height * 100 + "%";
    box.style.width = (edges[2] - edges[0] + 2 * pad) / width * 100 + "%";
    box.style.height = (edges[3] - edges[1] + 2 * pad) / height * 100 + "%";
    leaf.querySelector(".pane").appendChild(box);
    return box;
  }

  function reveal(element) {
    var body = document.getElementById("source-body");
    var held = getComputedStyle(body).overflowY;
    if (held === "auto" || held === "scroll") {
      var inner = element.getBoundingClientRect(), outer = body.getBoundingClientRect();
      body.scrollTop += inner.top - outer.top - outer.height / 3;
      var wide = element.closest(".scroll");
      if (wide) wide.scrollLeft += inner.left - wide.getBoundingClientRect().left - wide.clientWidth / 3;
    } else {
      element.scrollIntoView({ block: "center", inline: "center" });
    }
  }

  function follow(link) {
    var target = document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return false;
    unmark();
    link.classList.add("hit");
    target.classList.add("here");
    var mark = target;
    if (link.dataset.s) mark = markText(target, link.dataset.s);
    if (link.dataset.b && target.dataset.w) mark = markBox(target, link.dataset.b);
    reveal(mark);
    var back = document.getElementById("back");
    back.hidden = false;
    back.setAttribute("href", "#" + link.id);
    history.replaceState(null, "", "#" + link.id);
    live.textContent = say("已在原文中标出：", "Marked in the source: ") + link.textContent;
    return true;
  }

  function sourcePage() {
    var side = document.getElementById("source");
    if (!side) return;
    live = document.createElement("p");
    live.className = "hide";
    live.setAttribute("role", "status");
    side.appendChild(live);
    var statements = document.querySelector(".statements");
    statements.addEventListener("click", function (event) {
      var link = event.target.closest("a[id][href^='#']");
      if (link && /^#[LPgq]\d/.test(link.getAttribute("href")) && follow(link)) event.preventDefault();
    });
    document.getElementById("back").addEventListener("click", function (event) {
      var figure = document.getElementById(this.getAttribute("href").slice(1));
      if (!figure) return;
      event.preventDefault();
      figure.scrollIntoView({ block: "center", inline: "center" });
      figure.focus({ preventScroll: true });
    });
    function arrive() {
      var link = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!link || link.tagName !== "A" || !link.hasAttribute("href")) return;
      link.scrollIntoView({ block: "center", inline: "center" });
      follow(link);
    }
    window.addEventListener("hashchange", arrive);
    // After load, because the browser scrolls to the fragment by itself until then.
    if (document.readyState === "complete") arrive();
    else window.addEventListener("load", function () { setTimeout(arrive, 0); });
  }

  // ---- downloads

  function textOf(node) {
    if (node.nodeType === 3) return node.nodeValue;
    if (node.nodeType !== 1 || node.tagName === "svg" || node.tagName === "SVG") return "";
    if (node.classList.contains(isEnglish() ? "zh" : "en") || node.classList.contains("mark")) return "";
    return Array.from(node.childNodes).map(textOf).join("");
  }

  // The table as rows of cells with spans filled in; {head, body, types, names}.
  function tableOf(table) {
    var types = [], skip = [];
    function expand(rows) {
      var grid = [];
      rows.forEach(function (row, y) {
        grid[y] = grid[y] || [];
        var x = 0;
        Array.from(row.cells).forEach(function (cell) {
          while (grid[y][x] !== undefined) x += 1;
          var value = cell.dataset.v !== undefined ? cell.dataset.v : textOf(cell).replace(/\s+/g, " ").trim();
          if (value === "–") value = "";
          for (var down = 0; down < cell.rowSpan; down += 1) {
            if (y + down >= rows.length) break;
            grid[y + down] = grid[y + down] || [];
            for (var right = 0; right < cell.colSpan; right += 1) {
              grid[y + down][x + right] = { text: value, own: down === 0 && right === 0 };
            }
          }
          if (cell.dataset.type) types[x] = cell.dataset.type;
          if (cell.dataset.skip !== undefined) skip[x] = true;
          x += cell.colSpan;
        });
      });
      return grid;
    }
    var head = expand(Array.from(table.tHead ? table.tHead.rows : []));
    var body = expand(Array.from(table.tBodies).reduce(function (all, one) {
      return all.concat(Array.from(one.rows));
    }, []));
    var width = Math.max.apply(null, head.concat(body).map(function (row) { return row.length; }));
    var columns = [];
    for (var x = 0; x < width; x += 1) if (!skip[x]) columns.push(x);
    function pick(grid, own) {
      return grid.map(function (row) {
        return columns.map(function (x) { var cell = row[x]; return cell && (!own || cell.own) ? cell.text : ""; });
      });
    }
    var used = {};
    var whole = pick(head, false);
    var names = columns.map(function (x, place) {
      var path = whole.map(function (row) { return row[place]; }).filter(function (text, index, all) {
        return text && text !== all[index - 1];
      }).join("/") || say("列", "column ") + (place + 1);
      if (types[x] === "yuan") path += say("（元）", " (yuan)");
      while (used[path]) path += "_";
      used[path] = true;
      return path;
    });
    var kept = columns.map(function (x) { return types[x] || "text"; });
    var shownHead = head.length > 1 ? pick(head, true) : [names];
    return { head: shownHead, body: pick(body, true), names: names, types: kept };
  }

  function save(bytes, name, type) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  function downloads(scope) {
    scope.querySelectorAll(".downloads").forEach(function (bar) {
      bar.hidden = false;
      bar.addEventListener("click", function (event) {
        var button = event.target.closest("button");
        if (!button) return;
        var before = bar, table = null;
        while (before && !table) {
          before = before.previousElementSibling;
          table = before && (before.tagName === "TABLE" ? before : before.querySelector("table"));
        }
        if (!table) return;
        var held = tableOf(table), kind = button.dataset.as;
        library("files").then(function () {
          var made = gongkaiFiles[kind](held);
          save(made.bytes, bar.dataset.table + "." + kind, made.type);
        });
      });
    });
  }

  // ---- statements as printed, brought in when they are looked at (gongkai/site_grid.py as_part makes them)

  function made(tag, name, text) {
    var element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  var CELL = { h: ["th", ""], l: ["th", "label"], c: ["th", "code"], f: ["td", "n"], x: ["td", "long"] };

  function statementTable(held, key) {
    var table = made("table", "grid"), body = null;
    held.rows.forEach(function (row, y) {
      var section = y < held.head ? (table.tHead || table.createTHead()) : (body = body || table.createTBody());
      var line = section.insertRow();
      row[1].forEach(function (entry, x) {
        if (entry === 0) { line.appendChild(made("td")); return; }
        var cell = typeof entry === "string" ? ["f", entry] : entry;
        var kind = CELL[cell[0]] || ["td", ""], place = made(kind[0], kind[1]);
        if (kind[0] === "th") place.scope = cell[0] === "h" ? "col" : "row";
        if (cell[2] > 1) place.rowSpan = cell[2];
        if (cell[3] > 1) place.colSpan = cell[3];
        if (cell[0] === "f") {
          if (cell.length > 4) {
            place.classList.add(cell[5] ? "flag" : "touched");
            var mark = made(cell[4] ? "a" : "span", "mark", (cell[5] ? "⚑" : "○") + (cell[4] || ""));
            if (cell[4]) {
              mark.href = root + "d/" + key + ".html#f" + cell[4];
              mark.setAttribute("aria-label", say("发现", "finding ") + cell[4]);
            }
            place.appendChild(mark);
          }
          var link = made("a", "", cell[1]);
          link.href = root + "d/" + key + ".html#t" + held.table + "r" + row[0] + "c" +
            (row[2] ? row[2][x] : held.first + x);
          place.appendChild(link);
        } else place.textContent = cell[1];
        line.appendChild(place);
      });
    });
    return table;
  }

  // The same words in both languages; the style sheet shows one.
  function both(zh, en, name) {
    var element = made("span", name || "");
    element.appendChild(made("span", "zh", zh));
    var english = made("span", "en", en);
    english.lang = "en";
    element.appendChild(english);
    return element;
  }

  function showTable(into, held, key, label) {
    var holder = made("div"), around = made("div", "scroll"), bar = made("span", "downloads");
    around.tabIndex = 0;
    around.setAttribute("role", "group");
    around.setAttribute("aria-label", label);
    around.appendChild(statementTable(held, key));
    holder.appendChild(around);
    bar.dataset.table = key + "-t" + held.table;
    bar.appendChild(both("下载", "Download", "dl-label"));
    [["csv", "CSV"], ["xlsx", "Excel"], ["parquet", "Parquet"]].forEach(function (kind) {
      var button = made("button", "", kind[1]);
      button.type = "button";
      button.dataset.as = kind[0];
      bar.appendChild(button);
    });
    holder.appendChild(bar);
    into.appendChild(holder);
    downloads(holder);
  }

  function notRead(into) { into.appendChild(both("报表无法读取。", "The statement cannot be read.", "note")); }

  // A year's page: each statement folded, drawn when it is unfolded.
  function folded() {
    var all = Array.from(document.querySelectorAll("details.stm"));
    function draw(details) {
      if (details.dataset.drawn) return;
      details.dataset.drawn = "1";
      load("t/" + details.dataset.part).then(function (tables) {
        var held = tables.filter(function (one) { return String(one.table) === details.dataset.table; })[0];
        if (!held || !held.rows.length) notRead(details);
        else showTable(details, held, details.dataset.part, textOf(details.querySelector("summary")).trim());
      }, function () { delete details.dataset.drawn; notRead(details); });
    }
    all.forEach(function (details) {
      details.addEventListener("toggle", function () { if (details.open) draw(details); });
      if (details.open) draw(details);
    });
    var button = document.getElementById("unfold");
    if (!button || !all.length) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      var opened = all.every(function (one) { return one.open; });
      all.forEach(function (one) { one.open = !opened; });
    });
  }

  // A unit's page: the cell chosen in the table of statements and years is shown below it.
  function matrix() {
    var table = document.getElementById("matrix"), panel = document.getElementById("statement");
    if (!table) return;
    var turn = 0;
    function show(link, byHand) {
      var mine = ++turn, key = /([^/]+)\.html/.exec(link.getAttribute("href"))[1];
      load("t/" + key).then(function (tables) {
        if (mine !== turn) return;
        var ofCode = tables.filter(function (one) { return one.code === link.dataset.code && one.rows.length; });
        var ofScope = ofCode.filter(function (one) { return (one.scope || "") === link.dataset.scope; });
        var cell = link.closest("td"), heading = made("h3");
        heading.id = "h-statement";
        heading.tabIndex = -1;
        Array.from(cell.parentNode.cells[0].childNodes).forEach(function (node) {
          heading.appendChild(node.cloneNode(true));
        });
        heading.appendChild(made("span", "year", " " + table.tHead.rows[0].cells[cell.cellIndex].textContent + " "));
        var tag = made("span", "tag");
        Array.from(link.childNodes).forEach(function (node) { tag.appendChild(node.cloneNode(true)); });
        heading.appendChild(tag);
        panel.textContent = "";
        panel.appendChild(heading);
        (ofScope.length ? ofScope : ofCode).forEach(function (held) {
          var printed = made("p", "printed", (held.title || "") + " ");
          if (held.unit) {
            printed.appendChild(both("单位：", "Unit: ", "muted"));
            printed.appendChild(made("span", "muted", held.unit + " "));
          }
          var source = made("a", "onscreen");
          source.appendChild(both("对照原文 →", "Beside its source →"));
          source.href = root + "d/" + key + ".html#t" + held.table;
          printed.appendChild(source);
          panel.appendChild(printed);
          showTable(panel, held, key, textOf(heading).trim());
        });
        if (!ofCode.length) notRead(panel);
        panel.hidden = false;
        table.querySelectorAll("a[aria-current]").forEach(function (one) { one.removeAttribute("aria-current"); });
        link.setAttribute("aria-current", "true");
        if (byHand) heading.focus();
      }, function () { if (mine === turn) location.href = link.href; });
    }
    table.addEventListener("click", function (event) {
      var link = event.target.closest("a[data-code]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(link, true);
    });
    // The first statement of the latest year, once the reader comes near.
    var last = Array.from(table.querySelectorAll("tbody a[data-code]")).sort(function (a, b) {
      return b.closest("td").cellIndex - a.closest("td").cellIndex;
    })[0];
    if (!last || !window.IntersectionObserver) return;
    new IntersectionObserver(function (entries, observer) {
      if (!entries.some(function (one) { return one.isIntersecting; })) return;
      observer.disconnect();
      if (!turn) show(last, false);
    }, { rootMargin: "300px" }).observe(table);
  }

  // ---- start

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("lang");
    button.hidden = false;
    button.addEventListener("click", function () { setLanguage(isEnglish() ? "zh" : "en"); });
    words(document);
    finder(document.getElementById("q"), document.getElementById("found"), null,
      function (entry) { location.href = root + entry[3]; },
      function (query) { location.href = root + "search.html?q=" + encodeURIComponent(query); });
    downloads(document);
    sourcePage();
    resultsPage();
    folded();
    matrix();
    if (document.getElementById("compare")) library("compare").then(function () { gongkaiCompare(); });
  });

  return { part: part, load: load, search: search, finder: finder, say: say, isEnglish: isEnglish, root: root,
           downloads: downloads };
})();
