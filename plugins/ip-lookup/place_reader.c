#include "place_reader.h"

#include <math.h>
#include <string.h>

/* One record under way. */
struct reading {
    const MMDB_s *mmdb;
    const char *language;
    bool is_damaged;
};

/* The value at `path` under `from`. Absent is no damage: layouts differ. */
static bool get(struct reading *reading, MMDB_entry_s from, const char *const *path,
                MMDB_entry_data_s *data)
{
    int verdict = MMDB_aget_value(&from, data, path);

    if (verdict == MMDB_SUCCESS)
        return data->has_data;
    if (verdict != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
        reading->is_damaged = true;
    return false;
}

/* A map below `from`, so that several members of it are found from there. */
static bool get_map(struct reading *reading, MMDB_entry_s from, const char *const *path,
                    MMDB_entry_s *map)
{
    MMDB_entry_data_s data;

    if (!get(reading, from, path, &data) || data.type != MMDB_DATA_TYPE_MAP)
        return false;
    *map = (MMDB_entry_s){.mmdb = reading->mmdb, .offset = data.offset};
    return true;
}

static void copy_text(const MMDB_entry_data_s *data, char *out, size_t room)
{
    size_t len = data->data_size;

    if (len >= room) {
        len = room - 1;
        while (len && ((unsigned char)data->utf8_string[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(out, data->utf8_string, len);
    out[len] = '\0';
}

static void get_text(struct reading *reading, MMDB_entry_s from, const char *key, char *out,
                     size_t room)
{
    const char *const path[] = {key, NULL};
    MMDB_entry_data_s data;

    if (get(reading, from, path, &data) && data.type == MMDB_DATA_TYPE_UTF8_STRING)
        copy_text(&data, out, room);
}

/* The name of the thing `from`, in the language asked for or in English. */
static void get_name(struct reading *reading, MMDB_entry_s from, char *out, size_t room)
{
    static const char *const names_path[] = {"names", NULL};
    MMDB_entry_s names;

    if (!get_map(reading, from, names_path, &names))
        return;
    get_text(reading, names, reading->language, out, room);
    if (!out[0])
        get_text(reading, names, "en", out, room);
}

static bool get_degrees(struct reading *reading, MMDB_entry_s from, const char *key, double *out)
{
    const char *const path[] = {key, NULL};
    MMDB_entry_data_s data;

    if (!get(reading, from, path, &data))
        return false;
    if (data.type == MMDB_DATA_TYPE_DOUBLE)
        *out = data.double_value;
    else if (data.type == MMDB_DATA_TYPE_FLOAT)
        *out = (double)data.float_value;
    else
        return false;
    return isfinite(*out);
}

static void get_location(struct reading *reading, MMDB_entry_s from, struct place *place)
{
    double latitude, longitude;

    if (get_degrees(reading, from, "latitude", &latitude) &&
        get_degrees(reading, from, "longitude", &longitude)) {
        place->has_location = true;
        place->latitude = latitude;
        place->longitude = longitude;
    }
    get_text(reading, from, "time_zone", place->time_zone, sizeof(place->time_zone));
}

/* Who runs the network: under "traits" in Enterprise files, at the top in ISP and ASN files. */
static void get_network(struct reading *reading, MMDB_entry_s from, struct place *place)
{
    static const char *const asn_path[] = {"autonomous_system_number", NULL};
    MMDB_entry_data_s asn;

    get_text(reading, from, "isp", place->isp, sizeof(place->isp));
    get_text(reading, from, "organization", place->org, sizeof(place->org));
    get_text(reading, from, "autonomous_system_organization", place->as_name,
             sizeof(place->as_name));
    if (get(reading, from, asn_path, &asn) && asn.type == MMDB_DATA_TYPE_UINT32)
        place->asn = asn.uint32;
}

/* Addresses of networks that are everywhere at once have no country, only one of registration. */
static void get_country(struct reading *reading, MMDB_entry_s top, struct place *place)
{
    static const char *const paths[][2] = {{"country", NULL}, {"registered_country", NULL}};
    MMDB_entry_s country;
    size_t n;

    for (n = 0; n < 2 && !place->country[0] && !place->country_code[0]; n++) {
        if (!get_map(reading, top, paths[n], &country))
            continue;
        get_name(reading, country, place->country, sizeof(place->country));
        get_text(reading, country, "iso_code", place->country_code, sizeof(place->country_code));
    }
}

static void read_all(struct reading *reading, MMDB_entry_s top, struct place *place)
{
    static const char *const subdivision_path[] = {"subdivisions", "0", NULL};
    static const char *const city_path[] = {"city", NULL};
    static const char *const district_path[] = {"district", NULL};
    static const char *const postal_path[] = {"postal", NULL};
    static const char *const location_path[] = {"location", NULL};
    static const char *const traits_path[] = {"traits", NULL};
    MMDB_entry_s part;

    get_country(reading, top, place);
    if (get_map(reading, top, subdivision_path, &part)) {
        get_name(reading, part, place->region, sizeof(place->region));
        get_text(reading, part, "iso_code", place->region_code, sizeof(place->region_code));
    }
    if (get_map(reading, top, city_path, &part))
        get_name(reading, part, place->city, sizeof(place->city));
    if (get_map(reading, top, district_path, &part))
        get_name(reading, part, place->district, sizeof(place->district));
    if (get_map(reading, top, postal_path, &part))
        get_text(reading, part, "code", place->postal, sizeof(place->postal));
    if (get_map(reading, top, location_path, &part))
        get_location(reading, part, place);
    get_network(reading, get_map(reading, top, traits_path, &part) ? part : top, place);
}

/* A record that names nothing is as good as none: GeoLite has some that only carry flags. */
static bool is_empty(const struct place *place)
{
    return !place->country[0] && !place->country_code[0] && !place->region[0] && !place->city[0] &&
           !place->isp[0] && !place->org[0] && !place->as_name[0] && !place->asn &&
           !place->has_location;
}

enum geo_db_result place_read(const MMDB_entry_s *entry, const char *language, struct place *place)
{
    struct reading reading = {.mmdb = entry->mmdb, .language = language};

    memset(place, 0, sizeof(*place));
    read_all(&reading, *entry, place);
    if (reading.is_damaged) {
        memset(place, 0, sizeof(*place));
        return GEO_DB_DAMAGED;
    }
    return is_empty(place) ? GEO_DB_UNKNOWN : GEO_DB_FOUND;
}
