"use strict";
(() => {
  const MOST_PRINTED_OPEN = 50;
  const root = document.documentElement;
  const search = document.getElementById("search");
  const choice = document.getElementById("choice");
  const shown = document.getElementById("shown");
  const theme = document.getElementById("theme");
  const models = Array.from(document.querySelectorAll(".model"));
  const texts = models.map((model) => model.dataset.find.toLowerCase());

  const fits = (model) => choice.value === "all" || model.dataset.is.split(" ").includes(choice.value);

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    models.forEach((model, index) => {
      const found = fits(model) && words.every((word) => texts[index].includes(word));
      model.hidden = !found;
      count += found ? 1 : 0;
    });
    shown.textContent = `${count.toLocaleString("en")} of ${models.length.toLocaleString("en")} shown`;
  }

  // A view can be sent as an address: page.html#search=encoder, page.html#m12.
  function follow() {
    const wanted = location.hash.slice(1);
    if (wanted.startsWith("search=")) {
      try {
        search.value = decodeURIComponent(wanted.slice(7));
      } catch {
        search.value = wanted.slice(7);
      }
      filter();
    }
    const model = /^m\d+$/.test(wanted) ? document.getElementById(wanted) : null;
    if (model) {
      model.open = true;
      model.scrollIntoView();
    }
  }

  const darkNow = () =>
    (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  function name() {
    theme.textContent = darkNow() ? "Use light colours" : "Use dark colours";
  }
  theme.addEventListener("click", () => {
    root.dataset.theme = darkNow() ? "light" : "dark";
    name();
    // Where the page is a file, the browser may refuse to keep anything.
    try { localStorage.setItem("torchtielint-theme", root.dataset.theme); } catch {}
  });
  try {
    const kept = localStorage.getItem("torchtielint-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch {}
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);

  // Paper cannot be clicked: what is shown is printed whole, unless that is a book.
  let opened = [];
  addEventListener("beforeprint", () => {
    const visible = models.filter((model) => !model.hidden);
    if (visible.length > MOST_PRINTED_OPEN) return;
    opened = visible
      .flatMap((model) => [model, ...model.querySelectorAll("details:not(.tree)")])
      .filter((part) => !part.open);
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => {
    opened.forEach((part) => { part.open = false; });
    opened = [];
  });

  search.addEventListener("input", filter);
  choice.addEventListener("change", filter);
  addEventListener("hashchange", follow);
  document.querySelectorAll(".scripted").forEach((part) => { part.hidden = false; });
  name();
  filter();
  follow();
})();
