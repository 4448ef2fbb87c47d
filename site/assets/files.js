// A table as CSV, Excel workbook or Parquet, written here without any library. Money stays decimal throughout.
var gongkaiFiles = (function () {
  "use strict";
  var encoder = new TextEncoder();
  var NUMBER = /^-?\d+(\.\d+)?$/;

  function isNumber(text, type) { return (type === "yuan" || type === "int") && NUMBER.test(text); }

  // A spreadsheet takes text that begins so for a formula.
  function tame(text) {
    return /^[=+\-@\t\r]/.test(text) && !/^[-+]?[\d,]+(\.\d+)?%?$/.test(text) ? "'" + text : text;
  }

  function csv(table) {
    var lines = table.head.concat(table.body).map(function (row) {
      return row.map(function (text) {
        var safe = tame(text);
        return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
      }).join(",");
    });
    // The mark tells Excel that this is UTF-8.
    return { bytes: encoder.encode("\ufeff" + lines.join("\r\n") + "\r\n"), type: "text/csv" };
  }

  // ---- xlsx: five parts in a zip without compression

  function escaped(text) {
    return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  function columnName(number) {
    var name = "";
    for (number += 1; number > 0; number = Math.floor((number - 1) / 26)) {
      name = String.fromCharCode(65 + (number - 1) % 26) + name;
    }
    return name;
  }

  function xlsx(table) {
    var rows = table.head.concat(table.body).map(function (row, y) {
      var cells = row.map(function (text, x) {
        var at = columnName(x) + (y + 1);
        if (text === "") return "";
        if (y >= table.head.length && isNumber(text, table.types[x])) return '<c r="' + at + '"><v>' + text + "</v></c>";
        return '<c r="' + at + '" t="inlineStr"><is><t xml:space="preserve">' + escaped(text) + "</t></is></c>";
      }).join("");
      return '<row r="' + (y + 1) + '">' + cells + "</row>";
    }).join("");
    var start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
    var main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    var relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    var packaged = "http://schemas.openxmlformats.org/package/2006/";
    var kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    return {
      bytes: zip([
        ["[Content_Types].xml", start + '<Types xmlns="' + packaged + 'content-types">' +
          '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
          '<Override PartName="/xl/workbook.xml" ContentType="' + kind + 'sheet.main+xml"/>' +
          '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="' + kind + 'worksheet+xml"/></Types>'],
        ["_rels/.rels", start + '<Relationships xmlns="' + packaged + 'relationships">' +
          '<Relationship Id="r1" Type="' + relations + '/officeDocument" Target="xl/workbook.xml"/></Relationships>'],
        ["xl/workbook.xml", start + '<workbook xmlns="' + main + '" xmlns:r="' + relations + '">' +
          '<sheets><sheet name="gongkai" sheetId="1" r:id="r1"/></sheets></workbook>'],
        ["xl/_rels/workbook.xml.rels", start + '<Relationships xmlns="' + packaged + 'relationships">' +
          '<Relationship Id="r1" Type="' + relations + '/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'],
        ["xl/worksheets/sheet1.xml", start + '<worksheet xmlns="' + main + '"><sheetData>' + rows +
          "</sheetData></worksheet>"],
      ]),
      type: kind + "sheet",
    };
  }

  var crcTable = null;
  function crc(bytes) {
    if (!crcTable) {
      crcTable = new Uint32Array(256);
      for (var n = 0; n < 256; n += 1) {
        var c = n;
        for (var k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
        crcTable[n] = c >>> 0;
      }
    }
    var value = 0xffffffff;
    for (var i = 0; i < bytes.length; i += 1) value = crcTable[(value ^ bytes[i]) & 255] ^ (value >>> 8);
    return (value ^ 0xffffffff) >>> 0;
  }

  function zip(files) {
    var out = bytesOut(), central = bytesOut();
    files.forEach(function (file) {
      var name = encoder.encode(file[0]), body = encoder.encode(file[1]), at = out.size(), check = crc(body);
      // version, flags (UTF-8 names), stored, time, date (1980-01-01)
      function common(sink) {
        sink.u16(20); sink.u16(0x0800); sink.u16(0); sink.u16(0); sink.u16(33);
        sink.u32(check); sink.u32(body.length); sink.u32(body.length); sink.u16(name.length); sink.u16(0);
      }
      out.u32(0x04034b50); common(out); out.raw(name); out.raw(body);
      central.u32(0x02014b50); central.u16(20); common(central);
      central.u16(0); central.u16(0); central.u16(0); central.u32(0); central.u32(at); central.raw(name);
    });
    var at = out.size(), size = central.size();
    out.raw(central.done());
    out.u32(0x06054b50); out.u16(0); out.u16(0); out.u16(files.length); out.u16(files.length);
    out.u32(size); out.u32(at); out.u16(0);
    return out.done();
  }

  function bytesOut() {
    var chunks = [], length = 0;
    function raw(bytes) { chunks.push(bytes); length += bytes.length; }
    return {
      raw: raw,
      u8: function (n) { raw(Uint8Array.of(n & 255)); },
      u16: function (n) { raw(Uint8Array.of(n & 255, (n >>> 8) & 255)); },
      u32: function (n) { raw(Uint8Array.of(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, (n >>> 24) & 255)); },
      size: function () { return length; },
      done: function () {
        var all = new Uint8Array(length), at = 0;
        chunks.forEach(function (chunk) { all.set(chunk, at); at += chunk.length; });
        return all;
      },
    };
  }

  // ---- Parquet: one row group, one plain uncompressed page per column, every column optional

  var INT64 = 2, BYTE_ARRAY = 6, UTF8 = 0, DECIMAL = 5;

  // Thrift's compact protocol: what Parquet's headers are written in.
  function thrift() {
    var out = bytesOut();
    function varint(n) {
      n = BigInt(n);
      while (n > 127n) { out.u8(Number(n & 127n) | 128); n >>= 7n; }
      out.u8(Number(n));
    }
    function zigzag(n) { n = BigInt(n); varint(n < 0n ? -n * 2n - 1n : n * 2n); }
    function text(value) { var bytes = encoder.encode(value); varint(bytes.length); out.raw(bytes); }
    var kinds = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 };
    // fields: [id, kind, value]; a list is {of: kind, items}
    function struct(fields) {
      var last = 0;
      fields.forEach(function (field) {
        out.u8(((field[0] - last) << 4) | kinds[field[1]]);
        last = field[0];
        put(field[1], field[2]);
      });
      out.u8(0);
    }
    function put(kind, value) {
      if (kind === "i32" || kind === "i64") zigzag(value);
      else if (kind === "text") text(value);
      else if (kind === "struct") struct(value);
      else {
        var count = value.items.length;
        if (count < 15) out.u8((count << 4) | kinds[value.of]);
        else { out.u8(0xf0 | kinds[value.of]); varint(count); }
        value.items.forEach(function (item) { put(value.of, item); });
      }
    }
    return { struct: struct, done: out.done };
  }

  function cents(text) {
    var match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text);
    if (!match) return null;
    var value = BigInt(match[2] + ((match[3] || "") + "00").slice(0, 2));
    return match[1] ? -value : value;
  }

  function column(table, x) {
    var texts = table.body.map(function (row) { return row[x]; });
    var type = table.types[x], present = texts.map(function (text) { return text !== ""; });
    var values = null;
    if (type === "yuan") values = texts.map(cents);
    if (type === "int") values = texts.map(function (text) { return /^-?\d{1,18}$/.test(text) ? BigInt(text) : null; });
    // A column with anything else in it stays text: nothing printed is lost.
    if (values && values.some(function (value, y) { return value === null && present[y]; })) values = null;
    var body = bytesOut();
    if (values) {
      var view = new DataView(new ArrayBuffer(8));
      values.forEach(function (value) {
        if (value === null) return;
        view.setBigInt64(0, value, true);
        body.raw(new Uint8Array(view.buffer.slice(0)));
      });
    } else {
      texts.forEach(function (text) {
        if (text === "") return;
        var bytes = encoder.encode(text);
        body.u32(bytes.length); body.raw(bytes);
      });
    }
    return { name: table.names[x], numeric: !!values, decimal: !!values && type === "yuan", present: present,
             body: body.done() };
  }

  function levels(present) {
    var packed = new Uint8Array(Math.ceil(present.length / 8)), head = [], groups = packed.length * 2 + 1;
    present.forEach(function (is, place) { if (is) packed[place >> 3] |= 1 << (place & 7); });
    for (; groups > 127; groups = Math.floor(groups / 128)) head.push((groups % 128) | 128);
    head.push(groups);
    var out = bytesOut();
    out.u32(head.length + packed.length); out.raw(Uint8Array.from(head)); out.raw(packed);
    return out.done();
  }

  function parquet(table) {
    var out = bytesOut(), rows = table.body.length, magic = encoder.encode("PAR1");
    out.raw(magic);
    var columns = table.names.map(function (_, x) { return column(table, x); });
    columns.forEach(function (one) {
      var defined = levels(one.present), size = defined.length + one.body.length, header = thrift();
      header.struct([[1, "i32", 0], [2, "i32", size], [3, "i32", size],
        [5, "struct", [[1, "i32", rows], [2, "i32", 0], [3, "i32", 3], [4, "i32", 3]]]]);
      var bytes = header.done();
      one.at = out.size();
      one.size = bytes.length + size;
      out.raw(bytes); out.raw(defined); out.raw(one.body);
    });
    var schema = [[[4, "text", "schema"], [5, "i32", columns.length]]].concat(columns.map(function (one) {
      var fields = [[1, "i32", one.numeric ? INT64 : BYTE_ARRAY], [3, "i32", 1], [4, "text", one.name]];
      if (!one.numeric) fields.push([6, "i32", UTF8]);
      if (one.decimal) fields.push([6, "i32", DECIMAL], [7, "i32", 2], [8, "i32", 18]);
      return fields;
    }));
    var chunks = columns.map(function (one) {
      return [[2, "i64", one.at], [3, "struct", [[1, "i32", one.numeric ? INT64 : BYTE_ARRAY],
        [2, "list", { of: "i32", items: [0, 3] }], [3, "list", { of: "text", items: [one.name] }], [4, "i32", 0],
        [5, "i64", rows], [6, "i64", one.size], [7, "i64", one.size], [9, "i64", one.at]]]];
    });
    var total = columns.reduce(function (sum, one) { return sum + one.size; }, 0);
    var footer = thrift();
    footer.struct([[1, "i32", 1], [2, "list", { of: "struct", items: schema }], [3, "i64", rows],
      [4, "list", { of: "struct", items: [[[1, "list", { of: "struct", items: chunks }], [2, "i64", total],
        [3, "i64", rows]]] }], [6, "text", "gongkai"]]);
    var bytes = footer.done();
    out.raw(bytes); out.u32(bytes.length); out.raw(magic);
    return { bytes: out.done(), type: "application/vnd.apache.parquet" };
  }

  return { csv: csv, xlsx: xlsx, parquet: parquet };
})();
