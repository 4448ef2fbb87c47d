// Comparison of units: picks from the search index, small parts of data by unit. Figures are shown, never computed.
function gongkaiCompare() {
  "use strict";
  var MOST = 6;
  var box = document.getElementById("compare"), list = document.getElementById("picked");
  var note = document.getElementById("compare-note"), table = document.getElementById("table-compare");
  var drawing = document.getElementById("compare-chart");
  var measure = document.getElementById("measure"), side = document.getElementById("side");
  var say = gongkai.say;
  var asked = new URLSearchParams(location.search);
  var picked = asked.getAll("u").join(",").split(",").filter(function (key) { return /^[0-9A-Za-z_~-]+$/.test(key); });
  picked = picked.filter(function (key, place) { return picked.indexOf(key) === place; }).slice(0, MOST);
  if (asked.get("m")) measure.value = asked.get("m");
  if (asked.get("s")) side.value = asked.get("s");
  if (!measure.value) measure.selectedIndex = 0;
  if (!side.value) side.selectedIndex = 0;
  box.hidden = false;

  // Exact yuan as text → 万元 with two decimals, rounded half away from zero, without a binary fraction.
  function wan(text) {
    var match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text);
    if (!match) return text;
    var cents = BigInt(match[2] + ((match[3] || "") + "00").slice(0, 2));
    var hundredths = (cents + 5000n) / 10000n;
    var whole = String(hundredths / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
    return match[1] + whole + "." + String(hundredths % 100n).padStart(2, "0");
  }

  function element(name, text, attributes) {
    var made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }

  function remember() {
    var query = "?u=" + picked.join(",") + "&m=" + measure.value + "&s=" + side.value;
    history.replaceState(null, "", query);
  }

  function show() {
    Promise.all(picked.map(function (key) {
      return gongkai.load("c/" + key).then(function (unit) { return [key, unit]; }, function () { return null; });
    })).then(function (found) {
      var units = found.filter(Boolean);
      var staff = measure.value === "staff", column = staff ? "staff" : measure.value + "_" + side.value;
      side.disabled = staff;
      list.textContent = "";
      units.forEach(function (pair, place) {
        var line = element("li"), drop = element("button", "×", { type: "button", "aria-label": say("去掉", "Remove") + " " + pair[1].name });
        line.appendChild(element("span", "", { class: "swatch s" + place }));
        line.appendChild(element("a", pair[1].name, { href: "u/" + pair[0] + ".html" }));
        drop.addEventListener("click", function () { picked.splice(picked.indexOf(pair[0]), 1); remember(); show(); });
        line.appendChild(drop);
        list.appendChild(line);
      });
      var years = [];
      units.forEach(function (pair) {
        Object.keys(pair[1].years).forEach(function (year) { if (years.indexOf(year) < 0) years.push(year); });
      });
      years.sort();
      fill(units, years, column, staff);
      draw(units, years, column, staff);
      document.querySelector("#compare .downloads").hidden = !units.length;
      note.textContent = units.length ? (staff ? say("人", "persons") : say("金额单位：万元；下载的数据为元。", "10,000 yuan; downloads are in yuan."))
        : say("还没有选单位。", "No unit picked yet.");
    });
  }

  function fill(units, years, column, staff) {
    table.textContent = "";
    if (!units.length) return;
    var head = table.createTHead().insertRow();
    head.appendChild(element("th", say("单位", "Unit"), { scope: "col" }));
    head.appendChild(element("th", say("地区", "Region"), { scope: "col" }));
    years.forEach(function (year) {
      head.appendChild(element("th", year, { scope: "col", class: "n", "data-type": staff ? "int" : "yuan" }));
    });
    var body = table.createTBody();
    units.forEach(function (pair) {
      var row = body.insertRow();
      row.appendChild(element("th", pair[1].name, { scope: "row" }));
      row.appendChild(element("td", pair[1].region || "–"));
      years.forEach(function (year) {
        var value = (pair[1].years[year] || {})[column];
        if (value === undefined) row.appendChild(element("td", "–", { class: "n" }));
        else if (staff) row.appendChild(element("td", value, { class: "n" }));
        else row.appendChild(element("td", wan(value), { class: "n", "data-v": value }));
      });
    });
  }

  function draw(units, years, column, staff) {
    drawing.textContent = "";
    var values = [];
    units.forEach(function (pair) {
      years.forEach(function (year) { values.push(Number((pair[1].years[year] || {})[column] || 0)); });
    });
    var most = Math.max.apply(null, values.concat([0])), least = Math.min.apply(null, values.concat([0]));
    if (!units.length || most === least) return;
    // As wide as it is shown, so that a phone does not make its words smaller.
    var wide = Math.max(300, Math.min(760, drawing.clientWidth || 760)), high = 280, top = 26, bottom = 26, left0 = 62;
    var unit = staff ? 1 : most - least >= 1e9 ? 1e8 : 1e4;
    var step = Math.pow(10, Math.floor(Math.log10((most - least) / unit))) * unit;
    if ((most - least) / step < 2) step /= 5;
    else if ((most - least) / step < 4) step /= 2;
    most = Math.ceil(most / step) * step;
    least = Math.floor(least / step) * step;
    var space = "http://www.w3.org/2000/svg";
    function shape(name, attributes, text) {
      var made = document.createElementNS(space, name);
      Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
      if (text !== undefined) made.textContent = text;
      return made;
    }
    function level(value) { return top + (most - value) / (most - least) * (high - top - bottom); }
    var svg = shape("svg", { class: "chart", viewBox: "0 0 " + wide + " " + high, role: "img",
      "aria-label": measure.selectedOptions[0].textContent });
    for (var tick = Math.round(least / step); tick <= Math.round(most / step); tick += 1) {
      var at = level(tick * step);
      svg.appendChild(shape("line", { class: tick ? "rule" : "axis", x1: left0, x2: wide, y1: at, y2: at }));
      svg.appendChild(shape("text", { class: "tick", x: left0 - 6, y: at + 4 },
        (tick * step / unit).toLocaleString("en-US", { maximumFractionDigits: 2 })));
    }
    svg.appendChild(shape("text", { class: "unit", x: 0, y: 12 },
      staff ? say("人", "persons") : unit === 1e8 ? say("亿元", "100 million yuan") : say("万元", "10,000 yuan")));
    var slot = (wide - left0) / years.length, each = Math.min(slot * 0.8 / units.length, 44);
    years.forEach(function (year, place) {
      var left = left0 + slot * place + (slot - each * units.length) / 2;
      svg.appendChild(shape("text", { class: "label", x: left0 + slot * (place + 0.5), y: high - 8 }, year));
      units.forEach(function (pair, number) {
        var text = (pair[1].years[year] || {})[column];
        if (text === undefined) return;
        var value = Number(text);
        var bar = shape("rect", { class: "s" + number, x: left + each * number + 1, width: Math.max(each - 2, 1),
          y: level(Math.max(value, 0)), height: Math.max(Math.abs(level(value) - level(0)), 0.6), "data-v": text });
        bar.appendChild(shape("title", {}, pair[1].name + " " + year + " " + (staff ? text : wan(text) + " 万元")));
        svg.appendChild(bar);
      });
    });
    drawing.appendChild(svg);
  }

  gongkai.finder(document.getElementById("pick"), document.getElementById("picked-found"), ["u"], function (entry) {
    var key = entry[3].replace(/^u\//, "").replace(/\.html$/, "");
    if (picked.indexOf(key) < 0 && picked.length < MOST) picked.push(key);
    else if (picked.length >= MOST) { note.textContent = say("最多六个单位。", "Six units at most."); return; }
    document.getElementById("pick").value = "";
    remember();
    show();
  });
  measure.addEventListener("change", function () { remember(); show(); });
  side.addEventListener("change", function () { remember(); show(); });
  document.addEventListener("gongkai-language", show);
  show();
}
