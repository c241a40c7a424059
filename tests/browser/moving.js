// Elements that move.
() => [...document.querySelectorAll("*")].filter((n) => {
          const style = getComputedStyle(n);
          const long = (value) => value.split(",").some((v) => parseFloat(v) > 0.01);
          return long(style.transitionDuration) || (style.animationName !== "none" && long(style.animationDuration));
        }).map((n) => n.outerHTML.slice(0, 60))
