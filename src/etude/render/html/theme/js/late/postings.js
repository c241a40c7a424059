/* The index of the search, language by language: its scripts, loaded as they are needed and kept, and what they
   hold. `render/search/postings.py` says how postings are written, `shards.py` how they are cut. */
let match;
const WORTH = [1, 1.3, 3, 3.6, 4.2, 5, 9, 10];
const SECTIONS = 4096;
const RANGE = 4;

const base = etude.own.replace(/etude\.js(?:[?#].*)?$/, "search/");
const given = new Map();
const wanted = new Map();
etude.shelf = (name, data) => { given.set(name, data); };
const load = (path, name) => {
  if (!wanted.has(path)) wanted.set(path, new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = base + path;
    script.onload = () => { script.remove(); resolve(given.get(name)); given.delete(name); };
    script.onerror = () => { script.remove(); wanted.delete(path); reject(new Error(path)); };
    document.head.append(script);
  }));
  return wanted.get(path);
};

const order = (a, b) => {
  for (let i = 0; ; i++) {
    const x = a.codePointAt(i) ?? -1;
    const y = b.codePointAt(i) ?? -1;
    if (x !== y) return x - y;
    if (x < 0) return 0;
  }
};
const lastNotAfter = (list, key) => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(list[middle], key) <= 0) low = middle + 1; else high = middle;
  }
  return low - 1;
};
const lines = (text) => text ? text.split("\n") : [];
const names = (text) => text.match(/.{10}/g) ?? [];
const VALUES = [];
for (let code = 0x20, value = 0; code < 0x7f; code++) if (code !== 0x22 && code !== 0x5c) VALUES[code] = value++;

class Index {
  constructor(language, root) {
    this.language = language;
    this.first = lines(root.keys);
    this.keyed = names(root.keyed);
    this.firstWords = lines(root.words);
    this.listed = names(root.listed);
    this.texts = names(root.texts);
    this.starts = [0];
    for (const units of root.units) this.starts.push(this.starts.at(-1) + units);
    this.shards = [];
    this.decoded = new Map();
    this.read = new Map();
  }
  script(name) { return load(this.language + "/" + name + ".js", name); }
  async keys(number) {
    if (!this.shards[number]) {
      const found = lines(await this.script(this.keyed[number]));
      const shard = new Map();
      for (let i = 0; i < found.length; i += 2) shard.set(found[i], found[i + 1]);
      this.shards[number] = shard;
    }
    return this.shards[number];
  }
  /* Sections of a key, each with its weight. */
  places(key, text) {
    let found = this.decoded.get(key);
    if (found) return found;
    found = new Map();
    let unit = -1;
    let gap = -1;
    let section = 0;
    for (let i = 0; i < text.length; i++) {
      const value = VALUES[text.charCodeAt(i)];
      if (value >= 64) { gap = gap < 0 ? value - 64 : gap * 29 + value - 64; continue; }
      if (gap >= 0) { unit += gap + 1; gap = section = -1; }
      if (value >> 3 === 7) section += 7;
      else { section += (value >> 3) + 1; found.set(unit * SECTIONS + section, WORTH[value & 7]); }
    }
    this.decoded.set(key, found);
    return found;
  }
  async exact(key) {
    const number = lastNotAfter(this.first, key);
    const text = number < 0 ? undefined : (await this.keys(number)).get(key);
    return text === undefined ? new Map() : this.places(key, text);
  }
  shardsOf(prefix) { return lastNotAfter(this.first, prefix + "\u{10ffff}") - Math.max(0, lastNotAfter(this.first, prefix)) + 1; }
  has(key) { return !!this.shards[lastNotAfter(this.first, key)]; }
  /* Keys that begin with a text, of a few shards from that of `near` on. */
  async* beginning(prefix, near = prefix, most = RANGE) {
    const from = Math.max(0, lastNotAfter(this.first, near));
    const low = Math.max(0, lastNotAfter(this.first, prefix));
    const high = lastNotAfter(this.first, prefix + "\u{10ffff}");
    const numbers = [];
    for (let number = from; number <= high && numbers.length < most; number++) numbers.push(number);
    for (let number = from - 1; number >= low && numbers.length < most; number--) numbers.push(number);
    for (const shard of await Promise.all(numbers.map((number) => this.keys(number))))
      for (const [key, text] of shard) if (key.startsWith(prefix)) yield [key, text];
  }
  /* Every word, or those that begin as `like` does. */
  async* words(like = "") {
    const from = like ? Math.max(0, lastNotAfter(this.firstWords, like)) : 0;
    const to = like ? lastNotAfter(this.firstWords, like + "\u{10ffff}") : this.listed.length - 1;
    const numbers = [];
    for (let number = from; number <= to; number++) numbers.push(number);
    for (const shard of await Promise.all(numbers.map((number) => this.script(this.listed[number])))) yield* lines(shard);
  }
  async section(id) {
    if (this.read.has(id)) return this.read.get(id);
    const unit = Math.floor(id / SECTIONS);
    let number = 0;
    while (this.starts[number + 1] <= unit) number++;
    const [address, pageNumber, pageTitle, above, sections] = (await this.script(this.texts[number]))[unit - this.starts[number]];
    const [place, own, title, pieces] = sections[id % SECTIONS];
    const flats = [title, ...pieces.map((piece) => piece.slice(1))].map(match.flat);
    const found = { index: this, id: place, address, pageNumber, pageTitle, above, number: own, title, pieces, flats, flat: flats.join("\n") };
    this.read.set(id, found);
    return found;
  }
}
const indexes = {};
const open = (language, again = "") => {
  indexes[language] ??= Promise.all([load(language + "/root.js" + again, language), etude.late("match")]).then(([root, loaded]) => {
    match = loaded;
    return new Index(language, root);
  });
  indexes[language].catch(() => { delete indexes[language]; });
  return indexes[language];
};
/* As it is now: a site that was published anew has other scripts, and its root tells which. */
const reopen = (language) => {
  delete indexes[language];
  return open(language, "?" + Date.now());
};

etude.postings = { RANGE, open, reopen };
