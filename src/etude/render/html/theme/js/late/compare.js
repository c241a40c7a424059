/* Two variants of a listing beside each other, with the words that differ marked. The lines are matched by Myers'
   algorithm; of lines that were replaced, those that are alike are matched, and their words in the same way. */
const { all, byId, words, codeOf, copyText } = etude;
const MOST = 4000;

/* The pairs of equal elements in a shortest edit script: [i, j], rising in both. */
const matched = (a, b) => {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) { endA--; endB--; }
  const pairs = [];
  for (let i = 0; i < start; i++) pairs.push([i, i]);
  const [n, m] = [endA - start, endB - start];
  if (n && m && n + m <= MOST) {
    const reach = { 1: 0 };
    const history = [];
    search: for (let d = 0; d <= n + m; d++) {
      history.push({ ...reach });
      for (let k = -d; k <= d; k += 2) {
        let x = k === -d || (k !== d && reach[k - 1] < reach[k + 1]) ? reach[k + 1] : reach[k - 1] + 1;
        while (x < n && x - k < m && a[start + x] === b[start + x - k]) x++;
        reach[k] = x;
        if (x >= n && x - k >= m) break search;
      }
    }
    const middle = [];
    let [x, y] = [n, m];
    for (let d = history.length - 1; d >= 0; d--) {
      const before = history[d];
      const k = x - y;
      const from = k === -d || (k !== d && before[k - 1] < before[k + 1]) ? k + 1 : k - 1;
      const [px, py] = d ? [before[from], before[from] - from] : [0, 0];
      while (x > px && y > py) middle.push([start + --x, start + --y]);
      [x, y] = [px, py];
    }
    pairs.push(...middle.reverse());
  }
  for (let i = 0; endA + i < a.length; i++) pairs.push([endA + i, endB + i]);
  return pairs;
};

const wordsOf = (line) => line.match(/\p{Script=Han}|[\p{L}\p{N}_]+|\s+|./gu) ?? [];
const alike = (a, b) => {
  const [x, y] = [wordsOf(a.trim()), wordsOf(b.trim())];
  return (2 * matched(x, y).length) / (x.length + y.length || 1);
};

/* Rows of the comparison: positions of lines on the left and on the right; -1 where a side has none. */
const rowsOf = (a, b) => {
  const rows = [];
  let [i, j] = [0, 0];
  for (const [x, y] of [...matched(a, b), [a.length, b.length]]) {
    while (i < x || j < y) {
      const near = i < x && j < y && alike(a[i], b[j]);
      const later = near !== false && near < 0.5;
      if (i < x && j < y && !later) rows.push([i++, j++]);
      else if (i < x && (j >= y || y - j <= x - i)) rows.push([i++, -1]);
      else rows.push([-1, j++]);
    }
    if (x < a.length) rows.push([i++, j++]);
  }
  return rows;
};

/* The lines of code with their colours: runs of [class, text]. */
const linesOf = (blocks) => {
  const lines = [[]];
  for (const block of blocks) {
    if (lines.length > 1 || lines[0].length) lines.push([], []);
    const code = block.querySelector("code").cloneNode(true);
    for (const mark of all(".mark", code)) mark.remove();
    const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const kind = walk.currentNode.parentElement.closest("span:not(.line)")?.className ?? "";
      walk.currentNode.data.split("\n").forEach((text, n) => {
        if (n) lines.push([]);
        if (text) lines.at(-1).push([kind, text]);
      });
    }
    while (lines.length > 1 && !lines.at(-1).length) lines.pop();
  }
  return lines;
};
const textOf = (line) => line.map(([, text]) => text).join("");

