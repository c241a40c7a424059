/* Texts as they are compared. `render/search/keys.py` does the same where the index is made: the two must agree
   on every character. */
const UNSEGMENTED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u2e80-\\u2fdf\\u3005-\\u3007\\u3021-\\u3029" +
  "\\u3040-\\u30ff\\u3100-\\u312f\\u31a0-\\u31bf\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3" +
  "\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const RUN = new RegExp("[" + UNSEGMENTED + "]+", "gu");
const BESIDE = new RegExp("(?<=[" + UNSEGMENTED + "]) | (?=[" + UNSEGMENTED + "])", "gu");
const JOINS = new RegExp("[" + UNSEGMENTED + "]", "u");
const MARKS = /[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff\ue000\ue001]/g;
const SPACES = /[\s\x1c-\x1f\x85]+/;
const WORD = /[\p{L}\p{N}_]+/gu;
const HUMP = /[A-Z]+(?![a-z])|[A-Z]?[^\P{L}A-Z]+|\p{N}+/gu;
const ASCII = /^[\x00-\x7f]*$/;
const LONGEST = 40;

const folded = (text) => ASCII.test(text) ? text : text.normalize("NFKD").replace(MARKS, "").normalize("NFC");
const lower = (text) => ASCII.test(text) ? text.toLowerCase() : folded(folded(text).toLowerCase()).replaceAll("ς", "σ");
const flat = (text) => {
  const spaced = lower(text).split(SPACES).filter(Boolean).join(" ");
  return ASCII.test(spaced) ? spaced : spaced.replace(BESIDE, "");
};
const runs = (text) => text.match(RUN) ?? [];
const words = (text) => (text.replace(RUN, " ").match(WORD) ?? [])
  .map((word) => word.replace(/^_+|_+$/g, "").slice(0, LONGEST)).filter(Boolean);

/* The flat text, with where in the text each of its characters stands. */
const mapped = (text) => {
  let out = "";
  let space = -1;
  const starts = [];
  const ends = [];
  for (const { 0: part, index } of text.matchAll(/\P{M}\p{M}*|\p{M}+/gu)) {
    const shown = lower(part);
    if (!shown.trim()) {
      if (shown && out && space < 0) space = index;
      continue;
    }
    if (space >= 0 && !JOINS.test(shown) && !JOINS.test(out.slice(-2))) {
      out += " ";
      starts.push(space);
      ends.push(index);
    }
    space = -1;
    out += shown;
    for (let i = 0; i < shown.length; i++) {
      starts.push(index);
      ends.push(index + part.length);
    }
  }
  return { flat: out, starts, ends };
};

/* Where a text has what was looked for: `parts` are flat texts, `found` the words that do. */
const spans = (text, { parts, found }) => {
  const map = mapped(text);
  const out = [];
  const add = (from, to) => out.push([map.starts[from], map.ends[to - 1]]);
  for (const part of parts)
    for (let at = map.flat.indexOf(part); at >= 0; at = map.flat.indexOf(part, at + part.length)) add(at, at + part.length);
  const latin = map.flat.replace(RUN, (run) => " ".repeat(run.length));
  if (found.size) for (const { 0: word, index } of latin.matchAll(WORD)) {
    if (found.has(word.replace(/^_+|_+$/g, "").slice(0, LONGEST))) { add(index, index + word.length); continue; }
    const from = map.starts[index];
    const own = text.slice(from, map.ends[index + word.length - 1]);
    if (own.length !== word.length) continue;
    for (const hump of own.matchAll(HUMP))
      if (found.has(lower(hump[0]))) out.push([from + hump.index, from + hump.index + hump[0].length]);
  }
  out.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const joined = [];
  for (const span of out) {
    const last = joined.at(-1);
    if (last && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]); else joined.push(span);
  }
  return joined;
};

/* An English word without its ending. What is left is the word's beginning, so that the index finds it there. */
const ENDINGS = [
  [/(?:i[sz](?:ations?|ers?|ing|e[sd]?)|at(?:ions?|ors?|ing|ives?|e[sd]?))$/, 5],
  [/(?:ions?|ings?|ives?|ers?|ors?|ally|ies|ied|ed|es|ly)$/, 3],
  [/[sey]$/, 3],
];
const stem = (word) => {
  if (!/^[a-z]{4,}$/.test(word)) return word;
  for (const [ending, least] of ENDINGS) {
    const left = word.replace(ending, "");
    if (left !== word && left.length >= least && /[aeiouy]/.test(left))
      return left.length > 3 && left.at(-1) === left.at(-2) ? left.slice(0, -1) : left;
  }
  return word.length > 4 && word.at(-1) === word.at(-2) ? word.slice(0, -1) : word;
};

/* How many letters are wrong, left out, added or swapped; more than `most` counts as `most` and one. */
const typos = (one, other, most) => {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [];
  let row = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, row] = [row, next];
  }
  return row[other.length];
};

etude.match = { flat, runs, spans, stem, typos, words };
