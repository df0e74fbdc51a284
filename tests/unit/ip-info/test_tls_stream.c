#include "tls_stream.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A server for `name`, an alternative name or "CN:" and a common name only, with a certificate that
 * is its own authority, all in memory. */
struct peer {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
    char ca_file[64];
};

static X509 *make_certificate(EVP_PKEY *key, const char *name)
{
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_get_subject_name(certificate);
    bool is_common = strncmp(name, "CN:", 3) == 0;
    const char *common = is_common ? name + 3 : "x";
    X509_EXTENSION *extension;

    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)common, -1, -1,
                               0);
    X509_set_issuer_name(certificate, subject);
    extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, is_common ? "DNS:x" : name);
    assert_non_null(extension);
    if (!is_common)
        X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

static struct peer peer_new(const char *name)
{
    struct peer peer = {.ca_file = "/tmp/test-tls-stream-XXXXXX"};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, name);
    FILE *file = fdopen(mkstemp(peer.ca_file), "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    peer.context = SSL_CTX_new(TLS_server_method());
    assert_int_equal(SSL_CTX_use_certificate(peer.context, certificate), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(peer.context, key), 1);
    peer.ssl = SSL_new(peer.context);
    peer.in = BIO_new(BIO_s_mem());
    peer.out = BIO_new(BIO_s_mem());
    SSL_set_bio(peer.ssl, peer.in, peer.out);
    SSL_set_accept_state(peer.ssl);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return peer;
}

static void peer_fini(struct peer *peer)
{
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->context);
    unlink(peer->ca_file);
}

/* Carry bytes between the two until nothing moves, `piece` at a time. */
static enum tls_state carry(struct tls_stream *stream, struct peer *peer, size_t piece)
{
    enum tls_state state = tls_stream_feed(stream, NULL, 0);
    unsigned char buffer[4096];
    size_t moved;

    do {
        int len;

        moved = 0;
        while ((len = (int)tls_stream_output(stream, buffer, sizeof(buffer)))) {
            BIO_write(peer->in, buffer, len);
            moved += (size_t)len;
        }
        SSL_do_handshake(peer->ssl);
        while ((len = BIO_read(peer->out, buffer, (int)piece)) > 0) {
            state = tls_stream_feed(stream, buffer, (size_t)len);
            moved += (size_t)len;
        }
    } while (moved);
    return state;
}

/* What is wrong, or NULL when nothing is. */
static const char *shake(const char *certified, const char *asked, bool is_trusted)
{
    struct peer peer = peer_new(certified);
    struct tls_trust *trust = tls_trust_new(is_trusted ? peer.ca_file : NULL);
    struct tls_stream *stream = tls_stream_new(trust, asked, false);
    enum tls_state state;
    const char *problem;

    assert_non_null(stream);
    state = carry(stream, &peer, 100);
    problem = state == TLS_FAILED ? tls_stream_problem(stream) : NULL;
    assert_true(problem || state == TLS_READY);
    tls_stream_free(stream);
    tls_trust_free(trust);
    peer_fini(&peer);
    return problem;
}

static void the_certificate_decides(void **state)
{
    (void)state;
    assert_null(shake("DNS:good.example", "good.example", true));
    assert_null(shake("DNS:*.good.example", "a.good.example", true));
    assert_null(shake("IP:192.0.2.1", "192.0.2.1", true));
    assert_null(shake("IP:2001:db8::1", "2001:db8::1", true));
    assert_string_equal(shake("DNS:good.example", "good.example", false),
                        "self-signed certificate");
    assert_string_equal(shake("DNS:bad.example", "good.example", true), "hostname mismatch");
    assert_string_equal(shake("IP:192.0.2.2", "192.0.2.1", true), "IP address mismatch");
    assert_string_equal(shake("DNS:192.0.2.1", "192.0.2.1", true), "IP address mismatch");
    /* A name that ends with the root's dot is the same name. */
    assert_null(shake("DNS:good.example", "good.example.", true));
    /* RFC 9110 4.3.4, RFC 9525 6.3: no common names, no stars for a part of a label. */
    assert_string_equal(shake("CN:good.example", "good.example", true), "hostname mismatch");
    assert_string_equal(shake("DNS:g*.example", "good.example", true), "hostname mismatch");
    assert_string_equal(shake("DNS:*.example", "a.good.example", true), "hostname mismatch");
}

