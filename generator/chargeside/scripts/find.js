/* Find a charger, on s/<lang>/ and on the 404 page: takes the code of a sign, an EVSE ID, a number that only one charger has,
   or a pasted address of this site. A slip in a code is found here (check digit); all else is looked up in one file of the
   index s/i/. What was typed is never shown again as HTML. */
(() => {
  "use strict";
  const form = document.getElementById("find");
  const field = form.elements.number, said = document.getElementById("find-said");
  const html = document.documentElement, root = html.dataset.root;
  const missing = "missing" in form.dataset; // the 404 page
  let turn = 0;

  // H. M. Damm's table, as in model/codes.py: with a right check digit, a code ends in 0.
  const DAMM = "0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790";
  const isRight = code => [...code].reduce((interim, digit) => DAMM[interim * 10 + Number(digit)], 0) == 0;

  // By its CRC-32, as in plan/driver_index.py.
  const fileOf = (key, count) => {
    let crc = -1;
    for (const letter of key) {
      crc ^= letter.charCodeAt(0);
      for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 && 0xedb88320);
    }
    return (~crc >>> 0) % count;
  };

  // The code in an address; else letters and digits, those of other scripts too.
  const keyOf = text => (/(?:\/|[?&]s=)(\d{7})(?!\d)/.exec(text) || [])[1] || text.normalize("NFKC")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, digit => digit.charCodeAt(0) & 15)
    .toUpperCase().replace(/[^A-Z0-9]/g, "");

  const say = (name, ...more) => {
    said.textContent = "";
    if (name) said.append(document.getElementById("find-" + name).content.cloneNode(true), ...more);
    field.setAttribute("aria-invalid", /empty|wrong|digits|none/.test(name));
  };

  const look = async (key, count) => {
    const answer = await fetch(`${root}s/i/${fileOf(key, count)}.json`);
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  // An entry holds codes; one that stands for itself is left out. The number behind it names the languages it has pages in.
  const addresses = (key, index) => (index.ids[key] || "").split(" ").filter(Boolean).map(entry => {
    const code = entry.length > 7 ? entry.slice(0, 7) : key;
    const langs = index.langs[entry.slice(entry.length > 7 ? 7 : 0)].split(" ");
    const lang = (missing && /\/\d{7}\/([\w-]+)\//.exec(location.pathname) || [])[1] || html.lang;
    return {code, path: root + code + "/" + (langs.includes(lang) ? lang + "/" : "")};
  });

  const find = async text => {
    const key = keyOf(text), mine = ++turn, digits = /^\d+$/.test(key);
    if (!key) return say("empty");
    if (/^\d{7}$/.test(key) && !isRight(key)) return say("wrong");
    say("busy");
    let found;
    try {
      let count = Number(form.dataset.files), index = await look(key, count);
      // This page may be older than the index.
      if (index.of != count) index = await look(key, index.of);
      found = addresses(key, index);
    } catch (error) {
      // A code is an address already. The 404 page would lead back to itself.
      if (/^\d{7}$/.test(key) && !missing) found = [{path: root + key + "/"}];
    }
    if (mine != turn) return;
    if (!found) say("later");
    else if (found.length > 1) {
      say("several", ...found.map(({code, path}) => {
        const link = document.createElement("a");
        link.href = path;
        link.textContent = code;
        return link;
      }));
    } else if (found.length && new URL(found[0].path, location).pathname != location.pathname) {
      say("");
      location[given ? "replace" : "assign"](found[0].path); // going back must not lead here and on again
    } else say(digits && key.length > 4 && key.length < 10 && key.length != 7 ? "digits" : "none");
  };

  form.hidden = false;
  for (const plain of document.querySelectorAll(".no-script")) plain.hidden = true;
  form.addEventListener("submit", event => {
    event.preventDefault();
    field.focus();
    find(field.value);
  });
  field.addEventListener("input", () => {
    turn++;
    say("");
  });
  const given = missing
    ? (/\/(\d{5,9})(?=\/|$)/.exec(location.pathname) || [])[1]
    : new URLSearchParams(location.search).get("q");
  if (given) find(field.value = given.slice(0, field.maxLength));
})();
