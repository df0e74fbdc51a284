/* place — where an address is, as far as a database knows.
 *
 * Shape:    a fixed struct; all zero is "nothing known".
 * Owns:     its texts, within it.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_PLACE_H
#define LWSHOST_PLACE_H

#include <stdbool.h>
#include <stdint.h>

/* Texts are UTF-8 as far as the file keeps its promise, empty when unknown, and cut at a character
 * when longer than their room. */
struct place {
    char country[128];
    char country_code[8]; /* ISO 3166-1 */
    char region[128];     /* first subdivision: province, state */
    char region_code[16]; /* ISO 3166-2 without the country */
    char city[128];
    char district[128];
    char postal[32];
    char time_zone[64]; /* IANA name */
    char isp[160];
    char org[160];     /* who uses the address, where that differs from who provides it */
    char as_name[160]; /* who runs the autonomous system */
    uint32_t asn;      /* 0: unknown */
    bool has_location;
    double latitude, longitude; /* degrees, WGS 84 */
};

#endif
