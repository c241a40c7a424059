/* The search itself: a query's terms in the index (`postings.js`), and the sections that have all of them.
   `etude.find(query, { languages, limit })` promises the best. */
let match;
let postings;
const BATCH = 8;

/* -- terms --------------------------------------------------------------------------------------- */
const both = (one, other) => {
  const found = new Map();
  for (const [id, worth] of one) if (other.has(id)) found.set(id, Math.min(worth, other.get(id)));
  return found;
};
const best = (into, from, quality) => {
  for (const [id, worth] of from) if (!(into.get(id) >= worth * quality)) into.set(id, worth * quality);
};

/* Sections that may have a run: pairs of its characters, those first that share none and are at hand. */
const runPlaces = async (index, run, terms) => {
  const letters = [...run];
  if (letters.length === 1) {
    const found = new Map();
    /* In a large book a frequent character fills many scripts: the first of them are enough to begin with. */
    terms.partly ||= !terms.all && index.shardsOf(run) > postings.RANGE;
    const most = terms.all ? Infinity : terms.partly ? 2 : postings.RANGE;
    for await (const [key, text] of index.beginning(run, run, most)) best(found, index.places(key, text), 1);
    return found;
  }
  const pairs = letters.slice(1).map((letter, i) => letters[i] + letter);
  const apart = pairs.filter((_, i) => i % 2 === 0 || i === pairs.length - 1);
  const at = apart.filter((pair) => index.has(pair));
  const rest = apart.filter((pair) => !at.includes(pair));
  let found;
  for (const pair of [...at, ...rest]) {
    if (found && found.size <= BATCH && !index.has(pair)) break;
    const places = await index.exact(pair);
    found = found ? both(found, places) : places;
    if (!found.size) return found;
  }
  for (const pair of pairs) if (index.has(pair)) found = both(found, await index.exact(pair));
  return found;
};

/* A word: as it is, as a beginning, with another ending, and if there is none of these, with errors of typing. */
const wordPlaces = async (index, word, terms) => {
  const found = new Map();
  const take = (key, text, quality) => { terms.found.add(key); best(found, index.places(key, text), quality); };
  if (word.length < 2 || /^\d+$/.test(word)) {
    best(found, await index.exact(word), 1);
    terms.found.add(word);
    return found;
  }
  const root = match.stem(word);
  for await (const [key, text] of index.beginning(root, word)) {
    if (key === word) take(key, text, 1);
    else if (match.stem(key) === root) take(key, text, .85);
    else if (key.startsWith(word)) take(key, text, .8 * (.5 + .5 * word.length / key.length));
  }
  const most = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
  if (found.size || !most) return found;
  let near = [];
  let least = most;
  for await (const key of index.words(index.listed.length > 4 ? word[0] : "")) {
    /* An error in what was typed so far of a longer word counts, too. */
    const cut = key.length > word.length + most ? key.slice(0, word.length) : key;
    const count = Math.min(match.typos(word, key, least), cut === key ? most + 1 : match.typos(word, cut, least));
    if (count < least) { least = count; near = []; }
    if (count === least) near.push(key);
  }
  for (const meant of new Set(near.slice(0, 24).map(match.stem)))
    for await (const [key, text] of index.beginning(meant))
      if (match.stem(key) === meant) take(key, text, near.includes(key) ? .5 : .45);
  return found;
};

/* What was typed, piece by piece: quoted texts stay whole. */
const atoms = (query) => [...query.matchAll(/["“”„]([^"“”„]+)["“”„]|([^\s"“”„]+)/gu)].map(([, quoted, bare]) => {
  const text = match.flat(quoted ?? bare);
  return { text, quoted: !!quoted, runs: match.runs(text), words: match.words(text) };
}).filter((atom) => atom.runs.length || atom.words.length);

