#include "lookup_answer.h"

#include <jansson.h>
#include <stdbool.h>

/* json_string refuses what is not UTF-8, which only a bad database holds. */
static int set_text(json_t *object, const char *key, const char *text)
{
    json_t *value = json_string(text);

    return json_object_set_new_nocheck(object, key, value ? value : json_string(""));
}

static int set_known_text(json_t *object, const char *key, const char *text)
{
    json_t *value = text[0] ? json_string(text) : NULL;

    return value ? json_object_set_new_nocheck(object, key, value) : 0;
}

/* The service that the tutorial asked: names that it did not know were empty strings. */
static int fill_tutorial(json_t *object, const char *ip, const struct place *place)
{
    if (json_object_set_new_nocheck(object, "ret", json_integer(place ? 1 : -1)) ||
        set_text(object, "ip", ip))
        return -1;
    if (!place)
        return 0;
    return set_text(object, "country", place->country) ||
                   set_text(object, "province", place->region) ||
                   set_text(object, "city", place->city) ||
                   set_text(object, "district", place->district) ||
                   set_text(object, "isp", place->isp[0] ? place->isp : place->as_name)
               ? -1
               : 0;
}

static int fill_not_found(json_t *object)
{
    return json_object_set_new_nocheck(object, "ok", json_false()) ||
                   json_object_set_new_nocheck(
                       object, "error",
                       json_pack("{s:s, s:s}", "code", "not_found", "detail",
                                 "the database says nothing about this address"))
               ? -1
               : 0;
}

static int set_numbers(json_t *object, const struct place *place)
{
    if (place->has_location &&
        (json_object_set_new_nocheck(object, "latitude", json_real(place->latitude)) ||
         json_object_set_new_nocheck(object, "longitude", json_real(place->longitude))))
        return -1;
    return place->asn ? json_object_set_new_nocheck(object, "asn", json_integer(place->asn)) : 0;
}

/* ip-info's result object: members that are unknown are absent. */
static int fill_native(json_t *object, const char *ip, const struct place *place)
{
    if (set_text(object, "ip", ip))
        return -1;
    if (!place)
        return fill_not_found(object);
    return json_object_set_new_nocheck(object, "ok", json_true()) ||
                   set_known_text(object, "country", place->country) ||
                   set_known_text(object, "country_code", place->country_code) ||
                   set_known_text(object, "region", place->region) ||
                   set_known_text(object, "region_code", place->region_code) ||
                   set_known_text(object, "city", place->city) ||
                   set_known_text(object, "district", place->district) ||
                   set_known_text(object, "postal", place->postal) ||
                   set_known_text(object, "timezone", place->time_zone) ||
                   set_known_text(object, "isp", place->isp) ||
                   set_known_text(object, "org", place->org) ||
                   set_known_text(object, "as_name", place->as_name) || set_numbers(object, place)
               ? -1
               : 0;
}

size_t lookup_answer_write(enum lookup_format format, const struct ip_addr *addr,
                           const struct place *place, char out[LOOKUP_ANSWER_BYTES])
{
    json_t *object = json_object();
    char ip[IP_ADDR_TEXT_BYTES];
    size_t len = 0;
    int filled;

    if (!object)
        return 0;
    ip_addr_format(addr, ip);
    filled =
        format == LOOKUP_NATIVE ? fill_native(object, ip, place) : fill_tutorial(object, ip, place);
    if (filled == 0)
        len = json_dumpb(object, out, LOOKUP_ANSWER_BYTES, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(object);
    return len <= LOOKUP_ANSWER_BYTES ? len : 0;
}
