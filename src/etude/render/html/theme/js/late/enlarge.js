/* Pictures that are shown smaller than the window could show them: a button at their corner, and a click on them,
   bring them up alone; a further click shows them larger than the window, to be scrolled. Where the window is too
   narrow to show more than the page does, as on phones, they begin with that. */
const { all, words } = etude;
const GAIN = 1.25;
const LARGE = 2.5;
const SMALL = 120;
const isDrawing = (image) => /\.svg($|[?#])|^data:image\/svg/.test(image.currentSrc);

/* The widths of a picture that just fits the window, and at its largest: a drawing has no size that would be its end. */
const widths = (image) => {
  const { naturalWidth: wide, naturalHeight: high } = image;
  const whole = wide * Math.min((innerWidth - 32) / wide, (innerHeight - 96) / high);
  const fit = isDrawing(image) ? whole : Math.min(whole, wide);
  return [fit, isDrawing(image) ? LARGE * fit : Math.min(LARGE * fit, wide)];
};
const worth = (image) => image.clientWidth > SMALL && image.naturalWidth > 0 && Math.max(...widths(image)) > GAIN * image.clientWidth;

const open = async (image) => {
  const said = await words();
  const box = document.createElement("dialog");
  box.className = "help enlarged";
  const caption = image.closest("figure")?.querySelector("figcaption");
  box.setAttribute("aria-label", image.alt || caption?.textContent || said.enlarge);
  const shut = Object.assign(document.createElement("button"), { type: "button", className: "shut-it", textContent: said.close });
  const plate = Object.assign(document.createElement("div"), { className: "picture", tabIndex: 0 });
  const copy = Object.assign(new Image(), { src: image.currentSrc, alt: image.alt });
  const [fit, most] = widths(image);
  /* Fractions of the picture that are to stand in the middle. */
  const size = (large, x = 0.5, y = 0.5) => {
    plate.classList.toggle("less", large);
    copy.style.width = `${large ? most : fit}px`;
    plate.scrollTo(x * copy.offsetWidth - plate.clientWidth / 2, y * copy.offsetHeight - plate.clientHeight / 2);
  };
  plate.append(copy);
  if (most > fit + 1) {
    plate.classList.add("more");
    copy.addEventListener("click", (event) => size(!plate.matches(".less"), event.offsetX / copy.offsetWidth, event.offsetY / copy.offsetHeight));
    plate.addEventListener("keydown", (event) => { if (event.key === "Enter") size(!plate.matches(".less")); });
  }
  box.append(shut, plate);
  shut.addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => { if (event.target === box || event.target === plate) box.close(); });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  size(fit < GAIN * image.clientWidth);
};

/* The button lies over the corner of the picture, wherever its line has put that. */
const corner = new ResizeObserver((entries) => { for (const { target } of entries) place(target); });
const buttons = new WeakMap();
const place = (image) => {
  const button = buttons.get(image);
  if (!button) return;
  button.hidden = !worth(image);
  image.classList.toggle("enlarges", !button.hidden);
  button.style.top = `${image.offsetTop}px`;
  button.style.left = `${image.offsetLeft + image.offsetWidth}px`;
};
document.addEventListener("click", (event) => { if (event.target.matches("img.enlarges")) open(event.target); });

etude.enlarge = {
  start: async () => {
    const said = await words();
    for (const image of all("#main :is(.picture, .figure, .image) img")) {
      if (buttons.has(image) || image.closest("a")) continue;
      const button = Object.assign(document.createElement("button"), { type: "button", className: "enlarge", hidden: true });
      button.setAttribute("aria-label", image.alt ? said.enlargeName.replace("{}", () => image.alt) : said.enlarge);
      button.addEventListener("click", () => open(image));
      image.after(button);
      image.parentElement.classList.add("enlargeable");
      buttons.set(image, button);
      corner.observe(image);
      image.addEventListener("load", () => place(image));
    }
  },
};
