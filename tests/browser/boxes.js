// Sizes of all formulas that are shown, and natural widths of all pictures.
() => [
  [...document.querySelectorAll("math")]
    .filter((node) => node.parentElement.getClientRects().length)
    .map((node) => node.getBoundingClientRect())
    .map((box) => [box.width, box.height]),
  [...document.querySelectorAll("main img")].map((node) => node.naturalWidth),
]
