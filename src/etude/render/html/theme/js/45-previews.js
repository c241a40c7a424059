/* Previews of what is referred to: `late/previews.js` makes them, from the first sign of interest on. A finger
   cannot rest on a link to ask: its first tap shows the preview, which has the way there; the second follows. */
const previewed = "#main :is(a.ref, a.term, a.api, a.source, .cite a, .fn a, a.mark)";
let byTouch = false;
etude.linkOf = (node) => node?.closest?.(previewed) ?? null;
const preview = (event) => {
  if (event.type === "pointerdown") byTouch = event.pointerType === "touch";
  const link = etude.linkOf(event.target);
  if (!link || (event.type === "focusin" ? !link.matches(":focus-visible") : byTouch)) return;
  use("previews", (made) => made.rest(link, event));
};
for (const kind of ["pointerdown", "pointerover", "focusin"]) document.addEventListener(kind, preview);
const tap = (event, link) => {
  if (!byTouch || !event.detail || link === etude.shown) return false;
  event.preventDefault();
  late("previews").then((made) => made.tap(link), () => { location.href = link.href; });
  return true;
};
