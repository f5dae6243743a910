// A die as a drawing, for every game that rolls one.

const svg = "http://www.w3.org/2000/svg";

/** Where the pips of each face are, on a 3 x 3 grid counted from the top left. */
const faces = { 1: [4], 2: [2, 6], 3: [2, 4, 6], 4: [0, 2, 6, 8], 5: [0, 2, 4, 6, 8], 6: [0, 2, 3, 5, 6, 8] };

function shape(name, attributes) {
  const element = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** `die.show(value)` draws a face; without a value the die is blank. `die.roll()` turns it once. */
export function makeDie() {
  const element = shape("svg", { class: "die", viewBox: "0 0 100 100", role: "img", "aria-label": "die, not rolled" });
  const box = shape("rect", { class: "die-box", x: 3, y: 3, width: 94, height: 94, rx: 20 });
  element.append(box);
  let shown;
  return {
    element,
    show(value) {
      if (value === shown) return;
      shown = value;
      const pips = (faces[value] ?? []).map((at) =>
        shape("circle", { class: "die-pip", cx: 26 + 24 * (at % 3), cy: 26 + 24 * Math.floor(at / 3), r: 9 }));
      element.replaceChildren(box, ...pips);
      element.setAttribute("aria-label", value ? `die shows ${value}` : "die, not rolled");
    },
    roll() {
      element.classList.remove("rolling");
      // Reading a layout value makes the browser see the class go, so that the same animation starts again.
      void element.getBoundingClientRect();
      element.classList.add("rolling");
    },
  };
}
