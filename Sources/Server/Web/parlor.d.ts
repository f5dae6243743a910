/** The browser SDK of a Parlor room server. */

/** What a code means is in the server's documentation; unknown ones may come from newer servers. */
export type ErrorCode =
  | "bad_json" | "bad_message" | "unknown_type" | "rate_limited" | "unauthorized" | "forbidden" | "unknown_game"
  | "bad_options" | "room_not_found" | "room_full" | "room_closed" | "game_running" | "seat_taken" | "wrong_game"
  | "too_many_rooms" | "not_in_room" | "not_a_player" | "move_refused" | "not_started" | "game_over" | "paused"
  | "id_reused" | "session_not_found" | "session_expired" | "no_bot" | "store_unavailable" | "server_busy" | "draining"
  | "internal"
  /** Made by the SDK: the connection ended before the answer. */
  | "disconnected"
  /** Made by the SDK: no answer on an open connection. */
  | "timeout"
  /** Made by the SDK: another tab plays this seat. */
  | "busy"
  | (string & {});

export interface Problem {
  code: ErrorCode;
  /** For people. */
  message: string;
  /** The game's own reason for refusing a move, for instance "not_your_turn". */
  reason?: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  retryAfterMs?: number;
  details?: Record<string, unknown>;
}

/** A request that was refused or could not be answered. */
export class ParlorError extends Error implements Problem {
  constructor(problem: Partial<Problem> & { code: ErrorCode });
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly details?: Record<string, unknown>;
}

/** RFC 7396: a new value, `target` with `patch` merged into it. */
export function mergePatch(target: unknown, patch: unknown): unknown;

export type Phase = "waiting" | "playing" | "paused" | "finished";
export type ConnectionState = "connecting" | "open" | "waiting" | "closed";
export type ClosedBecause = "closed" | "replaced" | "unauthorized" | "kicked" | "refused";
/** Ends what the call that returned it began. */
export type Off = () => void;

export interface GameInfo {
  gameType: string;
  name: string;
  minSeats: number;
  maxSeats: number;
  /** Ticks a second; 0: the game moves only when somebody does. */
  tickRate: number;
}

export interface RoomInfo {
  roomId: string;
  gameType: string;
  phase: Phase;
  players: number;
  maxSeats: number;
  spectators: number;
  /** Ms since 1970. */
  createdAt: number;
  locked: boolean;
}

export interface SeatInfo {
  seat: number;
  playerId: string;
  name: string;
  connected: boolean;
  bot: boolean;
  ready?: boolean;
  /** While not connected: when the seat is given up, by the server's clock. */
  awayUntil?: number;
  info?: unknown;
}

export type Outcome =
  | { kind: "won"; winners: number[]; by: "play" | "forfeit"; scores?: number[] }
  | { kind: "draw" }
  | { kind: "abandoned" };

export interface Pause {
  reason: "away" | "store" | "moving";
  /** By the server's clock. */
  untilMs?: number;
}

export interface ChatLine {
  playerId: string;
  name: string;
  text: string;
  /** Ms since 1970. */
  at: number;
}

export interface RoomEvent {
  type: string;
  seq?: number;
  data: Record<string, any>;
}

export interface MoveResult {
  version: number;
  serverTime: number;
  /** The move had been applied before: this is its first answer again. */
  repeated?: boolean;
}

/** A message of the server as it came. */
export interface ServerMessage {
  type: string;
  id?: string | number;
  roomId?: string;
  epoch?: number;
  seq?: number;
  version?: number;
  success?: boolean;
  error?: Problem;
  data?: any;
}

export interface JoinRequest {
  /** Needed without `roomId`. */
  gameType?: string;
  /** This room; without it (and without `create`) any that waits for players, else a new one. */
  roomId?: string;
  /** 1 to 32 characters. */
  name?: string;
  as?: "player" | "spectator";
  seat?: number;
  /** A new room, in any case. */
  create?: boolean;
  /** "invited": everybody but you needs a `token` for it. */
  visibility?: "public" | "private" | "invited";
  /** The game's own. */
  options?: Record<string, unknown>;
  /** A room token. */
  token?: string;
  /** "patch": the server sends only what changed of the view. The page sees no difference. */
  sync?: "full" | "patch";
  /** 0 to 50 last events and chat lines wanted. */
  history?: number;
}

export interface ParlorOptions {
  /** The socket's address; by default `/ws` of the page's own host. */
  url?: string;
  /**
   * A JWT, or what gives a fresh one when one is needed: at every connection, before one ends, and after one was refused.
   * When it then gives the refused one again the client is closed, because "unauthorized". Never put into a URL.
   */
  token?: string | (() => string | Promise<string>);
}

/** One connection to a server. It opens at once, and comes back by itself until `close()` or a final close code. */
export class Parlor {
  constructor(options?: ParlorOptions);
  readonly state: ConnectionState;
  readonly closedBecause: ClosedBecause | null;
  /** When the next attempt is due (this computer's clock), while `state` is "waiting". */
  readonly retryAt: number | null;