const intersected = async (maps) => {
  let found;
  for (const map of maps) {
    const places = await map();
    found = found ? both(found, places) : places;
    if (!found.size) break;
  }
  return found ?? new Map();
};
const atomPlaces = async (index, atom, terms, loose) => {
  const whole = !loose && (atom.quoted || atom.runs.length > 0);
  if (whole && (atom.quoted || atom.words.length || atom.runs.length > 1 || [...atom.runs[0]].length > 2 || atom.text !== atom.runs[0]))
    terms.whole.push(atom.text);
  if (whole) terms.parts.push(atom.text);
  else terms.parts.push(...atom.runs);
  const ways = atom.runs.map((run) => () => runPlaces(index, run, terms));
  if (whole && !atom.runs.length) {
    const inner = atom.words.length > 1 ? atom.words.slice(0, -1).map((word) => () => index.exact(word)) : [];
    return intersected([...inner, () => containing(index, atom.words.at(-1), atom.words.length > 1)]);
  }
  if (!whole) ways.push(...atom.words.map((word) => () => wordPlaces(index, word, terms)));
  return intersected(ways);
};
const containing = async (index, word, begins) => {
  const found = new Map();
  if (begins) for await (const [key, text] of index.beginning(word)) best(found, index.places(key, text), 1);
  else {
    best(found, await index.exact(word), 1);
    for await (const key of index.words()) if (key.includes(word)) best(found, await index.exact(key), 1);
  }
  return found;
};

/* -- a query in one language --------------------------------------------------------------------- */
const ask = async (index, asked, all) => {
  const whole = match.flat(asked.map((atom) => atom.text).join(" "));
  const terms = () => ({ parts: [], found: new Set(), whole: [], all, partly: false });
  const mixed = asked.some((atom) => atom.runs.length + atom.words.length > 1 && atom.runs.length && !atom.quoted);
  for (const loose of mixed ? [false, true] : [false]) {
    const said = terms();
    const places = [];
    for (const atom of asked) places.push(await atomPlaces(index, atom, said, loose));
    const answer = new Answer(index, said, places.reduce(summed), whole);
    if (await answer.some()) return answer;
    if (mixed && !loose || asked.length < 2 || asked.some((atom) => atom.quoted)) continue;
    /* Nothing has all of it: what has most. */
    const some = new Map();
    for (const map of places) for (const [id, worth] of map) some.set(id, (some.get(id) ?? 0) + 20 + worth);
    return new Answer(index, { ...said, whole: [] }, some, whole);
  }
  return new Answer(index, terms(), new Map(), whole);
};
const summed = (one, other) => {
  const found = new Map();
  for (const [id, worth] of one) if (other.has(id)) found.set(id, worth + other.get(id));
  return found;
};
class Answer {
  constructor(index, terms, scores, whole) {
    Object.assign(this, { index, terms, whole });
    this.waiting = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    this.ready = [];
    this.right = 0;
  }
  get sure() { return !this.terms.partly && (!this.terms.whole.length || !this.waiting.length); }
  get total() { return this.right + this.waiting.length; }
  async some() { await this.fill(1); return this.ready.length > 0; }
  /* Have so many results ready, or all there are. */
  async fill(count) {
    while (this.ready.length < count && this.waiting.length) {
      const batch = this.waiting.splice(0, BATCH);
      const sections = await Promise.all(batch.map(([id]) => this.index.section(id)));
      const kept = [];
      sections.forEach((section, i) => {
        if (!this.terms.whole.every((text) => section.flat.includes(text))) return;
        const title = section.flats[0];
        const bonus = title === this.whole ? 30 : title.includes(this.whole) ? 6 : section.flat.includes(this.whole) ? 2 : 0;
        kept.push({ section, score: batch[i][1] + bonus, terms: this.terms });
      });
      this.right += kept.length;
      this.ready.push(...kept.sort((a, b) => b.score - a.score));
    }
  }
}

