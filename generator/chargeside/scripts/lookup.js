/* Looks up what stands on a charger or a sign in the index s/i/, where one file holds all that may be typed with the same hash.
   Stands before the scripts that use it: find.js, and desk/help.js. */
const lookUp = (() => {
  "use strict";

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

  // Letters and digits, those of other scripts too, as ASCII.
  const flat = text => text.normalize("NFKC").replace(/[\u0660-\u0669\u06f0-\u06f9]/g, digit => digit.charCodeAt(0) & 15);

  // The code in an address; else all letters and digits.
  const keyOf = text => (/(?:\/|[?&]s=)(\d{7})(?!\d)/.exec(text) || [])[1] || flat(text).toUpperCase().replace(/[^A-Z0-9]/g, "");

  const look = async (key, root, count) => {
    const answer = await fetch(`${root}s/i/${fileOf(key, count)}.json`);
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  // The chargers that a key stands for: their codes, and the languages that they have pages in below it. An entry holds codes;
  // one that stands for itself is left out. The number behind it names the languages.
  const find = async (key, root, count) => {
    let index = await look(key, root, count);
    // This page may be older than the index.
    if (index.of != count) index = await look(key, root, index.of);
    return (index.ids[key] || "").split(" ").filter(Boolean).map(entry => ({
      code: entry.length > 7 ? entry.slice(0, 7) : key,
      langs: index.langs[entry.slice(entry.length > 7 ? 7 : 0)].split(" "),
    }));
  };

  return {isRight, flat, keyOf, find};
})();
