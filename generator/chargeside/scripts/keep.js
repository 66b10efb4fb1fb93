// On a station's page: the button that keeps this help on the phone and takes it away again. sw.js does it, and brings up to
// date what is kept. Nothing is stored before the button is pressed, unless the operator chose `auto`; and never in a
// frame: that is the help desk's.
(() => {
  const d = document, box = d.getElementById("keep"), workers = navigator.serviceWorker;
  if (!box || !workers || !self.caches) return;
  const [button, told] = box.children, words = box.dataset, ask = button.textContent;
  const path = location.pathname, root = new URL(d.documentElement.dataset.root, location).pathname;
  let kept, busy;
  const show = (is, text) => {
    kept = is;
    busy = box.hidden = false;
    button.textContent = is ? words.remove : ask;
    told.textContent = text;
  };
  button.onclick = async () => {
    if (busy) return;
    busy = true;
    told.textContent = kept ? "" : words.saving;
    const {port1, port2} = new MessageChannel();
    const answer = new Promise((done) => (port1.onmessage = done));
    let fine;
    try {
      const at = await workers.register(root + "sw.js");
      (at.installing || at.waiting || at.active).postMessage([kept ? "drop" : "keep", path], [port2]);
      fine = (await answer).data;
    } catch (blocked) {}
    show(!kept && fine, words[kept ? "removed" : fine ? "kept" : "failed"]);
  };
  caches.match(path, {cacheName: "chargeside " + root}).then((found) => {
    if (found) show(true, words.kept);
    else if (!(navigator.connection || {}).saveData) {
      show(false, "");
      if (words.how == "auto" && self == top) d.readyState == "complete" ? button.click() : addEventListener("load", button.onclick);
    }
  }).catch(() => 0);
})();
