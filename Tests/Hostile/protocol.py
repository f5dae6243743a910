"""Messages in good form that ask for what is not theirs to ask."""

import json

from behaviour import MIB, hostile, post, request
from client import frame, message


def asks(name, must, type, **members):
    """One request of somebody who has just been welcomed."""
    @hostile("protocol", name, must)
    async def act(arena):
        return await (await arena.player()).refusal(type, **members)


def at_table(name, must, type, seat=0, **members):
    """One request of somebody at a game of tic-tac-toe that is being played; seat 0 is to move."""
    @hostile("protocol", name, must)
    async def act(arena):
        table = await sit_down(arena)
        return await table[seat].refusal(type, **members)


async def sit_down(arena, game="tictactoe", count=2):
    """People of one room; who is told that it begins has been seated."""
    host = await arena.player()
    await host.sit(game)
    others = [await arena.player(number) for number in range(1, count)]
    for other in others:
        await other.sit(room=host.room)
    return [host, *others]


# MARK: Who asks too early, or for what is not there

@hostile("protocol", "messages in one piece with the request for the socket", "answered in order")
async def before_the_welcome(arena):
    player = await arena.stranger()
    requests = [frame(message("ping", id=number)) for number in range(20)]
    await player.send(player.request() + b"".join(requests))
    await player.status(has_body=False)
    heard = [await player.next() for _ in range(21)]
    return "answered in order" if [one.get("id") for one in heard] == [None, *range(20)] else str(heard)


asks("a type that does not exist", "unknown_type", "become_admin")
asks("a type of the server's", "unknown_type", "game_state", data={"phase": "finished"})
asks("a move in no room", "not_in_room", "make_move", data={"row": 0, "col": 0})
asks("a chat in no room", "not_in_room", "chat", data={"text": "hello"})
asks("a join of a game that does not exist", "unknown_game", "join_room", gameType="poker")
asks("a join of a room that does not exist", "room_not_found", "join_room", roomId="k7m2q9xwabcd")
asks("a join of a room whose id is a path", "room_not_found", "join_room", roomId="../../../etc/passwd")
asks("a join of a room whose id is SQL", "room_not_found", "join_room", roomId="x' OR '1'='1")
asks("a join of a room whose id is a key of Redis", "room_not_found", "join_room", roomId="a}:log\r\nFLUSHALL\r\n")
asks("a join as host", "bad_message", "join_room", gameType="dice", data={"as": "host"})
asks("a join of seat 64", "bad_message", "join_room", gameType="dice", data={"create": True, "seat": 64})
asks("a join of a seat that the game has not", "seat_taken", "join_room", gameType="tictactoe",
     data={"create": True, "seat": 5})
asks("a history of a million events", "bad_message", "join_room", gameType="dice", data={"history": 1_000_000})
asks("a token that is none", "unauthorized", "authenticate", data={"token": "a.b.c"})
asks("a token of 10,000 characters", "unauthorized", "authenticate", data={"token": "a" * 10_000})

# MARK: Options

for name, options, must in [
    ("a target of 10^18", {"target": 10**18}, "bad_options: out_of_range"),
    ("a target below nothing", {"target": -100}, "bad_options: out_of_range"),
    ("a million seats", {"seats": 1_000_000}, "bad_options: out_of_range"),
    ("no seats", {"seats": 0}, "bad_options: out_of_range"),
    ("a number of seats with a fraction", {"seats": 2.5}, "bad_options"),
    ("seats that are a list", {"seats": [2]}, "bad_options"),
    ("5 KB that nobody needs", {"x": "a" * 5000}, "bad_message"),
    ("a list", [], "bad_message"),
]:
    asks(f"options: {name}", must, "join_room", gameType="dice", data={"create": True, "options": options})

# MARK: At a table

