#include "journal_port.h"

void journal_event(const struct lwshost_journal *journal, const char *who,
                   const struct event *event)
{
    int level = event->is_notable ? LLL_NOTICE : LLL_INFO;
    struct bytes line = {0};

    if (journal) {
        journal->event(journal, event);
        return;
    }
    if (lwsl_visible(level) && event_write(event, EVENT_KEY_VALUE, -1, &line) == 0)
        _lws_log(level, "%s: %s", who, line.data);
    bytes_fini(&line);
}

void journal_answered(const struct lwshost_journal *journal, struct lws *wsi, unsigned status,
                      uint64_t bytes, const char *client)
{
    if (journal)
        journal->answered(journal, wsi, status, bytes, client);
}
