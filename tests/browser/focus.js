// The element that has the focus: its beginning, whether a mark is drawn, whether it is in the window.
() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  const label = node.labels?.[0] && getComputedStyle(node.labels[0]);
  const drawn = (s) => s && (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none");
  const box = node.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight;
  return [node.outerHTML.slice(0, 80), !!(drawn(style) || drawn(label)), inside];
}