for name, data, must in [
    ("out of the board", {"row": 3, "col": 0}, "out_of_board"),
    ("below the board", {"row": -1, "col": 0}, "out_of_board"),
    ("far out of the board", {"row": 2**63 - 1, "col": 0}, "out_of_board"),
    ("beyond every number", {"row": 2**64, "col": 0}, "bad_move"),
    ("between two squares", {"row": 0.5, "col": 0}, "bad_move"),
    ("that is text", {"row": "0", "col": "0"}, "bad_move"), ("that is half a move", {"row": 0}, "bad_move"),
    ("that is null", {"row": None, "col": None}, "bad_move"), ("of another game", {"action": "roll"}, "bad_move"),
]:
    at_table(f"a move {name}", f"move_refused: {must}", "make_move", data=data)
at_table("a move out of turn", "move_refused: not_your_turn", "make_move", seat=1, data={"row": 0, "col": 0})
at_table("a move without data", "bad_message", "make_move")
at_table("a move for another game's room", "wrong_game", "make_move", gameType="dice", data={"row": 0, "col": 0})
at_table("a move in somebody else's room", "not_in_room", "make_move", roomId="k7m2q9xwabcd", data={"row": 0, "col": 0})
at_table("a kick by a guest", "forbidden", "kick", seat=1, data={"seat": 0})
at_table("a lock by a guest", "forbidden", "lock", seat=1)
at_table("a kick of nobody", "not_a_player", "kick", data={"seat": 9})
at_table("a rematch before the end", "game_running", "rematch")
at_table("a bot in a game that goes on", "game_running", "add_bot")
at_table("a bot of level 99", "bad_message", "add_bot", data={"level": 99})
at_table("ready in a game that does not ask for it", "game_running", "ready")
at_table("a chat of 501 characters", "bad_message", "chat", data={"text": "a" * 501})
at_table("a chat with a control character", "bad_message", "chat", data={"text": "a\u0007b"})
at_table("a chat that turns the line around", "bad_message", "chat", data={"text": "\u202eabc"})


@hostile("protocol", "a square that is taken", "move_refused: square_taken")
async def taken_square(arena):
    host, guest = await sit_down(arena)
    await host.ask("make_move", data={"row": 1, "col": 1})
    return await guest.refusal("make_move", data={"row": 1, "col": 1})


@hostile("protocol", "a move by a spectator", "not_a_player")
async def move_by_spectator(arena):
    host, _ = await sit_down(arena)
    other = await arena.player(2)
    await other.ask("join_room", roomId=host.room, data={"as": "spectator"})
    return await other.refusal("make_move", data={"row": 0, "col": 0})


@hostile("protocol", "bots and kicks by a spectator", "refused")
async def commands_by_spectator(arena):
    host = await arena.player()
    await host.sit()
    other = await arena.player(2)
    await other.ask("join_room", roomId=host.room, data={"as": "spectator"})
    answers = {await other.refusal(type, **more) for type, more in [
        ("add_bot", {}), ("remove_bot", {}), ("kick", {"data": {"seat": 0}}), ("lock", {}), ("unlock", {}),
        ("ready", {}), ("rematch", {})]}
    return "refused" if "answered" not in answers else str(answers)


@hostile("protocol", "another move under an id that was used", "id_reused")
async def reused_id(arena):
    host, guest = await sit_down(arena)
    await host.ask("make_move", id="a", data={"row": 0, "col": 0})
    await guest.ask("make_move", id="a", data={"row": 1, "col": 1})
    return await host.refusal("make_move", id="a", data={"row": 2, "col": 2})


@hostile("protocol", "the same move under the same id, 50 times", "counts once")
async def repeated_move(arena):
    host, _ = await sit_down(arena)
    answers = [await host.ask("make_move", id="a", data={"row": 0, "col": 0}) for _ in range(50)]
    counts_once = len({answer["data"]["version"] for answer in answers}) == 1
    return "counts once" if counts_once and all(one["data"].get("repeated") for one in answers[1:]) else str(answers)