  /** Opens a closed connection again; while waiting, tries now. */
  connect(): void;
  /** Ends the connection. Seats are kept for their grace period; `room.leave()` gives them up. */
  close(): void;
  /** The server's clock, in ms since 1970. */
  serverNow(): number;
  /** Asks for a sign of life; resolves with the ms that it took. */
  ping(): Promise<number>;
  games(): Promise<GameInfo[]>;
  /** The newest public rooms, at most 100. */
  rooms(gameType?: string): Promise<RoomInfo[]>;
  /** Calls back with the public rooms, newest first, now and at every change. */
  watchLobby(callback: (rooms: RoomInfo[]) => void): Off;
  watchLobby(gameType: string | undefined, callback: (rooms: RoomInfo[]) => void): Off;
  /** Takes a seat, or watches. Throws `ParlorError`. */
  join<View = any, Move = any>(request: JoinRequest): Promise<Room<View, Move>>;
  /**
   * Takes back the seat that this browser holds in a room. Null when there is none, or when it has expired. Throws
   * `ParlorError` with code "busy" while another tab plays it (ask, then `takeOver()`), and "forbidden" when this
   * connection has joined something already: one connection is one client.
   */
  resume<View = any, Move = any>(
    gameType: string, roomId: string, options?: { sync?: "full" | "patch" },
  ): Promise<Room<View, Move> | null>;
  /** Resumes here a room that another tab plays; that tab gets "replaced" and stays disconnected. */
  takeOver<View = any, Move = any>(
    roomId: string, options?: { sync?: "full" | "patch" },
  ): Promise<Room<View, Move> | null>;
  /** The room played last in this browser, in the last ten minutes, of this game when one is named. */
  lastRoom(gameType?: string): { roomId: string; gameType: string } | null;

  on(event: "state", fn: (state: ConnectionState) => void): Off;
  on(event: "disconnected", fn: (detail: { code: number }) => void): Off;
  on(event: "replaced", fn: (detail: {}) => void): Off;
  /** Every type of message that the server sends. */
  on(event: string, fn: (message: ServerMessage) => void): Off;
}

/** A room that this page plays or watches. Its properties are always the newest known; "change" says that some did. */
export class Room<View = any, Move = any> {
  private constructor();
  readonly id: string;
  readonly gameType: string;
  /** The seat of this page, 0-based, or null for a spectator. */
  readonly seat: number | null;
  readonly role: "player" | "spectator";
  readonly playerId: string | null;
  /** The taken seats, in order. */
  readonly seats: SeatInfo[];
  readonly phase: Phase;
  /** What the game shows to this page; undefined before the first start. Never changed in place. */
  readonly view: View | undefined;
  readonly outcome: Outcome | undefined;
  /** When the turn ends, by the server's clock. */
  readonly turnEndsAt: number | undefined;
  readonly pause: Pause | undefined;
  readonly spectators: number;
  /** The last 100 chat lines, oldest first. */
  readonly chat: ChatLine[];
  /** The last 200 events, oldest first. */
  readonly history: RoomEvent[];
  readonly rematchVotes: { votes: number; needed: number } | undefined;
  /** The seat of the person seated longest, as far as this page can know; the server decides. */
  readonly host: number | null;
  /** Whether nobody can join any more, as far as this page can know; the host's page knows. */
  readonly locked: boolean;
  /** Whether the room is connected now. */
  readonly online: boolean;
  /** Why the room is over for this page, or null while it is not. */
  readonly closed: string | null;
  /** The invitation link's path. */
  readonly url: string | null;
  /** How long a seat is held for somebody who has lost the connection. */
  readonly graceSeconds: number;

  /** Makes a move that counts once, over any number of reconnects. Throws `ParlorError` when it is refused. */
  move(data: Move): Promise<MoveResult>;
  /** A move that a newer one replaces: not answered, not repeated, lost while offline. A refusal is the event "refused". */
  input(data: Move): void;
  ready(ready?: boolean): Promise<void>;
  /** Votes for another game. */
  rematch(): Promise<{ votes: number; needed: number }>;
  addBot(options?: { seat?: number; level?: 1 | 2 | 3 }): Promise<{ seat: number }>;
  removeBot(seat?: number): Promise<void>;
  /** Only the host may. */
  kick(seat: number): Promise<void>;
  /** Only the host may: nobody can join any more. */
  lock(): Promise<void>;
  /** Only the host may. */
  unlock(): Promise<void>;
  say(text: string): Promise<void>;
  /** Asks for the whole state again. */
  resync(): void;
  /** Gives the seat up, at once and for good. */
  leave(): Promise<void>;
  /** Gives the seat up and watches. */
  watch(): Promise<void>;
  /** A spectator takes a seat, while the room waits. */
  sit(seat?: number): Promise<void>;

  on(event: "change", fn: (room: Room<View, Move>) => void): Off;
  /** An event of the game. */
  on(event: "event", fn: (event: { event: string; [key: string]: any }) => void): Off;
  on(event: "chat", fn: (line: ChatLine) => void): Off;
  /**
   * Over for this page: "left", "expired", "gone", or the server's reason ("empty", "idle", "finished", "kicked",
   * "admin", "quarantined", "rules_changed", "lost").
   */
  on(event: "closed", fn: (detail: { reason: string }) => void): Off;
  on(event: "online" | "offline" | "replaced", fn: (detail: {}) => void): Off;
  /** An `input` was refused. */
  on(event: "refused", fn: (error: ParlorError) => void): Off;
  /** Every type of message of a room, with its data. */
  on(event: string, fn: (data: any) => void): Off;
}
