// What the play page says: names of seats, phases, outcomes and refusals in plain words.

export function seatName(room, seat) {
  if (seat === room.seat && room.role === "player") return "You";
  return room.seats.find((taken) => taken.seat === seat)?.name ?? `Seat ${seat + 1}`;
}

const says = (name, you, other) => (name === "You" ? `You ${you}` : `${name} ${other}`);

function outcomeText(room) {
  const { outcome } = room;
  if (!outcome) return "The game is over.";
  if (outcome.kind === "draw") return "A draw.";
  if (outcome.kind !== "won") return "The game was abandoned.";
  const names = outcome.winners.map((seat) => seatName(room, seat));
  const line = names.length === 1 ? says(names[0], "won", "won") : `${names.join(" and ")} won`;
  return outcome.by === "forfeit" ? `${line}: the other side left or ran out of time.` : `${line}!`;
}

function turnText(room) {
  const turn = room.view?.turn;
  if (turn === undefined) return room.role === "spectator" ? "You are watching." : "The game is on.";
  return turn === room.seat && room.role === "player" ? "Your turn." : `${seatName(room, turn)} to play.`;
}

export function statusText(room) {
  switch (room.phase) {
    case "waiting": return waitingText(room);
    case "playing": return turnText(room);
    case "paused": return pauseText(room);
    case "finished": return outcomeText(room);
    default: return "";
  }
}

function waitingText(room) {
  const wantsReady = room.seats.length > 1 && room.seats.some((seat) => seat.ready === false);
  return wantsReady ? "Waiting until everybody is ready." : "Waiting for players.";
}

function pauseText(room) {
  switch (room.pause?.reason) {
    case "away": return "Paused: somebody lost the connection.";
    case "moving": return "Paused: the room is moving to another server.";
    default: return "Paused for a moment: the server is saving.";
  }
}

const refusals = {
  not_your_turn: "It is not your turn.",
  square_taken: "That square is taken.",
  nothing_to_hold: "Roll first: there is nothing to hold.",
  cannot_owe: "You can owe with a total of 10 or more and more than one life.",
  bad_next: "Choose a living player to be next.",
  room_full: "This room is full.",
  game_running: "The game is already running; you can watch it.",
  room_not_found: "This room does not exist any more.",
  room_closed: "This room has closed.",
  game_over: "The game is over.",
  paused: "The game is paused.",
  rate_limited: "That was too fast. Wait a moment.",
  no_bot: "This game has no computer player.",
  unknown_game: "This server has no such game.",
};

/** A refusal for people: our own words where we have some, else what the server says. */
export function problemText(error) {
  return refusals[error?.reason] ?? refusals[error?.code] ?? error?.message ?? "Something went wrong.";
}

const closings = {
  left: "You left the room.",
  expired: "You were away too long: your seat was given up.",
  kicked: "You were removed from the room.",
  finished: "The room has closed: the game has been over for a while.",
  empty: "The room has closed: everybody left.",
  idle: "The room has closed: nobody came.",
  quarantined: "The room was closed because its game failed.",
};

export function closedText(reason) {
  return closings[reason] ?? "The room has closed.";
}
