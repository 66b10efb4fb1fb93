/* Find a charger, on s/<lang>/ and on the 404 page: takes the code of a sign, an EVSE ID, a number that only one charger has,
   or a pasted address of this site. A slip in a code is found here (check digit); all else is looked up by lookup.js.
   What was typed is never shown again as HTML. */
(() => {
  "use strict";
  const form = document.getElementById("find");
  const field = form.elements.number, said = document.getElementById("find-said");
  const html = document.documentElement, root = html.dataset.root;
  const missing = "missing" in form.dataset; // the 404 page
  let turn = 0;

  const say = (name, ...more) => {
    said.textContent = "";
    if (name) said.append(document.getElementById("find-" + name).content.cloneNode(true), ...more);
    field.setAttribute("aria-invalid", /empty|wrong|digits|none/.test(name));
  };

  // In the reader's language, where the charger has a page in it.
  const pathOf = ({code, langs}) => {
    const lang = (missing && /\/\d{7}\/([\w-]+)\//.exec(location.pathname) || [])[1] || html.lang;
    return root + code + "/" + (langs.includes(lang) ? lang + "/" : "");
  };

  const find = async text => {
    const key = lookUp.keyOf(text), mine = ++turn, digits = /^\d+$/.test(key);
    if (!key) return say("empty");
    if (/^\d{7}$/.test(key) && !lookUp.isRight(key)) return say("wrong");
    say("busy");
    let found;
    try {
      found = (await lookUp.find(key, root, Number(form.dataset.files))).map(one => ({code: one.code, path: pathOf(one)}));
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
