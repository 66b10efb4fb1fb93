/* The shell of `chargeside serve`: shows the page that was chosen in a frame as wide as a phone, loads it anew when a source was
   saved, and lists what to mend. The page in the frame is the driver's own, byte for byte; nothing is put into it. */
(() => {
  "use strict";
  const at = id => document.getElementById(id);
  const frame = at("frame"), pages = document.getElementsByName("page");
  const asked = { page: "station", code: "", lang: "", slug: "" };
  let state = { edition: -1 }, boot = "", listed = "", place = {}, newest = 0, keep = null, last = "", returned = false;

  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) if (name in asked) asked[name] = value;

  const make = (what, words, name) => {
    const made = document.createElement(what);
    if (words) made.textContent = words;
    if (name) made.className = name;
    return made;
  };
  const option = (value, words) => {
    const made = make("option", words);
    made.value = value;
    return made;
  };

  /* ---- the frame ---- */

  // Null while a page from elsewhere is in the frame.
  const inside = () => {
    try {
      return frame.contentDocument && frame.contentWindow.location.host == location.host ? frame.contentDocument : null;
    } catch (elsewhere) {
      return null;
    }
  };
  const path = () => inside() ? frame.contentWindow.location.pathname + frame.contentWindow.location.search : "";
  const page_of = href => href.replace(/\?.*/, "").replace(/[^/]*-[0-9a-f]{8}\/$/, "");  // without the part that its steps decide

  const go = href => {
    const doc = inside();
    const same = doc && page_of(path()) == page_of(href);
    keep = same && { y: frame.contentWindow.scrollY, open: [...doc.querySelectorAll("[id] > details[open]")].map(one => one.parentNode.id) };
    last = href;
    if (same && path() == href) frame.contentWindow.location.reload();
    else if (doc) frame.contentWindow.location.replace(href);
    else frame.src = href;
  };

  frame.addEventListener("load", () => {
    const doc = inside();
    if (!doc) {  // a link led elsewhere, where the policy of this page lets no frame go
      if (last && !returned) go(last);
      returned = true;
      return;
    }
    returned = false;
    // A phone lays its scroll bar over the page, so none may take width from it here.
    doc.documentElement.style.scrollbarWidth = "none";
    if (keep) {
      for (const id of keep.open) {
        const part = doc.querySelector("#" + CSS.escape(id) + " > details");
        if (part) part.open = true;
      }
      frame.contentWindow.scrollTo(0, keep.y);
      keep = null;
    }
    last = path();
    at("address").textContent = decodeURI(last.replace(/\?.*/, ""));
    at("alone").href = last;
  });

  const show = async anew => {
    const number = ++newest;
    let found;
    try {
      found = await (await fetch("/-/place?" + new URLSearchParams(asked))).json();
    } catch (stopped) {
      return;  // the stream of news says so
    }
    if (number != newest) return;
    place = found;
    if (place.code && asked.page == "station") asked.code = place.code;
    if (place.href || place.href === "" && state.ready) {
      const href = "/" + place.href;
      if (anew || path() != href) go(href);
    }
    tell();
    mark();
    const choice = new URLSearchParams(Object.entries(asked).filter(([, value]) => value)).toString();
    history.replaceState(null, "", "#" + choice);
    if (state.addresses && state.addresses.length) at("qr").src = "/-/qr.svg?" + new URLSearchParams({ choice });
  };

  const tell = () => {
    const told = at("told"), lines = [];
    const many = /station|all/.test(asked.page);
    if ((state.held || []).some(one => !one.slug || many || one.slug == asked.slug)) lines.push(make("span", "The last good version, until the mistakes are mended", "old"));
    if (place.note) lines.push(make("span", place.note, "note"));
    if (place.name) {
      const line = make("span", asked.page == "station" ? "" : "At ");
      line.append(make("b", place.name));
      lines.push(line);
    } else if (place.href && !place.note) lines.push(make("span", "The same at every charger"));
    if (place.kit && !place.note) lines.push(make("span", place.kit, "kit"));
    told.replaceChildren(...lines);
  };

  /* ---- choices ---- */

  const mark = () => {
    for (const one of pages) one.checked = one.value == asked.page;
    if (asked.lang) at("lang").value = asked.lang;
    if (place.kind) at("kit").value = place.kind;
    for (const one of at("guides").querySelectorAll("button")) {
      const current = one.value == asked.slug && /guide|generic/.test(asked.page);
      if (current && one.getAttribute("aria-current") != "true") at("guides").scrollTop = one.parentNode.offsetTop - 80;
      one.setAttribute("aria-current", current);
    }
  };

  const plain = words => words.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  const filter = () => {
    const typed = plain(at("filter").value).split(/\s+/).filter(Boolean);
    const fits = one => typed.every(word => plain(one.title + " " + one.slug + " " + one.category + " " + one.words).includes(word));
    const rows = (state.choices ? state.choices.guides : []).filter(fits).map(one => {
      const row = make("li"), button = make("button", one.title);
      button.type = "button";
      button.value = one.slug;
      button.append(make("span", one.outcome == "danger" ? "Danger · " + one.category : one.category, one.outcome == "danger" ? "kind danger" : "kind"));
      row.append(button);
      return row;
    });
    at("guides").replaceChildren(...(rows.length ? rows : [make("li", "No guide has these words.", "none")]));
    mark();
  };

  const fill = () => {
    const choices = state.choices, now = JSON.stringify(choices);
    if (!choices || now == listed) return;
    listed = now;
    at("kit").replaceChildren(...choices.kits.map(one => option(one.code, one.words + " · " + one.count + (one.count == 1 ? " charger" : " chargers"))));
    at("lang").replaceChildren(...choices.languages.map(one => option(one.code, one.name)));
    if (!choices.languages.some(one => one.code == asked.lang)) asked.lang = choices.languages[0].code;
    filter();
  };

  const choose = changes => {
    Object.assign(asked, changes);
    close();
    return show(false);
  };

  at("kit").addEventListener("change", event => choose({ code: event.target.value }));
  at("lang").addEventListener("change", event => choose({ lang: event.target.value }));
  at("width").addEventListener("change", event => frame.style.width = event.target.value + "px");
  at("theme").addEventListener("change", event => frame.style.colorScheme = event.target.value);
  at("choose").addEventListener("submit", event => event.preventDefault());
  at("filter").addEventListener("input", filter);
  at("guides").addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button) choose({ slug: button.value, page: asked.page == "generic" ? "generic" : "guide" });
  });
  for (const one of pages) one.addEventListener("change", () => {
    asked.page = one.value;
    if (/guide|generic/.test(one.value) && !asked.slug) at("filter").focus();
    else choose({});
  });

  let typing, search = 0;
  at("find").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(async () => {
      const number = ++search, q = at("find").value.trim();
      const found = q ? await (await fetch("/-/find?" + new URLSearchParams({ q }))).json() : [];
      if (number != search) return;
      const rows = found.map(one => {
        const row = make("li"), button = make("button", one.name);
        button.type = "button";
        button.value = one.code;
        button.append(make("span", one.code, "kind"));
        row.append(button);
        return row;
      });
      at("hits").replaceChildren(...(q && !rows.length ? [make("li", "No charger has these words.", "none")] : rows));
    }, 120);
  });
  at("hits").addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    at("find").value = "";
    at("hits").replaceChildren();
    choose({ code: button.value });
  });

  /* ---- on a phone, choices and findings are folded away ---- */

  const parts = { "show-choose": "choose", "show-found": "found" };
  const unfold = id => {
    for (const [button, part] of Object.entries(parts)) {
      const open = button == id && at(button).getAttribute("aria-expanded") != "true";
      at(button).setAttribute("aria-expanded", open);
      at(part).classList.toggle("open", open);
    }
  };
  const close = () => unfold("");
  for (const id of Object.keys(parts)) at(id).addEventListener("click", () => unfold(id));
  addEventListener("keydown", event => event.key == "Escape" && close());

  /* ---- what to mend ---- */

  const finding = one => {
    const box = make("div", "", "finding " + one.severity), head = make("p", "", "head"), mend = make("p", "", "mend");
    head.append(make("b", one.severity[0].toUpperCase() + one.severity.slice(1)), make("code", one.path + (one.line ? ":" + one.line : "")), make("span", one.code, "id"));
    mend.append(make("b", "Mend: "), one.mend);
    box.append(head, make("p", one.message, "what"), mend);
    return box;
  };

  const judge = () => {
    const { findings = [], counts = {}, held = [], more = 0 } = state;
    const here = findings.filter(one => one.saved), elsewhere = findings.filter(one => !one.saved && one.severity != "note");
    const notes = findings.filter(one => !one.saved && one.severity == "note");
    const list = [];
    const fold = (title, some, open) => {
      if (!some.length) return;
      const box = make("details");
      box.open = open;
      box.append(make("summary", title), ...some.map(finding));
      list.push(box);
    };
    if (state.broken) list.push(make("p", state.broken, "bar bad"));
    if (here.length) list.push(make("h3", "In what you saved"), ...here.map(finding));
    else if (state.saved && state.saved.length) list.push(make("p", "Nothing to mend in " + state.saved.join(", ") + ".", "fine"));
    else if (!findings.length && state.findings) list.push(make("p", "Nothing to mend.", "fine"));
    fold((here.length || (state.saved || []).length ? "Elsewhere" : "In all files") + " (" + (elsewhere.length + more) + ")", elsewhere, !here.length);
    fold("Notes (" + notes.length + ")", notes, false);
    if (more) list.push(make("p", "And " + more + " more: `chargeside check` lists them all.", "small"));
    at("list").replaceChildren(...list);
    at("summary").textContent = state.summary || "";
    at("show-found").className = counts.error ? "error" : "";
    at("show-found").firstChild.textContent = counts.error ? counts.error + (counts.error == 1 ? " error" : " errors") : counts.warning ? counts.warning + (counts.warning == 1 ? " warning" : " warnings") : "Fine";
    at("held").hidden = !held.length;
    at("held").textContent = "Until this is mended, pages show the last good version of " + held.map(one => one.path).join(", ") + ".";
  };

  /* ---- news ---- */

  const live = (words, kind) => {
    at("live").textContent = words;
    at("live").className = kind;
  };
  const news = new EventSource("/-/events");
  news.addEventListener("error", () => live("Stopped. Start it again", "off"));
  news.addEventListener("state", event => {
    const before = state;
    state = JSON.parse(event.data);
    const fresh = state.boot != boot || state.edition != before.edition, started = boot && state.boot == boot;
    boot = state.boot;
    if (!state.time) return live("Reading …", "");
    at("operator").textContent = state.operator;
    document.title = (state.counts.error ? "✗ " : "") + "Workshop · " + state.operator;
    live((state.saved.length ? "Saved " : "Read ") + state.time, "on");
    at("reach").hidden = !state.addresses.length;
    at("no-reach").hidden = !!state.addresses.length;
    at("reach-at").textContent = state.addresses.join(" or ");
    judge();
    tell();
    fill();
    if (!state.ready) return;
    if (fresh && started && state.focus && !at("pin").checked) {
      asked.slug = state.focus.slug;
      asked.lang = state.focus.lang || asked.lang;
      if (asked.page != "generic") asked.page = "guide";
      show(true);
    } else if (fresh) {
      // Whoever followed a link stays where they are.
      const wandered = started && last && place.href !== undefined && last != "/" + place.href;
      if (wandered) go(last);
      else show(true);
    }
  });
})();
