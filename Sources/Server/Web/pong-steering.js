// Hands to paddle: arrow keys, W and S, a mouse or a finger. Every hand ends in one direction: up -1, none 0, down 1.
import { court, paddle } from "/web/pong-motion.js";

const upKeys = new Set(["ArrowUp", "KeyW"]);
const downKeys = new Set(["ArrowDown", "KeyS"]);
/** A finger this near the middle of the paddle holds it still: less would make it tremble. */
const stillZone = paddle.height / 8;

const isTyping = (target) => target.closest?.("input, textarea, select, dialog") !== null;

/** `direction(paddleY)` is what the hands want now; `stop()` lets go of the page. */
export function makeSteering(canvas) {
  const held = new Set();
  const ends = new AbortController();
  let fingerY = null;

  const listen = (target, name, handler) => target.addEventListener(name, handler, { signal: ends.signal });
  const steers = (code) => upKeys.has(code) || downKeys.has(code);

  listen(window, "keydown", (key) => {
    if (!steers(key.code) || isTyping(key.target) || key.ctrlKey || key.metaKey || key.altKey) return;
    // The arrow keys must not scroll the court out of the window.
    key.preventDefault();
    held.add(key.code);
  });
  listen(window, "keyup", (key) => held.delete(key.code));
  // A key released in another window is never told.
  listen(window, "blur", () => held.clear());

  const follow = (pointer) => {
    const box = canvas.getBoundingClientRect();
    fingerY = ((pointer.clientY - box.top) / box.height) * court.height;
  };
  const letGo = () => { fingerY = null; };
  listen(canvas, "pointerdown", (pointer) => {
    canvas.setPointerCapture(pointer.pointerId);
    follow(pointer);
  });
  listen(canvas, "pointermove", (pointer) => { if (fingerY !== null) follow(pointer); });
  listen(canvas, "pointerup", letGo);
  listen(canvas, "pointercancel", letGo);

  return {
    direction(paddleY) {
      const up = [...held].some((code) => upKeys.has(code));
      const down = [...held].some((code) => downKeys.has(code));
      if (up !== down) return up ? -1 : 1;
      if (fingerY === null || paddleY === null) return 0;
      const away = fingerY - (paddleY + paddle.height / 2);
      return Math.abs(away) < stillZone ? 0 : Math.sign(away);
    },
    stop() { ends.abort(); },
  };
}
