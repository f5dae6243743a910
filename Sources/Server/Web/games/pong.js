// Pong: the court on a canvas, 800 x 600 points scaled to fit.
import { el, onlyWhenChanged } from "/web/dom.js";
import { seatName } from "/web/play-words.js";
import { OwnPaddle, Playback, ballSize, court, paddle, ticksPerSecond } from "/web/pong-motion.js";
import { makeSound } from "/web/pong-sound.js";
import { makeSteering } from "/web/pong-steering.js";

export const style = true;

const trailLength = 10;
const flashMilliseconds = 450;

export default function mount(element, room, { announce }) {
  const canvas = el("canvas", { class: "pong-court", width: 800, height: 600, tabIndex: 0, role: "img" });
  const score = el("p", { class: "pong-score", role: "group", "aria-label": "Score" });
  const help = el("p", { class: "pong-help muted" }, "Arrow keys or W and S; or drag on the court.");
  const sound = makeSound();
  element.append(el("div", { class: "pong" }, score, canvas, el("div", { class: "pong-below" }, help, sound.button)));

  const pen = canvas.getContext("2d");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const steering = makeSteering(canvas);
  const playback = new Playback();
  const own = new OwnPaddle();
  const trail = [];
  let lastFrame = performance.now();
  let lastTick = 0;
  let flashUntil = 0;
  let frame = 0;

  const plays = () => room.role === "player" && room.phase === "playing";

  function send() {
    // An input is not answered; the next state says where the paddle is.
    room.input({ dir: own.dir, input: own.input });
  }

  function draw(now) {
    frame = requestAnimationFrame(draw);
    // A tab that slept must not throw the paddle across the court.
    const ticks = (Math.min(now - lastFrame, 100) * ticksPerSecond) / 1000;
    lastFrame = now;
    if (plays()) {
      if (own.steer(steering.direction(own.y))) send();
      own.advance(ticks);
    }
    fitToScreen();
    paint(playback.at(now), now);
  }

  /** The canvas has as many pixels as the screen shows, so that lines are sharp on every density. */
  function fitToScreen() {
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    if (width > 0 && canvas.width !== width) {
      canvas.width = width;
      canvas.height = Math.round((width * court.height) / court.width);
    }
    const scale = canvas.width / court.width;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
  }

  function paint(picture, now) {
    const colours = getComputedStyle(canvas);
    const colour = (name) => colours.getPropertyValue(name);
    pen.fillStyle = colour("--pong-court");
    pen.fillRect(0, 0, court.width, court.height);
    if (now < flashUntil && !calm.matches) {
      pen.globalAlpha = ((flashUntil - now) / flashMilliseconds) * 0.25;
      pen.fillStyle = colour("--pong-ball");
      pen.fillRect(0, 0, court.width, court.height);
      pen.globalAlpha = 1;
    }
    pen.fillStyle = colour("--pong-line");
    for (let y = 100; y < court.height; y += 480) pen.fillRect(court.width / 2 - 24, y, 48, 240);
    if (!picture) return;
    paintTrail(picture.ball, colour("--pong-ball"));
    const sides = picture.paddles.slice();
    if (plays() && own.y !== null) sides[room.seat] = own.y;
    sides.forEach((y, side) => {
      pen.fillStyle = colour(side === 0 ? "--pong-left" : "--pong-right");
      pen.beginPath();
      pen.roundRect(side === 0 ? paddle.left : paddle.right, y, paddle.width, paddle.height, 80);
      pen.fill();
    });
    pen.fillStyle = colour("--pong-ball");
    pen.beginPath();
    pen.roundRect(picture.ball.x, picture.ball.y, ballSize, ballSize, 60);
    pen.fill();
  }

  function paintTrail(ball, colour) {
    if (calm.matches || room.phase !== "playing") {
      trail.length = 0;
      return;
    }
    pen.fillStyle = colour;
    trail.forEach((place, index) => {
      pen.globalAlpha = (index / trailLength) * 0.22;
      pen.fillRect(place.x, place.y, ballSize, ballSize);
    });
    pen.globalAlpha = 1;
    const last = trail.at(-1);
    if (last && Math.abs(last.x - ball.x) > court.width / 4) trail.length = 0;
    trail.push({ x: ball.x, y: ball.y });
    if (trail.length > trailLength) trail.shift();
  }

  const drawScore = onlyWhenChanged(({ names, scores }) => {
    score.replaceChildren(
      el("span", { class: "pong-side left" }, el("span", { class: "pong-name" }, names[0]), el("span", { class: "pong-points nums" }, String(scores[0]))),
      el("span", { class: "pong-side right" }, el("span", { class: "pong-points nums" }, String(scores[1])), el("span", { class: "pong-name" }, names[1])));
    canvas.setAttribute("aria-label", `Pong court. ${names[0]} ${scores[0]}, ${names[1]} ${scores[1]}.`);
  });

  // What was held or let go while the connection was away has not been told.
  const stopListening = room.on("online", () => {
    own.input += 1;
    send();
  });
  frame = requestAnimationFrame(draw);
  return {
    update() {
      const { view } = room;
      help.hidden = room.role !== "player";
      drawScore({ names: [0, 1].map((seat) => seatName(room, seat)), scores: view?.scores ?? [0, 0] });
      if (!view) return;
      const now = performance.now();
      if (view.tick < lastTick) own.restart();
      lastTick = view.tick;
      playback.add(view, now);
      if (room.role === "player") {
        own.heard(view.paddles[room.seat], view.inputs[room.seat], playback.tickAt(now) - view.tick);
      }
    },
    event({ event, off, seat, scores }) {
      if (event === "bounce") sound.play(off);
      if (event !== "goal") return;
      sound.play("goal");
      flashUntil = performance.now() + flashMilliseconds;
      announce(`Goal for ${seatName(room, seat) === "You" ? "you" : seatName(room, seat)}: ${scores[0]} to ${scores[1]}.`);
    },
    destroy() {
      cancelAnimationFrame(frame);
      steering.stop();
      sound.stop();
      stopListening();
    },
  };
}