@hostile("protocol", "a vote for a rematch, 50 times by one player", "counts once")
async def stuffed_ballot(arena):
    host, guest = await sit_down(arena)
    for player, row, col in [(host, 0, 0), (guest, 1, 0), (host, 0, 1), (guest, 1, 1), (host, 0, 2)]:
        await player.ask("make_move", data={"row": row, "col": col})
    votes = {(await host.ask("rematch"))["data"]["votes"] for _ in range(50)}
    return "counts once" if votes == {1} else str(votes)


@hostile("protocol", "a join of one's own room again and again", "the same seat")
async def joins_again(arena):
    host = await arena.player()
    await host.sit()
    seats = {(await host.ask("join_room", roomId=host.room))["data"].get("seat") for _ in range(20)}
    return "the same seat" if seats == {host.seat} else str(seats)


@hostile("protocol", "a join of a seat that is taken", "seat_taken")
async def taken_seat(arena):
    host = await arena.player()
    await host.sit("dice", options={"seats": 3})
    other = await arena.player(1)
    return await other.refusal("join_room", roomId=host.room, data={"seat": host.seat})


@hostile("protocol", "a locked room", "forbidden")
async def locked(arena):
    host = await arena.player()
    await host.sit()
    await host.ask("lock")
    return await (await arena.player(1)).refusal("join_room", roomId=host.room)


@hostile("protocol", "a fifth room of one client", "too_many_rooms")
async def fifth_room(arena):
    player = await arena.player()
    for _ in range(4):
        await player.sit()
    return await player.refusal("join_room", gameType="dice", data={"create": True})


@hostile("protocol", "the 201st room of one address", "too_many_rooms or rate_limited", peak=32 * MIB)
async def rooms_of_one_address(arena):
    players = [await arena.player() for _ in range(51)]
    for player in players[:50]:
        for _ in range(4):
            answer = await player.ask("join_room", gameType="dice", data={"create": True})
            if not answer["success"]:
                return answer["error"]["code"]
    return await players[50].refusal("join_room", gameType="dice", data={"create": True})


@hostile("protocol", "the 201st spectator of a room", "room_full", peak=32 * MIB, memory=8 * MIB)
async def spectators(arena):
    host = await arena.player(100)
    await host.sit()
    answers = []
    for number in range(201):
        other = await arena.player(number % 50)
        answers.append(await other.refusal("join_room", roomId=host.room, data={"as": "spectator"}))
    return answers[200] if set(answers[:200]) == {"answered"} else str(set(answers))


# MARK: Over HTTP

def body(text):
    return post(text.encode(), f"Content-Length: {len(text.encode())}")


def posts(name, must, text):
    @hostile("protocol", name, must)
    async def act(arena):
        return await arena.exchange(body(text))


posts("a room by HTTP whose order is no JSON", "400", "gameType=dice")
posts("a room by HTTP of no game", "400", "{}")
posts("a room by HTTP of a game that does not exist", "404 or 400", '{"gameType":"poker"}')
posts("a room by HTTP with options that are a bomb", "400", '{"gameType":"dice","options":%s}' % ('{"a":' * 2000))


@hostile("protocol", "a key of somebody else's order (Idempotency-Key)", "another room or 409 or 422")
async def borrowed_key(arena):
    rooms = []
    for index, game in enumerate(["dice", "tictactoe"]):
        line = await arena.line(index)
        text = '{"gameType":"%s","visibility":"private"}' % game
        await line.send(post(text.encode(), "Idempotency-Key: 1", f"Content-Length: {len(text)}"))
        status, _, answer = await line.response()
        if status != 201:
            return str(status)
        rooms.append(json.loads(answer)["roomId"])
    return "another room" if rooms[0] != rooms[1] else "the other's private room"


@hostile("protocol", "the operator's pages without the operator's token", "404 or 401")
async def admin(arena):
    return await arena.exchange(request("/admin", "Authorization: Bearer a"))


@hostile("protocol", "a user cut off by somebody who is not the operator", "404 or 401")
async def revoke(arena):
    return await arena.exchange(request("/api/users/ann/disconnect", "Content-Length: 0", method="POST"))
