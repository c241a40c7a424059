/* Texts that were found, as the search shows them: with marks, and formulas as they can be read. */
const make = (name, text, ...children) => {
  const element = document.createElement(name);
  element.textContent = text;
  element.append(...children);
  return element;
};

const SIGNS = Object.fromEntries(("alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ " +
  "pi π rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω " +
  "nabla ∇ partial ∂ infty ∞ sum ∑ prod ∏ int ∫ sqrt √ le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ∼ equiv ≡ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ " +
  "subset ⊂ subseteq ⊆ cup ∪ cap ∩ emptyset ∅ forall ∀ exists ∃ to → rightarrow → leftarrow ← Rightarrow ⇒ mapsto ↦ times × cdot · odot ⊙ otimes ⊗ " +
  "oplus ⊕ pm ± circ ∘ ast ∗ top ⊤ bot ⊥ mid | vert | Vert ‖ lVert ‖ rVert ‖ langle ⟨ rangle ⟩ ldots … cdots ⋯ dots … prime ′ ell ℓ hbar ℏ quad \u2003").split(" ")
  .reduce((pairs, word, i, all) => i % 2 ? pairs : [...pairs, [word, all[i + 1]]], []));
const SHAPES = /\\(?:math[a-z]+|boldsymbol|bm|text[a-z]*|operatorname|left|right|big[lr]?|Big[lr]?|hat|bar|tilde|vec|dot|widehat|widetilde|overline|underline|displaystyle|limits|label)(?![a-z])\*?/g;
const signs = (tex) => tex.replace(/\\(?:begin|end)\s*{[a-z*]+}/g, "").replace(/\\\\/g, "; ").replace(/&|\\[,;:! ]/g, " ")
  .replace(SHAPES, "").replace(/\\[td]?frac\s*{([^{}]*)}\s*{([^{}]*)}/g, "$1/$2")
  .replace(/\\([A-Za-z]+)/g, (_, name) => SIGNS[name] ?? name).replace(/\\\|/g, "‖").replace(/\\([{}])/g, (_, sign) => sign === "{" ? "\u2774" : "\u2775");
const plainly = (text) => text.replace(/[{}\\~]/g, "").replace(/\u2774/g, "{").replace(/\u2775/g, "}").replace(/\s+/g, " ");
const readable = (tex) => {
  const out = [];
  let at = 0;
  const text = signs(tex);
  for (const { 0: part, 1: sign, 2: long, 3: short, index } of text.matchAll(/([_^])\s*(?:{((?:[^{}]|{[^{}]*})*)}|([^\s{}]))/g)) {
    out.push(plainly(text.slice(at, index)), make(sign === "_" ? "sub" : "sup", plainly(long ?? short).replace(/[_^]/g, "")));
    at = index + part.length;
  }
  return [...out, plainly(text.slice(at))];
};
const bare = (text) => text.replace(/\ue000([^\ue001]*)\ue001/g, (_, tex) => plainly(signs(tex)).replace(/[_^]/g, ""));

const marked = (text, marks) => {
  const parts = [];
  let at = 0;
  for (const [from, to] of marks) {
    parts.push(text.slice(at, from), make("mark", text.slice(from, to)));
    at = to;
  }
  return [...parts, text.slice(at)];
};
/* Formulas stand between two characters: as their source where it was found, else as they can be read. */
const formatted = (text, marks) => {
  const out = [];
  let at = 0;
  for (const { 0: part, index } of text.matchAll(/[\ue000\ue001]|$/g)) {
    const own = marks.filter(([from, to]) => from < index && to > at).map(([from, to]) => [Math.max(from, at) - at, Math.min(to, index) - at]);
    const words = text.slice(at, index);
    if (part !== "\ue001" && !(part === "" && text[at - 1] === "\ue000")) out.push(...marked(words, own));
    else if (own.length) out.push(make("code", "", ...marked(words, own)));
    else {
      const formula = make("span", "", ...readable(words));
      formula.className = "math";
      out.push(formula);
    }
    at = index + part.length;
  }
  return out;
};

etude.formatted = { bare, formatted };
