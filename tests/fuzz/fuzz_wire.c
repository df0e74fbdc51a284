/* A request of a chat client, and the answer to it, which repeats what it was about. */
#include "fuzz.h"

#include "json_text.h"
#include "utf8.h"
#include "wire.h"
#include "wire_event.h"

#include <stdlib.h>
#include <string.h>

static void check_text(const struct wire_text *text, const json_t *root, const char *key)
{
    const json_t *member = json_object_get(root, key);

    if (!text->at)
        return;
    FUZZ_CHECK(text->at[text->len] == '\0' && strlen(text->at) == text->len);
    FUZZ_CHECK(utf8_is_valid(text->at, text->len));
    FUZZ_CHECK(json_is_string(member) && !strcmp(json_string_value(member), text->at));
}

static void check_request(const struct request *request, const json_t *root)
{
    size_t n;

    FUZZ_CHECK(request->type > REQUEST_NONE && request->type < REQUEST_TYPES);
    check_text(&request->nick, root, "nick");
    check_text(&request->session, root, "session");
    check_text(&request->text, root, "text");
    check_text(&request->cid, root, "cid");
    check_text(&request->epoch, json_object_get(root, "since"), "epoch");
    check_text(&request->after, root, "after");
    check_text(&request->reason, root, "reason");
    FUZZ_CHECK(!request->cid.at || utf8_count(request->cid.at, request->cid.len) <= WIRE_CHARS_MAX);
    FUZZ_CHECK(request->to_count <= WIRE_RECIPIENTS_MAX);
    FUZZ_CHECK(request->has_to || !request->to_count);
    for (n = 0; n < request->to_count; n++)
        FUZZ_CHECK(request->to[n].at && request->to[n].at[request->to[n].len] == '\0');
}

static void check_id(const struct wire_id *id, const json_t *root)
{
    const json_t *given = json_object_get(root, "id");

    switch (id->kind) {
    case WIRE_ID_NONE:
        break;
    case WIRE_ID_NUMBER:
        FUZZ_CHECK(json_is_integer(given) && json_integer_value(given) == id->number);
        break;
    case WIRE_ID_TEXT:
        FUZZ_CHECK(json_is_string(given) && !strcmp(json_string_value(given), id->text));
        FUZZ_CHECK(utf8_count(id->text, strlen(id->text)) <= WIRE_CHARS_MAX);
        break;
    }
}

/* Both answers carry the id that the request had. */
static void check_answers(const struct request *request, enum refusal refusal, const json_t *root)
{
    struct bytes out = {0};
    json_t *answer;

    FUZZ_CHECK(!wire_ok(&out, &request->id));
    answer = fuzz_json(out.data, out.len);
    if (request->id.kind != WIRE_ID_NONE)
        FUZZ_CHECK(json_equal(json_object_get(answer, "id"), json_object_get(root, "id")));
    json_decref(answer);
    bytes_clear(&out);
    FUZZ_CHECK(!wire_error(&out, &request->id, request->room.at, refusal, request->trouble,
                           request->retry_after_ms));
    answer = fuzz_json(out.data, out.len);
    FUZZ_CHECK(!strcmp(fuzz_json_text(answer, "reason"), refusal_info(refusal)->reason));
    if (request->id.kind != WIRE_ID_NONE)
        FUZZ_CHECK(json_equal(json_object_get(answer, "id"), json_object_get(root, "id")));
    json_decref(answer);
    bytes_fini(&out);
}

/* What the protocol says about what is no request at all, whatever else is wrong with it. */
static void check_refusal(const struct request *request, enum refusal refusal, const json_t *root)
{
    FUZZ_CHECK(refusal == REFUSAL_BAD_JSON || refusal == REFUSAL_BAD_REQUEST ||
               refusal == REFUSAL_UNKNOWN_TYPE || refusal == REFUSAL_TOO_MANY_RECIPIENTS);
    FUZZ_CHECK((refusal == REFUSAL_BAD_REQUEST) == (request->trouble != NULL));
    FUZZ_CHECK(root || refusal == REFUSAL_BAD_JSON || refusal == REFUSAL_BAD_REQUEST);
}

static void check_one(const char *text, size_t len, unsigned how)
{
    static const char *const types[] = {NULL, "announce"};
    struct request request;
    enum refusal refusal = how & 1 ? request_read_body(&request, text, len, "den", types[how >> 1])
                                   : request_read(&request, text, len);
    json_t *root = json_text_load(text, len, JSON_REJECT_DUPLICATES, NULL);

    if (refusal)
        check_refusal(&request, refusal, root);
    else
        FUZZ_CHECK(root);
    if (!refusal)
        check_request(&request, root);
    if (root && json_is_object(root)) {
        check_id(&request.id, root);
        check_answers(&request, refusal ? refusal : REFUSAL_INTERNAL, root);
    }
    json_decref(root);
    request_fini(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    unsigned how;
    size_t len;
    char *text = fuzz_rest(&input, &len);

    if (utf8_is_valid(text, len)) /* the caller has seen to that */
        for (how = 0; how < 4; how++)
            check_one(text, len, how);
    free(text);
    return 0;
}