static void names_are_sent_and_addresses_are_not(void **state)
{
    static const struct {
        const char *certified, *asked, *sent;
    } rows[] = {{"DNS:good.example", "good.example", "good.example"},
                {"DNS:good.example", "good.example.", "good.example"},
                {"IP:192.0.2.1", "192.0.2.1", NULL},
                {"IP:2001:db8::1", "2001:db8::1", NULL}};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct peer peer = peer_new(rows[n].certified);
        struct tls_trust *trust = tls_trust_new(peer.ca_file);
        struct tls_stream *stream = tls_stream_new(trust, rows[n].asked, false);
        const char *sent;

        assert_int_equal(carry(stream, &peer, 100), TLS_READY);
        sent = SSL_get_servername(peer.ssl, TLSEXT_NAMETYPE_host_name);
        assert_true(rows[n].sent ? sent && strcmp(sent, rows[n].sent) == 0 : !sent);
        tls_stream_free(stream);
        tls_trust_free(trust);
        peer_fini(&peer);
    }
}

static void old_versions_are_refused(void **state)
{
    struct peer peer = peer_new("DNS:good.example");
    struct tls_trust *trust = tls_trust_new(peer.ca_file);
    struct tls_stream *stream = tls_stream_new(trust, "good.example", false);

    (void)state;
    SSL_set_min_proto_version(peer.ssl, TLS1_VERSION);
    SSL_set_max_proto_version(peer.ssl, TLS1_1_VERSION);
    SSL_set_cipher_list(peer.ssl, "ALL:@SECLEVEL=0");
    SSL_set_security_level(peer.ssl, 0);
    assert_int_not_equal(carry(stream, &peer, 100), TLS_READY);
    tls_stream_free(stream);
    tls_trust_free(trust);
    peer_fini(&peer);
}

/* OpenSSL keeps errors for the thread, and others on it leave some behind. */
static void errors_of_others_are_not_ours(void **state)
{
    struct peer peer = peer_new("DNS:good.example");
    struct tls_trust *trust = tls_trust_new(peer.ca_file);
    struct tls_stream *stream = tls_stream_new(trust, "good.example", false);
    char byte;

    (void)state;
    ERR_raise(ERR_LIB_USER, 1);
    assert_int_equal(tls_stream_feed(stream, NULL, 0), TLS_HANDSHAKE);
    assert_int_equal(carry(stream, &peer, 100), TLS_READY);
    assert_int_equal(tls_stream_read(stream, &byte, 1), 0); /* what belongs to the handshake */
    ERR_raise(ERR_LIB_USER, 1);
    assert_int_equal(tls_stream_read(stream, &byte, 1), 0);
    ERR_raise(ERR_LIB_USER, 1);
    assert_int_equal(tls_stream_write(stream, "x", 1), 0);
    assert_true(ERR_peek_error() == 0);
    tls_stream_free(stream);
    tls_trust_free(trust);
    peer_fini(&peer);
}

static void count_hellos(int is_sent, int version, int type, const void *message, size_t len,
                         SSL *ssl, void *count)
{
    (void)version;
    (void)ssl;
    if (!is_sent && type == SSL3_RT_HANDSHAKE && len &&
        *(const unsigned char *)message == SSL3_MT_CLIENT_HELLO)
        ++*(int *)count;
}

/* A peer of TLS 1.2 may ask for a new handshake, again and again; it gets none, and the stream
 * goes on. */
static void nothing_is_negotiated_twice(void **state)
{
    struct peer peer = peer_new("DNS:good.example");
    struct tls_trust *trust = tls_trust_new(peer.ca_file);
    struct tls_stream *stream = tls_stream_new(trust, "good.example", false);
    char text[8];
    int hellos = 0, n;

    (void)state;
    SSL_set_msg_callback(peer.ssl, count_hellos);
    SSL_set_msg_callback_arg(peer.ssl, &hellos);
    SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION);
    assert_int_equal(carry(stream, &peer, 100), TLS_READY);
    for (n = 0; n < 3; n++) {
        assert_int_equal(SSL_renegotiate(peer.ssl), 1);
        SSL_do_handshake(peer.ssl);
        carry(stream, &peer, 100);
        assert_int_equal(tls_stream_read(stream, text, sizeof(text)), 0);
        carry(stream, &peer, 100);
        assert_int_equal(hellos, 1);
    }
    assert_int_equal(SSL_write(peer.ssl, "hello", 5), 5);
    carry(stream, &peer, 100);
    assert_int_equal(tls_stream_read(stream, text, sizeof(text)), 5);
    assert_int_equal(tls_stream_write(stream, "x", 1), 0);
    tls_stream_free(stream);
    tls_trust_free(trust);
    peer_fini(&peer);
}

