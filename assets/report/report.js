"use strict";
// Copy buttons, the filter of the timeline, and links into closed parts. The
// page is whole without it. Text of the page is only read, and only compared.
(function () {
  var byId = function (id) { return document.getElementById(id); };
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var words = byId("words").dataset;

  function copy(button, text) {
    var done = function () {
      button.textContent = words.copied;
      setTimeout(function () { button.textContent = words.copy; }, 1500);
    };
    var byHand = function () {
      var box = document.createElement("textarea");
      box.value = text;
      document.body.appendChild(box);
      box.select();
      if (document.execCommand("copy")) done();
      box.remove();
      button.focus();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand);
    else byHand();
  }
  function offer(after, text) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.setAttribute("aria-label", words.copy + ": " + text.slice(0, 80));
    button.addEventListener("click", function () { copy(button, text); });
    after.after(" ", button);
  }
  all(".steps code, .command code").forEach(function (code) { offer(code, code.textContent); });

  // A link into a closed part opens it.
  function reveal() {
    var at = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (!at) return;
    for (var up = at; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
      if (up.hidden && byId("rows") && byId("rows").contains(up)) clear();
    }
    at.scrollIntoView();
  }
  addEventListener("hashchange", reveal);

  all(".tools").forEach(function (p) { p.hidden = false; });
  all("[data-open]").forEach(function (button) {
    button.addEventListener("click", function () {
      all("details").forEach(function (d) { d.open = button.dataset.open === "all"; });
    });
  });

  // The timeline: every row's text is read once, in small letters. Rows are
  // hidden by an attribute; only what changes is touched.
  var rows = byId("rows"), index = null, shown = null, timer = 0;
  var form = document.querySelector(".filter");
  function build() {
    index = all(".span", rows).map(function (span) {
      return {
        span: span, rows: Array.prototype.map.call(span.querySelector("tbody").rows, function (row) {
          var link = row.lastElementChild.firstElementChild;
          return { row: row, text: row.textContent.toLowerCase(), log: link ? link.textContent : "", level: row.classList };
        })
      };
    });
  }
  function filter() {
    if (!index) build();
    var want = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    var level = byId("level").value, log = byId("log").value, total = 0, kept = 0;
    index.forEach(function (part) {
      var left = 0;
      part.rows.forEach(function (r) {
        var keep = (!log || r.log === log) && (!level || r.level.contains(level) || level === "w" && r.level.contains("e")) &&
          want.every(function (word) { return r.text.indexOf(word) >= 0; });
        if (keep) left++;
        if (r.row.hidden === keep) r.row.hidden = !keep;
      });
      total += part.rows.length;
      kept += left;
      if (part.span.hidden === left > 0) part.span.hidden = left === 0;
    });
    light(want);
    shown.textContent = byId("found").dataset.words.replace("{0}", kept).replace("{1}", total);
  }
  // What was searched for is marked in the first rows that are left.
  function light(want) {
    if (!window.CSS || !CSS.highlights || !window.Highlight) return;
    var marks = new Highlight(), budget = want.length ? 500 : 0;
    index.forEach(function (part) {
      part.rows.forEach(function (r) {
        if (r.row.hidden || budget-- <= 0) return;
        var walk = document.createTreeWalker(r.row, NodeFilter.SHOW_TEXT);
        for (var node = walk.nextNode(); node; node = walk.nextNode()) {
          var text = node.data.toLowerCase();
          if (text.length === node.length) want.forEach(function (word) {
            for (var at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
              var range = new Range();
              range.setStart(node, at);
              range.setEnd(node, at + word.length);
              marks.add(range);
            }
          });
        }
      });
    });
    CSS.highlights.set("found", marks);
  }
  function clear() {
    byId("search").value = byId("level").value = byId("log").value = "";
    filter();
  }
  if (rows) {
    shown = byId("found");
    form.hidden = false;
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    form.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(filter, 60);
    });
  }
  reveal();
})();
