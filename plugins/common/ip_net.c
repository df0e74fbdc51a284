#include "ip_net.h"

#include "text_list.h"

#include <string.h>

#define V4_BITS 96 /* in front of an IPv4 address in its mapped form */

/* Read the digits of a length. Returns it, or 129 when it is none. */
static unsigned read_bits(const char *text, size_t len)
{
    unsigned bits = 0;
    size_t n;

    if (len == 0 || len > 3)
        return 129;
    for (n = 0; n < len; n++) {
        if (text[n] < '0' || text[n] > '9')
            return 129;
        bits = bits * 10 + (unsigned)(text[n] - '0');
    }
    return bits;
}

static bool has_bits_behind(const struct ip_net *net)
{
    unsigned bit;

    for (bit = net->bits; bit < 128; bit++)
        if (net->base.octets[bit / 8] >> (7 - bit % 8) & 1)
            return true;
    return false;
}

static const char *parse_net(const char *text, size_t len, struct ip_net *net)
{
    const char *slash = memchr(text, '/', len);
    size_t address_len = slash ? (size_t)(slash - text) : len;
    bool is_v4 = !memchr(text, ':', address_len);

    if (ip_addr_parse(text, address_len, &net->base))
        return "is neither an address nor a network";
    net->bits = 128;
    if (!slash)
        return NULL;
    net->bits = read_bits(slash + 1, len - address_len - 1);
    if (net->bits > (is_v4 ? 32 : 128))
        return is_v4 ? "has no length from 0 to 32" : "has no length from 0 to 128";
    if (is_v4)
        net->bits += V4_BITS;
    return has_bits_behind(net) ? "has address bits behind its length" : NULL;
}

int ip_nets_parse(struct ip_nets *out, const char *text, const char *name, struct problem *problem)
{
    const char *list = text ? text : "", *item;
    size_t len;

    memset(out, 0, sizeof(*out));
    while ((item = text_list_next(&list, &len))) {
        const char *wrong;

        if (len == 4 && memcmp(item, "unix", 4) == 0) {
            out->has_unix = true;
            continue;
        }
        wrong = out->count < IP_NETS_MAX ? parse_net(item, len, &out->nets[out->count])
                                         : "is one network too many";
        if (wrong) {
            memset(out, 0, sizeof(*out));
            return problem_set(problem, name, "\"%.*s\" %s", (int)len, item, wrong);
        }
        out->count++;
    }
    return 0;
}

bool ip_nets_have(const struct ip_nets *nets, const struct ip_addr *addr)
{
    bool is_v4 = ip_addr_is_v4(addr);
    size_t n;

    for (n = 0; n < nets->count; n++)
        if ((!is_v4 || nets->nets[n].bits >= V4_BITS) &&
            ip_addr_in_net(addr, &nets->nets[n].base, nets->nets[n].bits))
            return true;
    return false;
}
