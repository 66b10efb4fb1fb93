/* The help desk, on desk/<lang>/: finds the charger in what a driver said or sent, and shows the driver's own page of it in a frame
   as wide as a phone, with a list of its problems beside it.

   What is done here is no driver's visit. So that a server's log can tell it from one, every page is asked for from here: the
   Referer of such a request is the desk. Clicks in the frame are caught, and the frame is sent on from outside. */
(() => {
  "use strict";
  const at = id => document.getElementById(id);
  const html = document.documentElement, root = new URL(html.dataset.root, location).pathname;
  const form = at("desk"), field = at("given"), said = at("said"), frame = at("frame"), languages = at("lang"), list = at("problems");
  const words = JSON.parse(at("words").textContent); // by language: what stands before a number, and headings, in a message
  let turn = 0, step = 0;
  let shown = null; // the charger: its code, the language without a folder, and its pages by language

  const make = (what, text, lang) => {
    const made = document.createElement(what);
    made.textContent = text;
    if (lang && lang != html.lang) made.lang = lang;
    return made;
  };
  const trim = text => text.replace(/\u00ad/g, "").replace(/\s+/g, " ").trim();
  const plain = text => trim(lookUp.flat(text)).toLowerCase();
  const text = element => element ? trim(element.textContent) : "";
  const say = (name, ...more) => {
    said.textContent = "";
    if (name) said.append(at("say-" + name).content.cloneNode(true), ...more);
    field.setAttribute("aria-invalid", /empty|wrong|digits|none/.test(name));
  };
  const below = href => new URL(href, location).pathname.slice(root.length);

  /* ---- what was given ---- */

  const isCode = key => /^\d{7}$/.test(key);
  const escaped = stem => stem.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
  const behind = (stems, rest) => new RegExp("(?:^|\\n)[^\\S\\n]*(?:" + stems.map(escaped).join("|") + ")\\s*:?\\s*" + rest, "giu");
  const all = (pattern, given) => [...given.matchAll(pattern)].map(match => match[1]);

  // An address of this site: its charger, its language, its problem, and the page itself where it is none of a charger.
  const linked = given => {
    const found = {codes: [], lang: "", slug: "", page: ""};
    for (const link of given.match(/[^\s<>"']*\/[^\s<>"']*/g) || []) {
      const own = /\/(\d{7})(?!\d)(?:\/([a-z]{2,3}(?:-\w+)*)(?=[\/#?]|$))?/.exec(link) || [];
      const other = /(?:^|\/)(g|s|ok|call|fake)\/([a-z]{2,3}(?:-\w+)*)\/(?:([\w-]+)\/)?([\w-]+\/)?/.exec(link);
      const from = /[?&]s=(\d{7})(?!\d)/.exec(link);
      const code = from ? from[1] : own[1];
      if (!code) continue;
      found.codes.push(code);
      found.lang = other ? other[2] : own[2] || "";
      found.slug = (/[?&]p=([\w-]+)/.exec(link) || /#([\w-]+)/.exec(link) || [])[1] || "";
      if (other && other[1] == "g" && other[3]) {
        found.slug = other[3];
        found.page = other[0].replace(/^\//, "");
      }
      found.first = !other && !own[2];
    }
    return found;
  };

  // Keys to look up, the surest first, and what else a message tells: `lang`, or the languages that it may be in.
  const decode = given => {
    const flat = lookUp.flat(given), link = linked(flat), bare = flat.replace(/\S*\/\S*/g, " ");
    const score = Object.entries(words).map(([lang, stems]) => ({
      lang, fits: [...stems.charger, ...stems.code, ...stems.heads].filter(stem => behind([stem], "").test(bare)).length,
    }));
    const best = Math.max(...score.map(one => one.fits));
    const likely = score.filter(one => one.fits == best).map(one => one.lang);
    const every = kind => [...new Set(Object.values(words).flatMap(stems => stems[kind]))];
    const digits = all(/(?:^|[^\d+])(\d{3}[ -]?\d{4})(?!\d)/g, bare).map(lookUp.keyOf);
    const ids = [...all(/EVSE[ -]?ID[^:\n]*[:\n]\s*(\S+)/gi, bare), ...all(/\b([A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{2,})/gi, bare)];
    const numbers = all(behind([...every("code"), ...every("charger")], "([^\\n,]{1,48})"), bare);
    const whole = link.codes.length || flat.trim().length > 48 ? "" : lookUp.keyOf(flat);
    const codes = [...link.codes, ...digits, ...[whole].filter(isCode)];
    const keys = [...codes.filter(lookUp.isRight), ...[...ids, ...numbers].map(lookUp.keyOf), whole].filter(key => key && (!isCode(key) || lookUp.isRight(key)));
    return {
      ...link, keys: [...new Set(keys)],
      likely: best && likely.length < score.length ? likely : [],
      slip: codes.some(code => !lookUp.isRight(code)),
      count: /^\d{5,9}$/.test(whole),
      told: /\p{L}{4}/u.test(bare) && /\s/.test(bare.trim()) ? plain(bare) : "",
    };
  };

  // The problem that a message names, by the titles of all guides in the languages it may be in.
  const named = async asked => {
    const tried = [...asked.likely, ...Object.keys(words).filter(lang => !asked.likely.includes(lang))];
    for (const lang of asked.told ? tried : []) {
      const {doc} = await get(root + "g/" + lang + "/all/");
      const titles = [...doc.querySelectorAll("[data-w] > a")].map(link => ({
        slug: slugOf(link.getAttribute("href")), title: plain(link.firstElementChild.firstChild.textContent),
      }));
      const found = titles.filter(one => (" " + asked.told + " ").includes(" " + one.title + " ")).sort((a, b) => b.title.length - a.title.length)[0];
      if (found) return {lang, slug: found.slug};
      if (asked.likely.length && lang == asked.likely[asked.likely.length - 1]) break;
    }
    return {};
  };

  /* ---- pages ---- */

  const slugOf = href => (/(?:^|\/)g\/[\w-]+\/([\w-]+)\//.exec(href) || [])[1];

  // Asked for here before the frame goes there: so what does not exist never gets into it, nor a page that leads on by itself.
  const get = async (href, moves = 3) => {
    const answer = await fetch(href);
    if (!answer.ok || !moves) throw new Error(href);
    // The policy of this page would complain of a style that is never used.
    const read = (await answer.text()).replace(/<style>[^]*?<\/style>/, ""), doc = new DOMParser().parseFromString(read, "text/html");
    const moved = doc.querySelector("meta[http-equiv=refresh]");
    const there = new URL(href, location);
    return moved ? get(new URL(moved.content.split("url=")[1], there).href, moves - 1) : {href: there.pathname + there.search, doc};
  };

  // Null before there is a page, and for one of somebody else's.
  const inside = () => {
    try {
      return /^http/.test(frame.contentWindow.location.protocol) ? frame.contentDocument : null;
    } catch (elsewhere) {
      return null;
    }
  };

  const go = async href => {
    const url = new URL(href, location), mine = ++step;
    try {
      const now = inside() && frame.contentWindow.location;
      if (!now || now.pathname + now.search != url.pathname + url.search) url.href = new URL((await get(url.pathname + url.search)).href + url.hash, location).href;
    } catch (missing) {
      return say("gone");
    }
    if (mine != step) return;
    const stays = inside() && url.hash && frame.contentWindow.location.href == url.href; // of this, the frame tells nothing
    frame.contentWindow.location.assign(url.href);
    if (stays) arrive();
  };

  const pathIn = lang => root + shown.code + "/" + (lang == shown.first ? "" : lang + "/");
  const docIn = async lang => {
    if (!shown.docs[lang]) shown.docs[lang] = (await get(pathIn(lang))).doc;
    return shown.docs[lang];
  };
  const keepsCode = href => href + "?s=" + shown.code + (languages.value == shown.first ? "" : "&l=1");

  // A guide as it reads at this charger: on its page, on a page of its own, or the one for every charger.
  const open = async slug => {
    const code = shown.code, lang = languages.value;
    try {
      const doc = await docIn(lang), here = doc.getElementById(slug);
      if (here && here.classList.contains("g")) return go(pathIn(lang) + "#" + slug);
      const to = (page, wanted) => [...page.querySelectorAll("a[href]")].map(link => link.getAttribute("href")).find(href => slugOf(href) == wanted);
      const every = to(doc, "all"), absolute = (href, from) => new URL(href, new URL(from, location)).pathname;
      let href = to(doc, slug);
      if (href) href = absolute(href, pathIn(lang));
      else if (every) {
        const page = await get(absolute(every, pathIn(lang)));
        href = to(page.doc, slug);
        if (href) href = absolute(href, page.href);
      }
      if (shown.code == code) go(keepsCode(href || root + "g/" + lang + "/" + slug + "/"));
    } catch (missing) {
      say("gone");
    }
  };

  /* ---- the charger beside the frame ---- */

  const tell = doc => {
    const lang = doc.documentElement.lang, one = what => doc.querySelector(what), many = what => [...doc.querySelectorAll(what)];
    const rows = many(".handoff > *").slice(2).map(row => make(row.tagName, text(row), lang)); // its number stands above
    const part = (heading, items) => {
      if (items.length) rows.push(make("dt", text(one(heading)), lang), make("dd", [...new Set(items)].join(" · "), lang));
    };
    part("#s-plugs", many(".plug").map(plug => [...plug.querySelectorAll("h3, h3 + p")].map(text).join(", ")));
    part("#s-pay", many(".ways li > span").map(text));
    at("facts").replaceChildren(...rows);
    at("name").replaceChildren(make("span", many(".plate").map(text).join(" · ")));
    at("place").replaceChildren(make("span", text(one(".place p")), lang));
    at("notices").replaceChildren(...many(".notice, main > .note").map(notice => make("p", text(notice), lang)));
    at("aloud").textContent = at("aloud").dataset.host + "/" + shown.code;

    const guides = new Map();
    const add = (slug, title, kind) => slug && guides.set(slug, {title, kind: kind || (guides.get(slug) || {}).kind || ""});
    for (const key of many(".key")) add((/#(.+)/.exec(key.getAttribute("href")) || [])[1] || slugOf(key.getAttribute("href")), text(key));
    for (const guide of many(".g")) add(guide.id, text(guide.querySelector("h3")), guide.className);
    for (const link of many(".guides + .rows a")) if (!/^(all|codes)$/.test(slugOf(link.getAttribute("href")))) add(slugOf(link.getAttribute("href")), text(link));
    list.replaceChildren(...[...guides].map(([slug, {title, kind}], index) => {
      const row = make("li", ""), button = make("button", title, lang);
      button.type = "button";
      button.value = slug;
      if (index < 9) button.setAttribute("aria-keyshortcuts", index + 1);
      if (/warn/.test(kind)) row.className = "danger";
      row.append(button);
      return row;
    }));
    at("of-problems").hidden = !guides.size;
  };

  const choose = asked => {
    languages.replaceChildren(...shown.langs.map(lang => {
      const choice = make("option", words[lang] ? words[lang].name : lang);
      choice.value = choice.lang = lang;
      return choice;
    }));
    languages.value = shown.langs.includes(asked) ? asked : shown.first;
  };

  // Reads the charger's page, and says what is known of it in the language of the desk where it has a page in it.
  const meet = async code => {
    const {href, doc} = await get(root + code + "/");
    const first = doc.documentElement.lang, others = [...doc.querySelectorAll("link[rel=alternate][hreflang]")].map(link => link.hreflang);
    const met = {code: /(\d{7})\/$/.exec(href)[1], first, langs: [...new Set([first, ...others])], docs: {[first]: doc}};
    if (met.first != html.lang && met.langs.includes(html.lang)) met.docs[html.lang] = (await get(root + met.code + "/" + html.lang + "/")).doc;
    return met;
  };

  const known = is => {
    for (const part of document.querySelectorAll(".known")) part.hidden = !is;
    at("blank").hidden = is;
  };

  const put = (met, lang) => {
    shown = met;
    choose(lang);
    tell(shown.docs[html.lang] || shown.docs[shown.first]);
    known(true);
  };

  const show = async (code, asked, mine) => {
    const found = asked.slug ? {} : await named(asked).catch(() => ({}));
    const met = await meet(code);
    if (mine != turn) return;
    // A link without a language is in the charger's first one; a message that names none is taken to be so too.
    put(met, asked.first ? met.first : asked.lang || found.lang || (asked.likely.length == 1 ? asked.likely[0] : met.first));
    const slug = asked.slug || found.slug;
    const buttons = [...list.querySelectorAll("button")], meant = buttons.find(one => one.value == slug), button = meant || buttons[0];
    say("");
    said.append([met.code, text(languages.selectedOptions[0]), text(meant)].filter(Boolean).join(" · "));
    field.scrollTop = 0;
    (button || languages).focus();
    const page = asked.page && await get(root + asked.page).catch(() => null);
    if (page) return go(keepsCode(page.href));
    // What a link has behind # need not be a guide, and a guide may be gone.
    const known = slug && await get(root + "g/" + languages.value + "/" + slug + "/").catch(() => null);
    if (known) open(slug);
    else go(pathIn(languages.value));
  };

  const fail = (name, ...more) => {
    known(false);
    shown = null;
    say(name, ...more);
    field.focus();
  };

  const find = async () => {
    const asked = decode(field.value), mine = ++turn;
    if (!asked.keys.length) return fail(asked.slip ? "wrong" : "empty");
    say("busy");
    try {
      for (const key of asked.keys) {
        const found = await lookUp.find(key, root, Number(form.dataset.files));
        if (mine != turn) return;
        if (found.length == 1) return await show(found[0].code, asked, mine);
        if (found.length) {
          return fail("several", ...found.map(({code}) => {
            const button = make("button", code);
            button.type = "button";
            button.addEventListener("click", () => show(code, asked, ++turn).catch(() => fail("later")));
            return button;
          }));
        }
      }
      fail(asked.slip ? "wrong" : asked.count ? "digits" : "none");
    } catch (error) {
      if (mine == turn) fail("later");
    }
  };

  /* ---- the frame ---- */

  const stop = event => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const clicked = event => {
    const link = event.target.closest("a[href]");
    if (event.target.closest("#keep button")) {
      stop(event); // this is no driver's phone
      say("phone");
    }
    if (!link || link.getAttribute("href")[0] == "#" && event.type == "click" && !event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    stop(event);
    const {origin, pathname, href} = new URL(link.href);
    if (origin == location.origin && pathname.startsWith(root)) go(href);
    else say("phone");
  };

  const asks = event => {
    const typed = event.target.elements.number;
    stop(event);
    field.value = typed ? typed.value : "";
    find();
  };

  // Where the frame is: marks the problem, tells what address to send, and learns of another charger that a link led to.
  const arrive = async () => {
    const doc = inside();
    if (!doc) return;
    const {pathname, hash} = frame.contentWindow.location;
    const path = below(pathname), [, code, lang] = /^(\d{7})\/(?:([\w-]+)\/)?$/.exec(path) || [];
    if (code && !(shown && shown.code == code)) {
      const mine = ++turn, met = await meet(code).catch(() => null);
      if (!met || mine != turn) return;
      put(met, lang || met.first);
    } else if (code) languages.value = lang || shown.first;
    if (!shown) return;
    const slug = code ? hash.slice(1) : slugOf(path);
    for (const one of list.querySelectorAll("button")) one.setAttribute("aria-current", one.value == slug);
    const guide = code && doc.getElementById(slug);
    // A driver who opens a page that counts answers would be counted.
    at("address").value = form.dataset.site + (slugOf(path) ? keepsCode(path) : below(pathIn(languages.value)) + (guide && guide.classList.contains("g") ? hash : ""));
    at("copied").textContent = "";
  };

  frame.addEventListener("load", () => {
    const doc = inside();
    if (!doc) return;
    doc.documentElement.style.scrollbarWidth = "none"; // a phone lays its scroll bar over the page
    for (const kind of ["click", "auxclick"]) doc.addEventListener(kind, clicked, true);
    doc.addEventListener("submit", asks, true);
    doc.addEventListener("keydown", escape);
    frame.contentWindow.addEventListener("hashchange", arrive);
    arrive();
  });

  /* ---- keys and buttons ---- */

  const escape = event => {
    if (event.key != "Escape") return;
    field.focus();
    field.select();
  };

  document.addEventListener("keydown", escape);
  form.addEventListener("submit", event => {
    event.preventDefault();
    find();
  });
  field.addEventListener("keydown", event => {
    if (event.key != "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    find();
  });
  field.addEventListener("paste", () => setTimeout(find));
  field.addEventListener("input", () => {
    turn++;
    say("");
  });
  languages.addEventListener("change", () => {
    const current = list.querySelector("[aria-current=true]");
    if (current) open(current.value);
    else go(pathIn(languages.value));
  });
  list.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button) open(button.value);
  });
  // Only while a problem has the focus, so that nothing happens to whoever types elsewhere.
  list.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const buttons = [...list.querySelectorAll("button")], now = buttons.indexOf(document.activeElement);
    const to = {ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: buttons.length - 1}[event.key];
    const nth = /^[1-9]$/.test(event.key) && buttons[event.key - 1];
    if (!nth && !(to in buttons)) return;
    event.preventDefault();
    (nth || buttons[to]).focus();
    if (nth) nth.click();
  });
  at("copy").addEventListener("click", async () => {
    const address = at("address"), copied = at("copied");
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
      copied.textContent = copied.dataset.done;
    } catch (refused) {
      copied.textContent = copied.dataset.self; // the text is selected
    }
  });
  at("towns").addEventListener("click", () => {
    at("stage").hidden = false;
    at("blank").hidden = true;
    go(root + "s/" + html.lang + "/");
  });

  // A call centre's own program may open desk/#1717395: what stands behind # is sent to no server.
  const given = () => {
    try {
      field.value = decodeURIComponent(location.hash.slice(1)) || field.value;
    } catch (torn) {
      return;
    }
    if (location.hash) find();
  };
  for (const part of document.querySelectorAll(".script")) part.hidden = false;
  for (const plain of document.querySelectorAll(".no-script")) plain.hidden = true;
  addEventListener("hashchange", given);
  field.focus();
  given();
})();
