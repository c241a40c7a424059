/* Search: the button and the keys; the rest is loaded when they are near. */
const searchButton = () => document.querySelector(".bar button.search");
const openSearch = () => late("search").then((search) => search.open(), () => { /* the page is without its other scripts */ });
const nearSearch = (event) => { if (event.target.closest?.(".bar button.search")) late("search").catch(() => { /* as above */ }); };
document.addEventListener("pointerover", nearSearch, { passive: true });
document.addEventListener("focusin", nearSearch);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
  const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!(slash && etude.keys() || k) || event.isComposing || !searchButton()) return;
  event.preventDefault();
  openSearch();
});
