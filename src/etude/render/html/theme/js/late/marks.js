/* Marks on the page that a result of the search has led to: the words of its section that were found. */
const { all, byId } = etude;
const HEADS = "h1, h2[id], h3[id], h4[id], h5[id], h6[id]";
/* The text of a section: from its heading to the next, without formulas and what is there for scripts. */
const textsOf = (id) => {
  const main = byId("main");
  const heads = all(HEADS, main);
  const head = id ? byId(id) : heads[0];
  const next = heads[heads.indexOf(head) + 1];
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (head && !head.contains(node) && !(head.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    if (next && (next.contains(node) || next.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
    if (!node.parentElement.closest("math, script, style, .hidden, .copy, nav")) texts.push(node);
  }
  return texts;
};
const rangesOf = (texts, words, match) => {
  const whole = texts.map((node) => node.data).join("");
  const starts = [];
  let length = 0;
  for (const node of texts) { starts.push(length); length += node.data.length; }
  const place = (offset, end) => {
    let i = starts.findLastIndex((start) => end ? start < offset : start <= offset);
    if (i < 0) i = 0;
    return [texts[i], offset - starts[i]];
  };
  const parts = words.filter((word) => match.runs(word).length || /[^\p{L}\p{N}_]/u.test(word));
  const found = new Set(words.filter((word) => !parts.includes(word)));
  return match.spans(whole, { parts, found }).map(([from, to]) => {
    const range = new Range();
    range.setStart(...place(from, false));
    range.setEnd(...place(to, true));
    return range;
  });
};
const shows = (range) => range.startContainer.parentElement.checkVisibility();
const markPage = async (address) => {
  const words = address.searchParams.get("mark")?.split("|").filter(Boolean) ?? [];
  if (!words.length || !window.CSS?.highlights) return;
  const match = await etude.late("match");
  const ranges = rangesOf(textsOf(decodeURIComponent(address.hash.slice(1))), words, match);
  if (!ranges.length) return;
  if (!ranges.some(shows)) etude.openAround(ranges[0].startContainer.parentElement);
  CSS.highlights.set("search", new Highlight(...ranges));
  const first = ranges.find(shows) ?? ranges[0];
  const box = first.getBoundingClientRect();
  if (box.bottom > innerHeight || box.top < 0) first.startContainer.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
};
const unmark = () => window.CSS?.highlights?.delete("search");
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) unmark(); });
addEventListener("etude:replaced", unmark);
const arrive = () => {
  const address = new URL(location.href);
  const plain = new URL(address);
  plain.searchParams.delete("mark");
  try { history.replaceState(history.state, "", plain); } catch { /* file:// */ }
  return markPage(address);
};

etude.marks = { arrive, markPage };
