#include "refusal.h"

static const struct refusal_info infos[] = {
    [REFUSAL_NONE] = {200, "ok", "Done.", false},
    [REFUSAL_BAD_JSON] = {400, "bad-json", "This is not JSON.", false},
    [REFUSAL_BAD_REQUEST] = {400, "bad-request", "The request is malformed.", false},
    [REFUSAL_UNKNOWN_TYPE] = {400, "unknown-type", "There is no such type of request.", false},
    [REFUSAL_BAD_NICK] = {400, "bad-nick",
                          "A nick has 1 to 32 visible characters and no blank at either end.",
                          false},
    [REFUSAL_BAD_ROOM] = {400, "bad-room",
                          "A room name has 1 to 64 characters of a-z, 0-9, dot, _ and -.", false},
    [REFUSAL_EMPTY_TEXT] = {400, "empty-text", "The text is empty.", false},
    [REFUSAL_NO_SUCH_ROOM] = {404, "no-such-room", "There is no such room.", false},
    [REFUSAL_NO_SUCH_USER] = {404, "no-such-user", "There is nobody of that name.", false},
    [REFUSAL_NOT_IN_ROOM] = {404, "not-in-room", "You are not in this room.", false},
    [REFUSAL_NICK_IN_USE] = {409, "nick-in-use", "Somebody else has this nick.", false},
    [REFUSAL_ALREADY_JOINED] = {409, "already-joined", "You are in this room.", false},
    [REFUSAL_TEXT_TOO_LONG] = {413, "text-too-long", "The text is too long.", false},
    [REFUSAL_TOO_MANY_RECIPIENTS] = {413, "too-many-recipients",
                                     "A whisper has 8 recipients at most.", false},
    [REFUSAL_OFFSET_OUT_OF_RANGE] = {416, "offset-out-of-range",
                                     "No message has a number as high as that.", false},
    [REFUSAL_RATE_LIMITED] = {429, "rate-limited", "You are sending too fast.", true},
    [REFUSAL_INTERNAL] = {500, "internal", "The server could not do it.", true},
    [REFUSAL_STORAGE] = {503, "storage", "The message could not be kept.", true},
    [REFUSAL_ROOM_FULL] = {503, "room-full", "The room is full.", true},
    [REFUSAL_TOO_MANY_ROOMS] = {503, "too-many-rooms", "There are too many rooms.", true},
};

const struct refusal_info *refusal_info(enum refusal refusal) { return &infos[refusal]; }
