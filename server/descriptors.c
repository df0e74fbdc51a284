#include "descriptors.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#define DEFAULT_DESCRIPTORS 20000

#define SPARE_PART 8 /* one in eight is not for connections */
#define SPARE_MIN 16

static void set_limit(unsigned long count, const struct log *log)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = count;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        log_warning(log, "the limit of descriptors can't be set: %s", strerror(errno));
}

/* How many descriptors there can be. */
static unsigned long allowed(unsigned long wanted, const struct log *log)
{
    rlim_t target = wanted ? wanted : DEFAULT_DESCRIPTORS;
    struct rlimit limit, raised = {.rlim_cur = target, .rlim_max = target};

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max == RLIM_INFINITY ||
        target <= limit.rlim_max || (wanted && setrlimit(RLIMIT_NOFILE, &raised) == 0))
        return target;
    if (wanted)
        log_warning(log, "rlimit-nofile %lu: only %lu descriptors are allowed here", wanted,
                    (unsigned long)limit.rlim_max);
    return limit.rlim_max;
}

unsigned long descriptors_hold_back(unsigned long wanted, unsigned long *count,
                                    const struct log *log)
{
    unsigned long spare, connections;

    *count = allowed(wanted, log);
    spare = *count / SPARE_PART > SPARE_MIN ? *count / SPARE_PART : SPARE_MIN;
    connections = *count > 2 * spare ? *count - spare : *count;
    set_limit(connections, log);
    return connections;
}

void descriptors_give(unsigned long count, const struct log *log) { set_limit(count, log); }