static void plain_bytes_pass_both_ways(void **state)
{
    static char text[40000], copy[40000];
    struct peer peer = peer_new("DNS:good.example");
    struct tls_trust *trust = tls_trust_new(peer.ca_file);
    struct tls_stream *stream = tls_stream_new(trust, "good.example", false);
    size_t got = 0;
    int len;

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_int_equal(carry(stream, &peer, 1), TLS_READY);
    assert_int_equal(tls_stream_read(stream, copy, sizeof(copy)), 0);
    assert_int_equal(tls_stream_write(stream, text, sizeof(text)), 0);
    carry(stream, &peer, 4096);
    while ((len = SSL_read(peer.ssl, copy, sizeof(copy))) > 0)
        got += (size_t)len;
    assert_int_equal(got, sizeof(text));
    assert_int_equal(SSL_write(peer.ssl, text, sizeof(text)), sizeof(text));
    carry(stream, &peer, 4096);
    for (got = 0; (len = tls_stream_read(stream, copy + got, sizeof(copy) - got)) > 0;)
        got += (size_t)len;
    assert_int_equal(len, 0);
    assert_int_equal(got, sizeof(text));
    assert_memory_equal(text, copy, sizeof(text));
    assert_false(tls_stream_has_ended(stream));
    SSL_shutdown(peer.ssl);
    carry(stream, &peer, 4096);
    assert_int_equal(tls_stream_read(stream, copy, sizeof(copy)), -1);
    assert_true(tls_stream_has_ended(stream));
    tls_stream_free(stream);
    tls_trust_free(trust);
    peer_fini(&peer);
}

static void a_forged_record_is_no_end(void **state)
{
    static const unsigned char forged[] = "\x17\x03\x03\x00\x20 none of this was encrypted by him";
    struct peer peer = peer_new("DNS:good.example");
    struct tls_trust *trust = tls_trust_new(peer.ca_file);
    struct tls_stream *stream = tls_stream_new(trust, "good.example", false);
    char byte;

    (void)state;
    assert_int_equal(carry(stream, &peer, 100), TLS_READY);
    tls_stream_feed(stream, forged, 5 + 0x20);
    assert_int_equal(tls_stream_read(stream, &byte, 1), -1);
    assert_false(tls_stream_has_ended(stream));
    tls_stream_free(stream);
    tls_trust_free(trust);
    peer_fini(&peer);
}

static void what_is_not_tls_fails(void **state)
{
    static const char html[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    struct tls_trust *trust = tls_trust_new(NULL);
    struct tls_stream *stream = tls_stream_new(trust, "good.example", false);

    (void)state;
    assert_int_equal(tls_stream_feed(stream, NULL, 0), TLS_HANDSHAKE);
    assert_string_equal(tls_stream_problem(stream), "");
    assert_int_equal(tls_stream_feed(stream, html, sizeof(html) - 1), TLS_FAILED);
    assert_string_equal(tls_stream_problem(stream), "wrong version number");
    tls_stream_free(stream);
    tls_trust_free(trust);
    assert_null(tls_trust_new("/nonexistent/ca.pem"));
    tls_trust_free(NULL);
    tls_stream_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_certificate_decides),
                                       cmocka_unit_test(names_are_sent_and_addresses_are_not),
                                       cmocka_unit_test(old_versions_are_refused),
                                       cmocka_unit_test(errors_of_others_are_not_ours),
                                       cmocka_unit_test(nothing_is_negotiated_twice),
                                       cmocka_unit_test(a_forged_record_is_no_end),
                                       cmocka_unit_test(plain_bytes_pass_both_ways),
                                       cmocka_unit_test(what_is_not_tls_fails)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
