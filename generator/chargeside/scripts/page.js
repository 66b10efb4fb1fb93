// On every page but a station's own: takes the station along from the address or from the page before, so that links keep
// it, the way back to it shows, and whoever calls can read out its number. What it reads is shown only if it is digits.
(() => {
  const d = document, html = d.documentElement, root = html.dataset.root;
  const all = (what) => d.querySelectorAll(what);
  const query = new URLSearchParams(location.search);
  const before = /\/(\d{7})\/(\w*)/.exec(d.referrer.split(location.origin)[1]) || [];
  const asked = /^\d{7}$/.test(query.get("s"));
  const s = asked ? query.get("s") : before[1];
  // A station's first language has no folder of its own.
  const inside = asked ? query.has("l") : before[2];
  const problem = query.get("p");
  let what = "";
  for (const item of all("[data-p]"))
    if (item.dataset.p == problem) {
      item.hidden = item.parentNode.hidden = false;
      what = item.textContent;
    }
  if (!s) return;
  for (const a of all("a[href]")) {
    const [path, hash = ""] = a.getAttribute("href").split(/(?=#)/);
    if (path.startsWith(root) && /^(g|s|ok|call|fake)\//.test(path.slice(root.length)))
      a.href = path + (path.includes("?") ? "&" : "?") + "s=" + s + (inside ? "&l=1" : "") + hash;
  }
  for (const e of all("[data-s]")) e.textContent = s;
  for (const a of all(".mail")) a.href += encodeURIComponent(s + "\r\n" + what);
  for (const a of all(".back")) {
    a.href = root + s + "/" + (inside ? html.lang + "/" : "");
    a.hidden = false;
  }
})();
