#include "request_private.h"
#include "respond.h"

#include <stdlib.h>

#define PIECE_BYTES 16384 /* of lines that are made at once */

/* Lines as answers come: those that are there already first. */
int lines_begin(struct request *request)
{
    size_t n, count = batch_query(request->batch)->count;

    request->order = malloc((count + 1) * sizeof(request->order[0]));
    if (!request->order)
        return -1;
    for (n = 0; n < count; n++)
        if (batch_has_answer(request->batch, n))
            request->order[request->answered++] = n;
    if (respond_stream(request))
        return -1;
    request_hold_input(request, request->answered == 0);
    if (request->answered)
        lws_callback_on_writable(request->wsi);
    return 0;
}

/* The lines of some more answers, and behind the last one the sum. */
static int append_lines(struct request *request)
{
    const struct query *query = batch_query(request->batch);
    const struct outcome *outcomes = batch_outcomes(request->batch);
    struct bytes lines = {0};
    int result = 0;

    while (!result && request->written < request->answered && lines.len < PIECE_BYTES) {
        size_t n = request->order[request->written++];

        result = answer_line(query, n, &outcomes[n], &lines);
    }
    if (!result && request->written == query->count) {
        result = answer_last_line(query, outcomes, &lines);
        request_count_outcomes(request);
        http_stream_end(&request->stream);
    }
    if (!result && lines.len)
        result = http_stream_append(&request->stream, lines.data, lines.len);
    bytes_fini(&lines);
    return result;
}

int lines_writable(struct request *request)
{
    struct lws *wsi = request->wsi;
    bool closes = request->closes, is_end;

    if (http_stream_wants(&request->stream) && append_lines(request))
        return -1;
    is_end = request->stream.has_ended;
    if (http_stream_writable(wsi, &request->stream))
        return -1;
    if (request_is_over(wsi) || (is_end && !request->stream.is_open))
        return closes ? -1 : 0;
    if (request->written == request->answered && http_stream_wants(&request->stream))
        request_hold_input(request, true);
    return 0;
}
