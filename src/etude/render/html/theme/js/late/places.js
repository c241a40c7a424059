/* The place that is being read, as an address that another language understands; see `40-places.js`. */
const { blocksOfText, isHead } = etude.text;
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
etude.places = { keep };
