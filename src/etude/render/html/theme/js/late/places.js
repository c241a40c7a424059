const { all, byId } = etude;
/* The same place in another language. What an author named has the same id there; from it, or from the heading of
   the same number, blocks are counted. "~sec-one~3~40": 40 hundredths down the third block after that one. */
const blocksOfText = () => all("#main .prose > *");
const isHead = (block) => /^H[1-6]$/.test(block.tagName);
const goTo = (place) => {
  const [, anchor, after, down] = place.split("~");
  const blocks = blocksOfText();
  const heads = blocks.filter(isHead);
  const head = byId(anchor) ?? heads[anchor - 1];
  const from = blocks.indexOf(head);
  if (from < 0 && anchor !== "0") return;
  let end = blocks.findIndex((block, i) => i > from && (block.matches("[data-label][id]") || isHead(block)));
  if (end < 0) end = blocks.length;
  const block = blocks[Math.min(from + Number(after), end - 1)];
  const show = () => {
    const box = block.getBoundingClientRect();
    scrollBy({ top: box.top + (box.height * down) / 100 - innerHeight / 3, behavior: "instant" });
  };
  if (!block) return;
  show();
  const at = scrollY;
  /* Not before the page is there: else the browser would go to the top of what the address then names. */
  const settle = () => {
    history.replaceState(history.state, "", location.href.replace(/#.*/, head?.matches("[data-label]") ? "#" + head.id : ""));
    document.fonts.ready.then(() => { if (Math.abs(scrollY - at) < 2) show(); });
  };
  if (document.readyState === "complete") settle(); else addEventListener("load", settle, { once: true });
};

/* The place that is being read, as such an address. */
const keep = (link) => {
  link.hash = "";
  const page = (path) => path.split("/").pop().replace(/\.html$|^index\.html$/, "");
  if (scrollY < 200 || page(link.pathname) !== page(location.pathname)) return;
  const blocks = blocksOfText();
  const line = innerHeight / 3;
  const tops = blocks.map((block) => block.getBoundingClientRect());
  const now = tops.findLastIndex((box) => box.height && box.top <= line);
  const from = blocks.findLastIndex((block, i) => i <= now && (block.matches("[data-label][id]") || isHead(block)));
  if (now < 0) return;
  const named = blocks[from]?.matches("[data-label]");
  const anchor = named ? blocks[from].id : blocks.slice(0, from + 1).filter(isHead).length;
  const down = Math.min(1, (line - tops[now].top) / tops[now].height);
  link.hash = `~${anchor}~${now - from}~${Math.round(100 * down)}`;
};
etude.places = { goTo, keep };
