// The colours that a page shows, of elements and of what is generated before and after them; clear ones left out.
() => {
  const found = new Set();
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const plain = (value) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = value;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return a ? `${r},${g},${b}` : "";
  };
  const sides = ["Top", "Right", "Bottom", "Left"];
  for (const element of document.querySelectorAll("html, body, body *"))
    for (const part of [null, "::before", "::after", "::marker", "::selection"]) {
      const style = getComputedStyle(element, part);
      if (part && part.length < 9 && part !== "::marker" && style.content === "none") continue;
      const values = [style.color, style.backgroundColor, ...style.backgroundImage.match(/(rgba?|color)\([^)]*\)/g) ?? []];
      for (const side of sides) if (parseFloat(style[`border${side}Width`])) values.push(style[`border${side}Color`]);
      if (style.textDecorationLine !== "none") values.push(style.textDecorationColor);
      if (element.closest("svg")) values.push(style.fill, style.stroke);
      for (const shadow of [style.boxShadow, style.textShadow]) values.push(...shadow.match(/(rgba?|color)\([^)]*\)/g) ?? []);
      for (const value of values) if (value && value !== "none") found.add(plain(value));
    }
  found.delete("");
  return [...found].sort();
}
