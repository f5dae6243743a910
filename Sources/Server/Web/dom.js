// Small building blocks that the pages share.

/** An element with properties, attributes (names with a dash, `role`, `for`) and listeners (`onclick`). */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "class") element.className = value;
    else if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * A button that can be forbidden for a while, `allow(button, false)`. It stays focusable then: a button that is disabled
 * the moment it is pressed would drop a keyboard player out of the game at every turn.
 */
export function gatedButton(label, className, act) {
  const button = el("button", { class: className, type: "button" }, label);
  button.onclick = () => { if (button.getAttribute("aria-disabled") !== "true") act(); };
  return button;
}

export function allow(button, allowed) {
  button.setAttribute("aria-disabled", String(!allowed));
}

/**
 * Puts `children` in place of what `parent` holds. The focus stays where it was when the focused element carries a
 * `data-key` that is found again: a state from the server must not throw a keyboard player back to the top.
 */
export function replaceContents(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...children);
  if (focused) parent.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

/** Calls `draw` only when `facts` differ from those of the last call: a real-time game tells 20 states a second. */
export function onlyWhenChanged(draw) {
  let last;
  return (facts, ...rest) => {
    const text = JSON.stringify(facts);
    if (text === last) return;
    last = text;
    draw(facts, ...rest);
  };
}

/** Tells screen readers. Lines of one moment are joined, since a live region that is overwritten at once is not read. */
export function makeAnnouncer(region) {
  let pending = [];
  return (line) => {
    if (pending.push(line) > 1) return;
    setTimeout(() => {
      region.textContent = pending.join(" ");
      pending = [];
    }, 120);
  };
}

const toastMilliseconds = 5000;
const mostToasts = 3;

export function makeToasts(region) {
  return (text) => {
    const toast = el("p", { class: "toast" }, text);
    region.append(toast);
    while (region.childElementCount > mostToasts) region.firstElementChild.remove();
    setTimeout(() => toast.remove(), toastMilliseconds);
  };
}

/** Asks in a modal dialog; resolves with the value of the answer, or with undefined when it was dismissed. */
export function ask(dialog, question, answers) {
  return new Promise((resolve) => {
    dialog.querySelector("#question-text").textContent = question;
    dialog.querySelector("#question-answers").replaceChildren(
      ...answers.map(({ label, value }, index) =>
        el("button", { class: index === 0 ? "btn btn-primary" : "btn", type: "button", onclick: () => dialog.close(value) }, label)));
    dialog.returnValue = "";
    dialog.onclose = () => resolve(dialog.returnValue || undefined);
    if (!dialog.open) dialog.showModal();
  });
}

/** What is remembered over page loads. Storage can be forbidden: then it lasts as long as the page. */
export function remember(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // Nothing else depends on it.
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