/* A line, in which the words at certain places are marked. */
const drawn = (line, marks) => {
  const code = document.createElement("code");
  let at = 0;
  for (const [kind, text] of line) {
    for (let from = 0; from < text.length;) {
      const marked = marks.has(at + from);
      let end = from + 1;
      while (end < text.length && marks.has(at + end) === marked) end++;
      const span = document.createElement(marked ? "mark" : "span");
      span.className = kind;
      span.textContent = text.slice(from, end);
      code.append(span);
      from = end;
    }
    at += text.length;
  }
  return code;
};
const differing = (line, other) => {
  const [a, b] = [wordsOf(line), wordsOf(other)];
  const same = new Set(matched(a, b).map(([i]) => i));
  const marks = new Set();
  let at = 0;
  a.forEach((word, i) => {
    if (!same.has(i)) for (let k = 0; k < word.length; k++) marks.add(at + k);
    at += word.length;
  });
  return marks;
};
const cell = (tag, sign, line, marks) => {
  const box = document.createElement(tag);
  if (line) box.append(Object.assign(document.createElement("i"), { textContent: sign }), drawn(line, marks));
  else box.className = "none";
  return box;
};
const table = (left, right) => {
  const [a, b] = [left.map(textOf), right.map(textOf)];
  const box = document.createElement("div");
  box.className = "lines-of-two";
  box.translate = false;
  for (const [i, j] of rowsOf(a, b)) {
    if (i >= 0 && j >= 0 && a[i] === b[j]) {
      box.append(cell("span", " ", left[i], new Set()), cell("span", " ", right[j], new Set()));
      box.lastChild.ariaHidden = "true";
    } else {
      const both = i >= 0 && j >= 0;
      box.append(
        cell("del", "−", left[i], both ? differing(a[i], b[j]) : new Set()),
        cell("ins", "+", right[j], both ? differing(b[j], a[i]) : new Set()),
      );
    }
  }
  return box;
};

/* The window. */
const open = async (group) => {
  const said = await words();
  const names = new Map();
  for (const label of all(":scope > .switch > button", group)) {
    const key = label.dataset.radio.slice("variant-".length);
    const blocks = all(":scope > .variant", group)
      .filter((panel) => panel.dataset.variant.split(" ").includes(key))
      .flatMap((panel) => all(".code", panel));
    if (blocks.length) names.set(key, [label.textContent, blocks]);
  }
  const keys = [...names.keys()];
  const chosen = etude.variant();
  const pair = keys.includes(chosen) ? [chosen, keys.find((key) => key !== chosen)] : keys.slice(0, 2);
  pair.sort((x, y) => keys.indexOf(x) - keys.indexOf(y));
  const box = document.createElement("dialog");
  box.className = "help compared";
  box.setAttribute("aria-label", said.compareName);
  const heads = document.createElement("div");
  heads.className = "heads";
  let shown;
  const draw = () => {
    const made = table(...pair.map((key) => linesOf(names.get(key)[1])));
    if (shown) shown.replaceWith(made); else box.append(made);
    shown = made;
  };
  pair.forEach((key, side) => {
    const head = document.createElement("div");
    const choice = document.createElement(keys.length > 2 ? "select" : "strong");
    if (keys.length > 2) {
      choice.setAttribute("aria-label", said.sides.split("|")[side]);
      for (const one of keys) choice.append(new Option(names.get(one)[0], one, false, one === key));
      choice.addEventListener("change", () => { pair[side] = choice.value; draw(); });
    } else choice.textContent = names.get(key)[0];
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: said.copy });
    button.setAttribute("aria-label", said.copySide.replace("{}", names.get(key)[0]));
    button.addEventListener("click", async () => {
      await copyText(names.get(pair[side])[1].map(codeOf).join("\n\n"));
      button.textContent = said.copied;
      setTimeout(() => { button.textContent = said.copy; }, 1600);
    });
    head.append(Object.assign(document.createElement("i"), { textContent: side ? "+" : "−" }), choice, button);
    heads.append(head);
  });
  const shut = Object.assign(document.createElement("button"), { type: "button", className: "shut-it", textContent: said.close });
  shut.addEventListener("click", () => box.close());
  box.append(shut, heads);
  draw();
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
};

etude.compare = {
  start: async () => {
    const said = await words();
    for (const group of all("#main .variants:not(.quiet)")) {
      const bar = group.querySelector(":scope > .switch");
      const panels = all(":scope > .variant", group).filter((panel) => panel.querySelector(".code"));
      if (!bar || panels.length < 2 || group.querySelector(":scope > .compare")) continue;
      const button = Object.assign(document.createElement("button"), { type: "button", className: "compare", textContent: said.compare });
      button.setAttribute("aria-label", said.compareName);
      button.addEventListener("click", () => open(group));
      bar.after(button);
    }
  },
};
