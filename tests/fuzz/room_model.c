#include "room_model.h"

#include "fuzz.h"

#include <string.h>

void room_model_check(const struct message *message, const struct said *said)
{
    FUZZ_CHECK(!strcmp(message->user, said->user) && !strcmp(message->cid, said->cid));
    FUZZ_CHECK(!strcmp(message->text, said->text) && message->text_len == strlen(said->text));
    FUZZ_CHECK(message->time_ms == said->time_ms && !strcmp(message->nick, "nick"));
}

void room_model_page(const struct room_model *room, const struct store_query *query,
                     uint64_t *first, uint64_t *last)
{
    size_t bytes = 0, count = 0;
    uint64_t low = query->after + 1, high = query->before - 1, n;

    if (low < room->oldest)
        low = room->oldest;
    if (high > room->head)
        high = room->head;
    *first = 1;
    *last = 0;
    if (low > high)
        return;
    *first = query->is_newest ? high + 1 : low;
    *last = query->is_newest ? high : low - 1;
    for (n = 0; n <= high - low && count < query->limit; n++, count++) {
        uint64_t offset = query->is_newest ? high - n : low + n;

        bytes += strlen(room->said[offset - 1].text);
        if (count && bytes > query->max_bytes)
            break;
        *(query->is_newest ? first : last) = offset;
    }
}
