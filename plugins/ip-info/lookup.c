#include "lookup.h"

#include <string.h>

int lookup_service_init(struct lookup_service *service, const struct settings *settings,
                        const struct chain_ports *ports)
{
    return chains_init(&service->chains, settings, ports);
}

void lookup_service_fini(struct lookup_service *service) { chains_fini(&service->chains); }

static bool answer_locally(const struct lookup_question *question, struct outcome *outcome)
{
    outcome->kind = ip_class_of(&question->addr);
    if (outcome->kind != IP_KIND_PUBLIC) {
        outcome->source = "local";
        return true;
    }
    if (question->providers.count)
        return false;
    outcome_fail(outcome, OUTCOME_NO_PROVIDER, "there is nobody to ask");
    return true;
}

bool lookup_start(struct lookup_service *service, const struct lookup_question *question,
                  struct outcome *outcome, lookup_done_fn *done, void *opaque)
{
    const struct chain_question chain = {.addr = ip_class_subject(&question->addr),
                                         .providers = question->providers,
                                         .lang = question->lang,
                                         .deadline_us = question->deadline_us,
                                         .requester = question->requester};

    memset(outcome, 0, sizeof(*outcome));
    if (answer_locally(question, outcome))
        return true;
    return chain_start(&service->chains, &chain, outcome, done, opaque);
}
