/** A table in room r1, as the server of these tests tells of it, and a clock that only the tests move. */
import { mock } from "node:test";
import { Parlor } from "../../Sources/Server/Web/parlor.js";
import { lastSocket, reset } from "./fakes.mjs";

export const seats = [
  { seat: 0, playerId: "ann", name: "Ann", connected: true, bot: false },
  { seat: 1, playerId: "bo", name: "Bo", connected: true, bot: false },
];

export function joinData(more = {}) {
  return { gameType: "dice", role: "player", seat: 0, playerId: "ann", phase: "playing", graceSeconds: 30, seats, spectators: 0, ...more };
}

export function answerJoin(socket, { id = socket.messages("join_room").at(-1).id, epoch = 1, seq = 3, version = 2, ...more } = {}) {
  socket.say({ type: "join_room_result", id, roomId: "r1", epoch, seq, version, success: true, data: joinData(more) });
}

export function answerReconnect(socket, { epoch = 1, seq, version = 2, recovered = true, ...more } = {}) {
  const { id } = socket.messages("reconnect").at(-1);
  const data = joinData({ clientId: "client-1", recovered, ...more });
  socket.say({ type: "reconnect_result", id, roomId: "r1", epoch, seq, version, success: true, data });
}

export const say = (type, rest) => lastSocket().say({ type, roomId: "r1", epoch: 1, ...rest });
export const state = (version, view, rest) => say("game_state", { version, seq: 3, ...rest, data: { phase: "playing", view, ...rest?.data } });
export const event = (seq, rest) => say("game_event", { seq, ...rest, data: { event: "rolled", value: seq } });

/** A client in room r1, at seq 3 and version 2. */
export async function seated(options) {
  const client = new Parlor();
  lastSocket().open();
  const joining = client.join({ gameType: "dice", name: "Ann", ...options });
  answerJoin(lastSocket());
  const room = await joining;
  return { client, room };
}

/** Loses the connection and opens the next one. */
export function reopen(code = 1006, clientId = "client-2") {
  lastSocket().drop(code);
  mock.timers.tick(60_000);
  lastSocket().open(clientId);
}

/** A fresh browser, a stopped clock, and a chance that gives what `draw` says. */
export function fresh() {
  mock.restoreAll();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  draw(0.5);
  reset();
}

export function draw(share) {
  mock.method(Math, "random", () => share);
}
