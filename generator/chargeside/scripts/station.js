// On a station's page: offers the phone's own language at the top, when the driver comes from a scan and not from another
// page of ours. Nothing is remembered on the phone. A notice whose time is over goes.
(() => {
  const d = document, offer = d.getElementById("offer");
  for (const e of d.querySelectorAll("[data-until]"))
    if (Date.parse(e.dataset.until) < Date.now()) e.remove();
  if (!offer || d.referrer.startsWith(location.origin + "/")) return;
  for (const tag of navigator.languages) {
    const main = tag.split("-")[0];
    if (main == d.documentElement.lang.split("-")[0]) return;
    for (const link of d.querySelectorAll(".langs a"))
      if (link.lang.split("-")[0] == main) {
        offer.append(link.cloneNode(true));
        offer.hidden = false;
        return;
      }
  }
})();
