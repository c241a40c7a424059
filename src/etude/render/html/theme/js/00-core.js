/* Etude's theme: the files of this folder become one classic script with one scope, so that it also runs from
   file://. All state is in the page itself; listeners are on the document, so that a page whose text is replaced
   needs no new ones. What few readers need at once stands in `late` and is loaded when it is asked for. */
const root = document.documentElement;
const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* private mode */ } },
};
const byId = (id) => document.getElementById(id);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

/* Change the page without moving what the reader looks at. */
const keeping = (element, change) => {
  const before = element.getBoundingClientRect().top;
  change();
  const after = element.getBoundingClientRect().top;
  if (after !== before && after !== 0) scrollBy({ top: after - before, behavior: "instant" });
};

/* Scripts of `late`, each loaded once; what they share with this one is `window.etude`. */
const own = document.currentScript.src;
const loaded = {};
const beside = (name) => own.replace(/etude\.js(?=[?#]|$)/, name);
const dressed = () => (loaded[""] ??= new Promise((resolve) => {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: beside("late.css"), onload: resolve, onerror: resolve });
  document.head.append(sheet);
}));
const late = (name) => (loaded[name] ??= Promise.all([dressed(), new Promise((resolve, reject) => {
  const script = document.createElement("script");
  script.src = beside(name + ".js");
  script.onload = resolve;
  script.onerror = () => { delete loaded[name]; reject(null); };
  document.head.append(script);
})]).then(() => etude[name]));
/* Do something with one of them; what cannot be loaded, as when the reader goes on at once, is done without. */
const use = (name, what) => late(name).then(what).catch((why) => { if (why) throw why; });
const words = () => late("words-" + root.lang);
const site = new URL("..", own).href;
const etude = window.etude = { all, byId, keeping, late, memory, own, root, site, words };
