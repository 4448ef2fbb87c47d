// Before the page is drawn: the language chosen earlier, so that nothing flickers.
(function () {
  "use strict";
  var asked = new URLSearchParams(location.search).get("lang");
  var held = null;
  try {
    if (asked === "en" || asked === "zh") localStorage.setItem("gongkai-lang", asked);
    held = localStorage.getItem("gongkai-lang");
  } catch (error) { /* no storage: the choice lasts for this page */ }
  var chosen = asked === "en" || asked === "zh" ? asked : held;
  document.documentElement.dataset.lang = chosen === "en" ? "en" : "zh";
  document.documentElement.lang = chosen === "en" ? "en" : "zh-CN";
})();
