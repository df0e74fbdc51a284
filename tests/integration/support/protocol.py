"""The chat's frames against docs/chat-protocol.schema.json, one validator a type of frame.

A validator takes ten times as long as reading the frame. So that tests with a lot of traffic are
about the server and not about that, of frames with the same members only so many are looked at
each, and then one in 32.
"""

import collections
import functools
import json
import os

import jsonschema

ALWAYS = ("join", "history", "participants")  # answered without an id, too
ROOM_REQUESTS = ("leave", "message", "nick", "announce", "kick", "mute", "ban", "unban",
                 "close_room")
ANSWERS = {"joined": ("join",), "history": ("history",), "participants": ("participants",),
           "ok": ROOM_REQUESTS, "error": ROOM_REQUESTS + ALWAYS}

EACH, ONE_IN = 200, 32
_seen = collections.Counter()  # frames by their type and the names of their members


@functools.lru_cache(maxsize=None)
def schema():
    path = os.path.join(os.environ["LWSHOST_SOURCE"], "docs", "chat-protocol.schema.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def names(kind):
    """The types of all frames of a kind, "request" or "event"."""
    return [name[len(kind) + 1:] for name in schema()["$defs"] if name.startswith(kind + "-")]


@functools.lru_cache(maxsize=None)
def _validator(kind, name):
    whole = schema()
    definition = f"{kind}-{name}"
    if definition not in whole["$defs"]:
        return None
    return jsonschema.Draft202012Validator(
        {"$schema": whole["$schema"], "$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]})


def is_valid(kind, frame):
    """Whether an object is a frame of this kind."""
    validator = _validator(kind, str(frame.get("type")))
    return validator is not None and validator.is_valid(frame)


def _is_due(kind, frame):
    shape = (kind, str(frame.get("type")), *frame)
    _seen[shape] += 1
    return _seen[shape] <= EACH or _seen[shape] % ONE_IN == 0


def _check(kind, frame):
    if not _is_due(kind, frame) or is_valid(kind, frame):
        return
    validator = _validator(kind, str(frame.get("type")))
    reasons = "no such type" if validator is None else "\n".join(
        error.message for error in validator.iter_errors(frame))
    raise AssertionError(f"not a valid {kind}: {json.dumps(frame, ensure_ascii=False)}\n{reasons}")


def check_event(event):
    _check("event", event)


def check_request(request):
    _check("request", request)
