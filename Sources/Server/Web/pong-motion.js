// Where things are in Pong between two states of the server. All lengths are 1/16 points, all times ticks.

export const court = { width: 12800, height: 9600 };
export const paddle = { width: 192, height: 1600, left: 384, right: 12224, speed: 128 };
export const ballSize = 192;
export const ticksPerSecond = 60;

/** How far behind the server the picture is: one state at 20 Hz and some jitter, so that there is a next state to go to. */
const delayTicks = 4;
/** A ball is carried on past the newest state no longer than this; then it waits rather than flies through a wall. */
const longestGuessTicks = 6;
const statesKept = 12;
const longestLateness = 250;

const between = (a, b, part) => a + (b - a) * part;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** The states of the last moments, and from them the picture at any time. */
export class Playback {
  #states = [];
  /** When tick 0 would have been, on this machine's clock. The least delayed state gives the best estimate. */
  #origin = null;

  add(view, now) {
    const newest = this.#states.at(-1);
    // A rematch or a restart begins its ticks anew.
    if (newest && view.tick < newest.tick) this.#restart();
    else if (newest && view.tick === newest.tick) this.#states.pop();
    this.#states.push(view);
    if (this.#states.length > statesKept) this.#states.shift();
    const origin = now - (view.tick * 1000) / ticksPerSecond;
    const late = origin - this.#origin;
    // A late message is most likely the network, so the clock follows it slowly; after a pause of the game it jumps.
    if (this.#origin === null || late < 0 || late > longestLateness) this.#origin = origin;
    else this.#origin += late * 0.02;
  }

  #restart() {
    this.#states = [];
    this.#origin = null;
  }

  /** The tick that the server has reached by now. */
  tickAt(now) {
    return ((now - this.#origin) * ticksPerSecond) / 1000;
  }

  /** `{ball: {x, y}, paddles}` to be drawn at `now`, or null before the first state. */
  at(now) {
    const newest = this.#states.at(-1);
    if (!newest) return null;
    const tick = this.tickAt(now) - delayTicks;
    const after = this.#states.findIndex((state) => state.tick > tick);
    if (after < 0) return carriedOn(newest, tick - newest.tick);
    if (after === 0) return { ball: newest.ball, paddles: newest.paddles };
    return blend(this.#states[after - 1], this.#states[after], tick);
  }
}

function carriedOn(state, ticks) {
  const guess = clamp(ticks, 0, longestGuessTicks);
  const ball = {
    x: clamp(state.ball.x + state.ball.vx * guess, 0, court.width - ballSize),
    y: clamp(state.ball.y + state.ball.vy * guess, 0, court.height - ballSize),
  };
  return { ball, paddles: state.paddles };
}

function blend(before, after, tick) {
  const part = (tick - before.tick) / (after.tick - before.tick);
  // The ball is put back to the middle after a goal: a jump, not a flight across the court.
  const jumped = Math.abs(after.ball.x - before.ball.x) > court.width / 4;
  const ball = jumped
    ? before.ball
    : { x: between(before.ball.x, after.ball.x, part), y: between(before.ball.y, after.ball.y, part) };
  return { ball, paddles: before.paddles.map((y, side) => between(y, after.paddles[side], part)) };
}

/** One's own paddle moves at once, and is drawn towards what the server says once it knows the last input. */
export class OwnPaddle {
  y = null;
  dir = 0;
  /** The last input that was sent, or that the server knew when this page came. */
  input = 0;

  /** A new direction; returns whether it has to be sent. */
  steer(dir) {
    if (dir === this.dir) return false;
    this.dir = dir;
    this.input += 1;
    return true;
  }

  heard(serverY, serverInput, ticksSince) {
    this.input = Math.max(this.input, serverInput);
    if (this.y === null) this.y = serverY;
    if (serverInput < this.input) return;
    const reached = limited(serverY + this.dir * paddle.speed * Math.max(0, ticksSince));
    const error = reached - this.y;
    // Small errors are walked off, large ones are no error of prediction: a paddle set back for a new game.
    this.y = Math.abs(error) > paddle.height / 2 ? reached : this.y + error * 0.25;
  }

  /** A new game: the server has forgotten the inputs, and what is held is sent again. */
  restart() {
    this.y = null;
    this.dir = 0;
    this.input = 0;
  }

  advance(ticks) {
    if (this.y !== null) this.y = limited(this.y + this.dir * paddle.speed * ticks);
  }
}

const limited = (y) => clamp(y, 0, court.height - paddle.height);
