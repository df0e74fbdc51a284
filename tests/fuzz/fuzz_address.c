/* Addresses, networks and the header that names the client behind proxies, against inet_pton(3),
 * bits that are compared one by one, and a list that is walked from its right end. */
#include "fuzz.h"

#include "forwarded.h"
#include "ip_class.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static bool parse_slowly(const char *text, size_t len, struct ip_addr *out)
{
    char copy[64] = "";

    memset(out, 0, sizeof(*out));
    if (len >= sizeof(copy) || memchr(text, 0, len))
        return false;
    memcpy(copy, text, len);
    out->octets[10] = out->octets[11] = 0xff;
    return inet_pton(AF_INET, copy, out->octets + 12) == 1 ||
           inet_pton(AF_INET6, copy, out->octets) == 1;
}

static unsigned bit_of(const struct ip_addr *addr, unsigned n)
{
    return ((unsigned)addr->octets[n / 8] >> (7 - n % 8)) & 1u;
}

static bool has_slowly(const struct ip_nets *nets, const struct ip_addr *addr)
{
    bool is_v4 = true;
    size_t n;
    unsigned bit;

    for (n = 0; n < 12; n++)
        is_v4 &= addr->octets[n] == (n < 10 ? 0 : 0xff);
    for (n = 0; n < nets->count; n++) {
        for (bit = 0; bit < nets->nets[n].bits; bit++)
            if (bit_of(addr, bit) != bit_of(&nets->nets[n].base, bit))
                break;
        if (bit == nets->nets[n].bits && (!is_v4 || bit >= 96))
            return true;
    }
    return false;
}

static void check_address(const char *text, size_t len)
{
    struct ip_addr addr, slow, again, subject;
    char canonical[IP_ADDR_TEXT_BYTES], masked[IP_ADDR_TEXT_BYTES];
    bool is_one = ip_addr_parse(text, len, &addr) == 0;

    FUZZ_CHECK(is_one == parse_slowly(text, len, &slow));
    if (!is_one)
        return;
    FUZZ_CHECK(ip_addr_equal(&addr, &slow) && !memcmp(&addr, &slow, sizeof(addr)));
    ip_addr_format(&addr, canonical);
    FUZZ_CHECK(!ip_addr_parse(canonical, strlen(canonical), &again));
    FUZZ_CHECK(ip_addr_equal(&addr, &again));
    FUZZ_CHECK(ip_addr_is_v4(&addr) == !strchr(canonical, ':'));
    ip_addr_format_masked(&addr, masked);
    FUZZ_CHECK(strlen(masked) < sizeof(masked) && masked[strlen(masked) - 1] == '*');

    subject = ip_class_subject(&addr);
    again = ip_class_subject(&subject);
    FUZZ_CHECK(ip_addr_equal(&subject, &again));
    FUZZ_CHECK(ip_class_of(&addr) == ip_class_of(&subject));
    FUZZ_CHECK(ip_kind_name(ip_class_of(&addr))[0]);
}

/* Elements from the right, as long as who wrote them is trusted. */
static bool find_slowly(const struct ip_addr *peer, const struct ip_nets *nets, const char *values,
                        struct ip_addr *out)
{
    bool is_trusted = peer ? has_slowly(nets, peer) : nets->has_unix, has = peer != NULL;
    char *copy = strdup(values), *comma, *element, *end;
    size_t len;

    FUZZ_CHECK(copy);
    if (peer)
        *out = *peer;
    for (comma = copy + strlen(copy); is_trusted && comma; *(comma ? comma : copy) = '\0') {
        struct ip_addr addr;

        comma = strrchr(copy, ',');
        element = comma ? comma + 1 : copy;
        element += strspn(element, " \t");
        len = strlen(element);
        while (len && strchr(" \t", element[len - 1]))
            len--;
        if (!len)
            continue;
        element[len] = '\0';
        if (!parse_slowly(element, len, &addr)) {
            bool is_bracketed = element[0] == '[';

            /* a port, or brackets with or without one */
            end = is_bracketed ? strchr(element, ']') : strchr(element, ':');
            if (!end)
                break;
            if (*end == ']' && end[1] != ':' && end[1] != '\0')
                break;
            if (*end == ':' || end[1] == ':') {
                const char *port = *end == ':' ? end + 1 : end + 2;

                len = strspn(port, "0123456789");
                if (!len || len > 5 || port[len])
                    break;
            }
            element += is_bracketed;
            *end = '\0';
            if (!parse_slowly(element, strlen(element), &addr) ||
                is_bracketed != (strchr(element, ':') != NULL))
                break;
        }
        *out = addr;
        has = true;
        is_trusted = has_slowly(nets, out);
    }
    free(copy);
    return has;
}

static void check_forwarded(const struct ip_nets *nets, const char *values, unsigned who)
{
    struct ip_addr peer = {{[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1}}, out, slow;
    const struct ip_addr *from = who & 1 ? &peer : NULL;
    bool found;

    if (who & 2 && nets->count)
        peer = nets->nets[0].base;
    found = forwarded_client(from, nets, values, strlen(values), &out);
    FUZZ_CHECK(found == find_slowly(from, nets, values, &slow));
    FUZZ_CHECK(!found || ip_addr_equal(&out, &slow));
}

/* A byte, then three lines: an address, networks, a header. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct problem problem = {0};
    struct ip_nets nets;
    struct ip_addr addr;
    unsigned who = fuzz_byte(&input);
    size_t len, header_len;
    char *text = fuzz_text(&input, '\n', &len), *list = fuzz_text(&input, '\n', NULL);
    char *header = fuzz_text(&input, '\n', &header_len);

    check_address(text, len);
    if (ip_nets_parse(&nets, list, "nets", &problem)) {
        fuzz_check_problem(&problem);
        FUZZ_CHECK(!nets.count && !nets.has_unix);
    } else {
        FUZZ_CHECK(nets.count <= IP_NETS_MAX && !problem.text[0]);
        if (!ip_addr_parse(text, len, &addr))
            FUZZ_CHECK(ip_nets_have(&nets, &addr) == has_slowly(&nets, &addr));
        check_forwarded(&nets, header, who);
    }
    forwarded_client(NULL, &nets, header, header_len, &addr);
    free(text);
    free(list);
    free(header);
    return 0;
}
