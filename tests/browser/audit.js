// What is wrong with the structure, the names and the labels of a page.
() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (n) => (n.getAttribute("aria-label") || n.innerText || n.textContent || "").trim()
    || [...n.querySelectorAll("img[alt]")].map((i) => i.alt).join("").trim();
  const labelled = (n) => n.getAttribute("aria-label") || n.title || (n.labels && n.labels.length) || n.disabled;
  const short = (n) => n.outerHTML.slice(0, 120);
  const problems = [];
  const want = (ok, what) => { if (!ok) problems.push(what); };
  want(all("h1").length === 1, `${all("h1").length} h1`);
  want(all("main").length === 1 && all("body > header").length === 1, "landmarks");
  want(all("body > footer").length === 1, "no footer");
  const names = all("nav").filter((n) => n.getClientRects().length).map((n) => n.getAttribute("aria-label"));
  want(names.every(Boolean), "a nav without a name");
  want(new Set(names).size === names.length, `navs with the same name: ${names}`);
  for (const n of all("img")) want(n.hasAttribute("alt"), `no alt: ${short(n)}`);
  for (const n of all("a[href], button, summary")) want(name(n), `no name: ${short(n)}`);
  for (const n of all("input, select, textarea")) want(labelled(n), `no label: ${short(n)}`);
  for (const n of all("iframe, video")) want(n.title || n.getAttribute("aria-label"), `no title: ${short(n)}`);
  for (const n of all("[aria-hidden=true] a[href], [aria-hidden=true] button")) want(n.tabIndex < 0, `hidden: ${short(n)}`);
  for (const n of all("th")) want(n.closest(".rich") || n.scope, `no scope: ${short(n)}`);
  for (const n of all("[aria-labelledby], [aria-controls], [aria-describedby]"))
    for (const attribute of ["aria-labelledby", "aria-controls", "aria-describedby"])
      for (const id of (n.getAttribute(attribute) || "").split(" ").filter(Boolean))
        want(document.getElementById(id), `${attribute} to nothing: ${short(n)}`);
  let last = 1;
  for (const n of all("main h1, main h2, main h3, main h4, main h5, main h6")) {
    const level = Number(n.localName[1]);
    want(level <= last + 1, `h${last} then h${level}: ${short(n)}`);
    last = level;
  }
  for (const n of all(".scroll, pre")) {
    const wide = n.scrollWidth > n.clientWidth + 1 && getComputedStyle(n).overflowX !== "visible";
    want(!wide || n.tabIndex >= 0 || n.querySelector("a, button"), `cannot be scrolled by keyboard: ${short(n)}`);
  }
  return problems;
}
