"""Tokens that are none, somebody else's, or of another time (RFC 7519, RFC 8725)."""

import base64
import hmac
import json
import time

from behaviour import hostile, request

SECRET = "a-secret-of-the-hostile-table-0123456789"
OTHER_SECRET = "another-secret-of-the-hostile-table-0123"
SERVER = (f"PARLOR_JWT_SECRET={SECRET}", "PARLOR_ADMIN_TOKEN=an-admin-token-of-the-table-0123456789")


def encoded(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def token(secret=SECRET, header={}, **claims):
    """A JWT that is in order, but for what is said otherwise."""
    claims = {"sub": "ann", "iat": int(time.time()), "exp": int(time.time()) + 3600} | claims
    parts = [encoded(json.dumps(part).encode()) for part in ({"alg": "HS256"} | header, claims)]
    signed = b".".join(parts)
    return (signed + b"." + encoded(hmac.digest(secret.encode(), signed, "sha256"))).decode()


def unsigned(algorithm):
    return token(header={"alg": algorithm}).rsplit(".", 1)[0] + "."


def shows(name, must, make):
    """Somebody shows this token in their first message."""
    @hostile("protocol", name, must, flags=SERVER)
    async def act(arena):
        player = await arena.player()
        return await player.refusal("authenticate", data={"token": make()})


shows("a token in order, so that the others mean something", "answered", token)
for algorithm in ("none", "nOnE", "HS1"):
    shows(f"a token that says it needs no signature ({algorithm})", "unauthorized: unknown_algorithm",
          lambda name=algorithm: unsigned(name))
shows("a token under another secret", "unauthorized: bad_signature", lambda: token(secret=OTHER_SECRET))
shows("a token under an empty secret", "unauthorized: bad_signature", lambda: token(secret=""))
shows("a token that was good until a minute ago", "unauthorized: expired", lambda: token(exp=int(time.time()) - 60))
shows("a token that is good from tomorrow on", "unauthorized: not_yet_valid",
      lambda: token(nbf=int(time.time()) + 86_400))
shows("a token without an end", "unauthorized: malformed", lambda: token(exp=None))
shows("a token whose user is a path", "unauthorized: bad_subject", lambda: token(sub="../../ann"))
shows("a token of a user without a name", "unauthorized: bad_subject", lambda: token(sub=""))
shows("a token that says where else to fetch its key, which nobody does", "answered",
      lambda: token(header={"jku": "http://127.0.0.1:1/keys", "kid": "../../etc/passwd"}))
shows("a token of 10,000 characters by its claims", "unauthorized: too_long", lambda: token(more="a" * 10_000))
shows("a token with a line break in it", "unauthorized: malformed", lambda: token()[:20] + "\n" + token()[20:])


@hostile("protocol", "a token in order with another claim under its signature", "unauthorized: bad_signature",
         flags=SERVER)
async def forged(arena):
    header, _, signature = token().split(".")
    claims = encoded(json.dumps({"sub": "bob", "exp": int(time.time()) + 3600}).encode()).decode()
    return await (await arena.player()).refusal("authenticate", data={"token": f"{header}.{claims}.{signature}"})


@hostile("protocol", "a bad token with the request for a socket", "401", flags=SERVER)
async def bad_at_the_door(arena):
    return await (await arena.stranger()).upgrade(Authorization="Bearer a.b.c")


@hostile("protocol", "a bad token from a browser, which cannot read a status", "close 4002", flags=SERVER)
async def bad_from_a_page(arena):
    player = await arena.stranger()
    await player.upgrade(path="/ws?token=a.b.c", Origin=f"http://127.0.0.1:{arena.server.port}")
    return await player.closing()


@hostile("protocol", "a user's seat, asked for with the clientId by whoever is not the user", "session_not_found",
         flags=SERVER)
async def stolen_client(arena):
    ann = await arena.player()
    await ann.ask("authenticate", data={"token": token()})
    await ann.sit()
    ann.reset()
    answers = set()
    for other in (None, token(sub="bob")):
        thief = await arena.player(1)
        if other:
            await thief.ask("authenticate", data={"token": other})
        answers.add(await thief.refusal("reconnect", roomId=ann.room, data={"clientId": ann.client}))
    return answers.pop() if len(answers) == 1 else str(answers)


@hostile("protocol", "another user's token on a connection that is somebody", "forbidden", flags=SERVER)
async def two_users(arena):
    player = await arena.player()
    await player.ask("authenticate", data={"token": token()})
    return await player.refusal("refresh_token", data={"token": token(sub="bob")})


@hostile("protocol", "a room for the invited, without an invitation or with another one", "forbidden", flags=SERVER)
async def uninvited(arena):
    host = await arena.player()
    joined = await host.ask("join_room", gameType="dice", data={"create": True, "visibility": "invited"})
    if not joined["success"]:
        return joined["error"]["code"]
    answers = set()
    for data in ({}, {"token": token(room="k7m2q9xwabcd")}):
        answers.add(await (await arena.player(1)).refusal("join_room", roomId=joined["roomId"], data=data))
    return answers.pop() if len(answers) == 1 else str(answers)


for name, header in [("no admin token", None), ("another admin token", "Bearer an-admin-token-of-the-table-012345678"),
                     ("a user's token for the operator's", "user")]:
    @hostile("protocol", f"somebody is sent away with {name}", "401", flags=SERVER)
    async def revoked(arena, header=header):
        header = f"Bearer {token()}" if header == "user" else header
        lines = [f"Authorization: {header}"] if header else []
        return await arena.exchange(request("/api/users/ann/disconnect", "Content-Length: 0", *lines, method="POST"))
