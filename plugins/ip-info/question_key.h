/* question_key — when two questions are the same: the address, who is asked, in which language.
 *
 * Shape:    a plain struct.
 * Owns:     nothing.
 * Borrows:  the providers, which are only compared by where they stand.
 * Calls up: nothing.
 */
#ifndef LWSHOST_IP_INFO_QUESTION_KEY_H
#define LWSHOST_IP_INFO_QUESTION_KEY_H

#include "hash_map.h"
#include "lookup.h"

#include <string.h>

struct question_key {
    struct ip_addr subject;
    struct settings_chain providers;
    char lang[PROVIDER_LANG_BYTES];
};

/* The key of a question; two addresses with the same subject ask the same (ip_class.h). */
static inline struct question_key question_key_of(const struct lookup_question *question)
{
    struct question_key key;

    memset(&key, 0, sizeof(key)); /* it is compared and hashed as bytes */
    key.subject = ip_class_subject(&question->addr);
    key.providers = question->providers;
    memcpy(key.lang, question->lang, strnlen(question->lang, sizeof(key.lang) - 1));
    return key;
}

static inline uint64_t question_key_hash(const struct question_key *key,
                                         const struct hash_key *hash_key)
{
    return hash_keyed(hash_key, key, sizeof(*key));
}

static inline bool question_key_equal(const struct question_key *a, const struct question_key *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
