/* All problems: a field that filters the list while typing, over titles, symptoms, messages and codes. Most words stand in a
   file of their own, which is fetched when somebody is about to type; without it titles are searched. Every word must be
   found. Only where nothing is, slips of typing are forgiven: one letter, two in long words; and where still nothing is, those
   are shown that most of the longer words fit. The order never changes. */
(() => {
  "use strict";
  const box = document.getElementById("filter"), field = box.querySelector("input");
  const [count, none] = box.querySelector("[role=status]").children;
  const OTHER = {ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i"};
  let timer;

  // Small letters without accents, split at blanks and signs of every kind.
  const words = text => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/[ßæœøłđı]/g, letter => OTHER[letter])
    .split(/[\s!-\/:-@[-`{-\xbf\u2000-\u206f]+/).filter(Boolean);

  // Whether the word begins with what was typed, but for some slips: a letter wrong, missing, too many, or two swapped.
  // What is long enough may stand inside the word too.
  const near = (typed, word) => {
    const slips = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2, inside = typed.length > 5;
    let before, row = Array.from({length: word.length + 1}, (_, j) => inside ? 0 : j);
    for (let i = 1; i <= typed.length; i++) {
      const next = [i];
      for (let j = 1; j <= word.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (typed[i - 1] != word[j - 1]));
        if (before && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1])
          next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      before = row;
      row = next;
    }
    return Math.min(...row) <= slips;
  };
  const exact = (typed, word) => word.includes(typed);

  const items = [...document.querySelectorAll("[data-w]")];
  const known = new Map(items.map(item => [item, words(item.textContent + " " + item.dataset.w)]));
  const nav = document.querySelector(".jump");

  const filter = () => {
    const typed = words(field.value.slice(0, 200));
    const those = alike => items.filter(item => typed.every(part => known.get(item).some(word => alike(part, word))));
    const most = () => {
      const fits = item => typed.filter(part => part.length > 3 && known.get(item).some(word => near(part, word))).length;
      const counts = new Map(items.map(item => [item, fits(item)])), best = Math.max(2, ...counts.values());
      return items.filter(item => counts.get(item) == best);
    };
    const sure = those(exact), nearly = sure.length ? sure : those(near), found = nearly.length ? nearly : most();
    for (const item of items) item.hidden = !found.includes(item);
    if (nav) nav.hidden = typed.length > 0;
    for (const section of document.querySelectorAll("main section"))
      section.hidden = !section.querySelector("[data-w]:not([hidden])");
    clearTimeout(timer);
    timer = setTimeout(() => {
      count.textContent = typed.length && found.length ? count.dataset.words.replace("{count}", found.length) : "";
      none.hidden = found.length > 0;
    }, 300);
  };

  box.hidden = false;
  field.value = new URLSearchParams(location.search).get("q") || field.value;
  field.addEventListener("input", filter);
  const fetchWords = async () => {
    try {
      const more = await (await fetch(box.dataset.words)).json();
      for (const item of items) {
        const [, slug] = item.firstChild.pathname.match(/\/g\/[^/]+\/([^/]+)\//);
        known.get(item).push(...(more[slug] || "").split(" "));
      }
      filter();
    } catch { /* without a network titles have to do */ }
  };
  field.addEventListener("focus", fetchWords, {once: true});
  if (field.value) fetchWords();
  addEventListener("pageshow", filter); // a browser that goes back may have kept what was typed
})();
