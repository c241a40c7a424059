const permalinks = "a.anchor, a.label, .equation > a.number";

/* Keys. Those of letters and signs can be switched off, in the help that `?` opens. */
etude.keys = () => memory.get("etude-keys") !== "off";
const busy = "input, textarea, select, dialog, video, audio, iframe, [contenteditable], [popover], .more, .tall";
const pressed = (event) => {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(busy)) return;
  if (event.key === "?" && etude.keys()) use("help", (made) => made.open());
  const way = { ArrowLeft: "a.previous", ArrowRight: "a.next" }[event.key];
  if (way && !event.shiftKey && root.scrollWidth <= innerWidth) document.querySelector(way)?.click();
};

/* What blocks can do besides, from the first sign of a reader on. */
const signs = ["pointermove", "pointerdown", "keydown", "focusin", "scroll"];
let awake = false;
const later = () => {
  if (awake) return gather();
  for (const sign of signs) addEventListener(sign, wake, { capture: true, passive: true });
};
const wake = () => {
  awake = true;
  for (const sign of signs) removeEventListener(sign, wake, { capture: true });
  gather();
};
const gather = () => (window.requestIdleCallback ?? setTimeout)(() => {
  for (const [name, what] of [["links", "#main :is([data-label], .glossary, .bibliography)"], ["places", "a.language"], ["formulas", "#main math"], ["compare", ".variants:not(.quiet) .code"], ["origins", ".origins"], ["enlarge", "#main img"]])
    if (document.querySelector(what)) use(name, (made) => made.start?.());
});
