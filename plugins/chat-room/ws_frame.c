#include "ws_frame.h"

#include <string.h>

size_t ws_frame_head(uint8_t out[WS_FRAME_HEAD_MAX], enum ws_opcode opcode, uint64_t len)
{
    int n;

    out[0] = (uint8_t)(0x80u | (unsigned)opcode);
    if (len < 126) {
        out[1] = (uint8_t)len;
        return 2;
    }
    if (len < 65536) {
        out[1] = 126;
        out[2] = (uint8_t)(len >> 8);
        out[3] = (uint8_t)len;
        return 4;
    }
    out[1] = 127;
    for (n = 0; n < 8; n++)
        out[2 + n] = (uint8_t)(len >> (56 - 8 * n));
    return 10;
}

size_t ws_frame_close(uint8_t out[WS_CLOSE_FRAME_MAX], unsigned code, const char *reason)
{
    size_t len = strlen(reason), head;

    if (len > WS_CLOSE_REASON_MAX) {
        len = WS_CLOSE_REASON_MAX;
        while (len && ((uint8_t)reason[len] & 0xc0) == 0x80)
            len--;
    }
    head = ws_frame_head(out, WS_CLOSE, len + 2);
    out[head] = (uint8_t)(code >> 8);
    out[head + 1] = (uint8_t)code;
    memcpy(out + head + 2, reason, len);
    return head + 2 + len;
}

size_t ws_frame_measure(const uint8_t *bytes, size_t *head)
{
    size_t len = bytes[1];
    int n;

    *head = 2;
    if (len == 126) {
        len = (size_t)bytes[2] << 8 | bytes[3];
        *head = 4;
    } else if (len == 127) {
        for (n = 0, len = 0; n < 8; n++)
            len = len << 8 | bytes[2 + n];
        *head = 10;
    }
    return *head + len;
}

size_t ws_frame_fit(const uint8_t *bytes, size_t len, size_t max)
{
    size_t fits = 0, head;

    if (len <= max)
        return len;
    while (fits < len) {
        size_t frame = ws_frame_measure(bytes + fits, &head);

        if (fits && fits + frame > max)
            break;
        fits += frame;
    }
    return fits;
}
