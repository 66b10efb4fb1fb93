/* The contact sheet of the signs: hides the rows and cards that were not asked for. The order never changes. */
(() => {
  "use strict";
  const form = document.querySelector("form");
  const [state, kind, lang, text] = form.elements;
  const count = form.querySelector("output"), none = document.getElementById("none");
  const plain = words => words.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const items = [...document.querySelectorAll("[data-k]")].map(item => ({
    item,
    row: item.localName == "tr",
    state: item.className,
    kind: item.dataset.k,
    langs: item.dataset.l.split(" "),
    words: plain(item.textContent + " " + item.dataset.w),
  }));
  const rows = items.filter(one => one.row).length;
  let timer;

  const filter = () => {
    const typed = plain(text.value.slice(0, 200)).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of items) {
      const fits = (!state.value || one.state == state.value) && (!kind.value || one.kind == kind.value) &&
        (!lang.value || one.langs.includes(lang.value)) && typed.every(word => one.words.includes(word));
      if (one.item.hidden == fits) one.item.hidden = !fits;
      if (one.row && fits) shown++;
    }
    for (const list of document.querySelectorAll(".cards"))
      list.parentNode.hidden = !list.querySelector("[data-k]:not([hidden])");
    none.hidden = shown > 0;
    count.textContent = count.dataset.words.replace("{shown}", shown.toLocaleString("en")).replace("{all}", rows.toLocaleString("en"));
  };

  // Thousands of rows are laid out anew: not at every key.
  form.addEventListener("input", event => {
    clearTimeout(timer);
    timer = setTimeout(filter, event.target == text ? 150 : 0);
  });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = false;
  addEventListener("pageshow", filter); // a browser that goes back may have kept what was chosen
})();
