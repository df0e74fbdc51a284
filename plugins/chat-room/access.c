#include "access.h"

bool access_is_admin(const struct chat_options *options, const char *given, size_t len)
{
    return secret_is(&options->admin_key, given, len);
}

enum refusal access_moderate(const struct chat_options *options, const char *room,
                             const char *given, size_t len)
{
    const struct chat_room_option *row = chat_options_room(options, room);

    if (!options->admin_key.is_set && !(row && row->secret.is_set))
        return REFUSAL_NOT_ALLOWED;
    if (!given)
        return REFUSAL_BAD_SECRET;
    if (access_is_admin(options, given, len) || (row && secret_is(&row->secret, given, len)))
        return REFUSAL_NONE;
    return REFUSAL_BAD_SECRET;
}

enum refusal access_enter(const struct chat_options *options, const char *room, const char *given,
                          size_t len)
{
    const struct chat_room_option *row = chat_options_room(options, room);

    if (!row || !row->pin.is_set)
        return REFUSAL_NONE;
    if (!given)
        return REFUSAL_PIN_REQUIRED;
    return secret_is(&row->pin, given, len) ? REFUSAL_NONE : REFUSAL_BAD_PIN;
}

bool access_is_guess(enum refusal refusal)
{
    return refusal == REFUSAL_BAD_SECRET || refusal == REFUSAL_BAD_PIN;
}
