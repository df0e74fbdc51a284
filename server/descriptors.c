#include "descriptors.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#define DEFAULT_DESCRIPTORS 20000

void descriptors_limit(unsigned long wanted, const struct log *log)
{
    struct rlimit limit;
    rlim_t target = wanted ? wanted : DEFAULT_DESCRIPTORS;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = target;
    if (limit.rlim_max != RLIM_INFINITY && target > limit.rlim_max) {
        struct rlimit raised = {.rlim_cur = target, .rlim_max = target};

        if (wanted && setrlimit(RLIMIT_NOFILE, &raised) == 0)
            return;
        if (wanted)
            log_warning(log, "rlimit-nofile %lu: only %lu descriptors are allowed here", wanted,
                        (unsigned long)limit.rlim_max);
        limit.rlim_cur = limit.rlim_max;
    }
    if (setrlimit(RLIMIT_NOFILE, &limit))
        log_warning(log, "the limit of descriptors can't be set: %s", strerror(errno));
}