/* -- results ------------------------------------------------------------------------------------- */
const KINDS = { t: "text", c: "caption", m: "formula", k: "code" };
const BEFORE = 24;
const AFTER = 110;
const context = (section, terms) => {
  const looked = [...terms.parts, ...terms.found];
  const counts = section.pieces.map((piece, i) =>
    looked.reduce((sum, text) => sum + (section.flats[i + 1].includes(text) ? 1 : 0), 0) + (piece[0] === "t" ? .5 : piece[0] === "c" ? .25 : 0));
  const likely = [...counts.keys()].filter((i) => counts[i] >= 1).sort((a, b) => counts[b] - counts[a] || a - b);
  for (const i of likely.slice(0, 6)) {
    const text = section.pieces[i].slice(1);
    const marks = match.spans(text, terms);
    if (marks.length) return cut(KINDS[section.pieces[i][0]], text, marks);
  }
  const opening = section.pieces.find((piece) => piece[0] === "t") ?? section.pieces[0];
  return opening ? cut(KINDS[opening[0]], opening.slice(1), []) : { kind: "text", text: "", marks: [] };
};
const cut = (kind, text, marks) => {
  /* What is longest says most. */
  const first = marks.reduce((best, [start, end]) => end - start > best[1] - best[0] ? [start, end] : best, [0, 0])[0];
  let from = Math.max(0, first - BEFORE);
  let to = Math.min(text.length, first + AFTER);
  if (kind === "code") {
    from = Math.max(text.lastIndexOf("\n", first - 1) + 1, first - 60);
    const end = text.indexOf("\n", first);
    to = Math.min(end < 0 ? text.length : end, to);
    from += text.slice(from, first).search(/\S|$/);
  } else {
    const word = /[A-Za-z0-9]/;
    while (from > 0 && first - from < 40 && word.test(text[from - 1]) && word.test(text[from])) from--;
    while (to < text.length && to - first < AFTER + 16 && word.test(text[to - 1]) && word.test(text[to])) to++;
  }
  /* No formula is cut, unless it is a long one. */
  const open = text.lastIndexOf("\ue000", from - 1);
  if (open > text.lastIndexOf("\ue001", from - 1)) from = open > from - 40 ? open : from;
  const shut = text.indexOf("\ue001", to);
  if (shut >= 0 && !text.slice(to, shut).includes("\ue000") && shut < to + 40) to = shut + 1;
  const inside = marks.filter(([start, end]) => start < to && end > from).map(([start, end]) => [Math.max(start, from) - from, Math.min(end, to) - from]);
  return { kind, text: text.slice(from, to), marks: inside, before: kind !== "code" && from > 0, after: kind !== "code" && to < text.length };
};
const shown = ({ section, score, terms }) => {
  const around = context(section, terms);
  const inTitle = match.spans(section.title, terms);
  const marked = new Set([
    ...around.marks.map(([from, to]) => match.flat(around.text.slice(from, to))),
    ...inTitle.map(([from, to]) => match.flat(section.title.slice(from, to))),
  ]);
  const { index, id, address, pageNumber, pageTitle, above, number, title } = section;
  const page = { address, number: pageNumber, title: pageTitle, above };
  return { language: index.language, page, id, number, title, titleMarks: inTitle, context: around, marked: [...marked], score };
};

/* The best `limit` of what is found in some languages. */
const found = async (asked, languages, limit, open) => {
  const answers = await Promise.all(languages.map(async (language) => ask(await open(language), asked, limit === Infinity)));
  await Promise.all(answers.map((answer) => answer.fill(limit)));
  const results = answers.flatMap((answer) => answer.ready);
  if (answers.length > 1) results.sort((a, b) => b.score - a.score);
  return {
    total: answers.reduce((sum, answer) => sum + answer.total, 0),
    sure: answers.every((answer) => answer.sure),
    results: results.slice(0, limit).map(shown),
  };
};
const ready = async () => {
  if (!postings) [match, postings] = await Promise.all([etude.late("match"), etude.late("postings")]);
};
const find = async (query, { languages, limit = BATCH } = {}) => {
  await ready();
  const asked = atoms(query);
  const all = languages ?? [document.querySelector(".bar button.search")?.dataset.language];
  if (!asked.length) return { total: 0, sure: true, results: [] };
  try {
    return await found(asked, all, limit, postings.open);
  } catch {
    return found(asked, all, limit, postings.reopen);
  }
};
/* Load what any query in a language needs. */
find.near = async (languages) => {
  await ready();
  await Promise.all(languages.map((language) => postings.open(language)));
};
etude.find = find;
