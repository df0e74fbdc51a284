/* names — a getaddrinfo for tests, to be loaded before the system's with LD_PRELOAD.
 *
 * Shape:    `slow-N.test` is 127.0.0.1, after N seconds; who slept that long says so on stderr.
 *           `two-N.test` is 127.0.0.N, then 127.0.0.1. The system answers for all others.
 * Owns, borrows: nothing.
 * Calls up: the getaddrinfo behind it.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int lookup_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int answer_two(lookup_fn *lookup, unsigned first, const char *service,
                      const struct addrinfo *hints, struct addrinfo **list)
{
    char address[16];
    struct addrinfo *at;
    int result;

    snprintf(address, sizeof(address), "127.0.0.%u", first % 256);
    result = lookup(address, service, hints, list);
    if (result)
        return result;
    for (at = *list; at->ai_next; at = at->ai_next)
        ;
    return lookup("127.0.0.1", service, hints, &at->ai_next);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    static const char awake[] = "names: awake\n";
    lookup_fn *lookup = (lookup_fn *)dlsym(RTLD_NEXT, "getaddrinfo");

    if (strncmp(name, "two-", 4) == 0)
        return answer_two(lookup, (unsigned)atoi(name + 4), service, hints, list);
    if (strncmp(name, "slow-", 5) != 0)
        return lookup(name, service, hints, list);
    sleep((unsigned)atoi(name + 5));
    if (write(STDERR_FILENO, awake, sizeof(awake) - 1) < 0)
        return EAI_SYSTEM;
    return lookup("127.0.0.1", service, hints, list);
}
