#include "sha256.h"

#include <string.h>

#define BLOCK 64

/* FIPS 180-4, 4.2.2. */
static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t word, unsigned bits) { return word >> bits | word << (32 - bits); }

static void schedule(const uint8_t *block, uint32_t words[64])
{
    unsigned n;

    for (n = 0; n < 16; n++)
        words[n] = (uint32_t)block[4 * n] << 24 | (uint32_t)block[4 * n + 1] << 16 |
                   (uint32_t)block[4 * n + 2] << 8 | block[4 * n + 3];
    for (; n < 64; n++)
        words[n] = words[n - 16] + words[n - 7] +
                   (turn(words[n - 15], 7) ^ turn(words[n - 15], 18) ^ words[n - 15] >> 3) +
                   (turn(words[n - 2], 17) ^ turn(words[n - 2], 19) ^ words[n - 2] >> 10);
}

static void digest(uint32_t state[8], const uint8_t *block)
{
    uint32_t words[64], v[8], first, second;
    unsigned n;

    schedule(block, words);
    memcpy(v, state, sizeof(v));
    for (n = 0; n < 64; n++) {
        first = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) +
                ((v[4] & v[5]) ^ (~v[4] & v[6])) + rounds[n] + words[n];
        second = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) +
                 ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof(*v));
        v[4] += first;
        v[0] = first + second;
    }
    for (n = 0; n < 8; n++)
        state[n] += v[n];
}

void sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES])
{
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t last[2 * BLOCK] = {0};
    const uint8_t *at = data;
    size_t rest = len, padded, n;

    for (; rest >= BLOCK; rest -= BLOCK, at += BLOCK)
        digest(state, at);
    if (rest)
        memcpy(last, at, rest);
    last[rest] = 0x80;
    padded = rest + 9 > BLOCK ? 2 * BLOCK : BLOCK;
    for (n = 0; n < 8; n++)
        last[padded - 1 - n] = (uint8_t)((uint64_t)len * 8 >> 8 * n);
    for (n = 0; n < padded; n += BLOCK)
        digest(state, last + n);
    for (n = 0; n < SHA256_BYTES; n++)
        out[n] = (uint8_t)(state[n / 4] >> (24 - 8 * (n % 4)));
}
