#include "tls_stream.h"

#include "ip_addr.h"
#include "url.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct tls_trust {
    SSL_CTX *context;
};

struct tls_stream {
    SSL *ssl;
    BIO *from_peer, *to_peer; /* memory; `ssl` owns them */
    const char *problem;      /* of a handshake that failed; OpenSSL's, for good */
};

struct tls_trust *tls_trust_new(const char *ca_file)
{
    struct tls_trust *trust = calloc(1, sizeof(*trust));

    if (!trust)
        return NULL;
    trust->context = SSL_CTX_new(TLS_client_method());
    if (trust->context && SSL_CTX_set_min_proto_version(trust->context, TLS1_2_VERSION) &&
        SSL_CTX_set_default_verify_paths(trust->context) &&
        (!ca_file || SSL_CTX_load_verify_locations(trust->context, ca_file, NULL))) {
        SSL_CTX_set_verify(trust->context, SSL_VERIFY_PEER, NULL);
        /* A peer could have us compute for nothing, again and again. */
        SSL_CTX_set_options(trust->context, SSL_OP_NO_RENEGOTIATION);
        return trust;
    }
    ERR_clear_error();
    tls_trust_free(trust);
    return NULL;
}

void tls_trust_free(struct tls_trust *trust)
{
    if (!trust)
        return;
    SSL_CTX_free(trust->context);
    free(trust);
}

/* The certificate must name the host: by an alternative name, and with a star for a whole label at
 * most (RFC 9110 4.3.4, RFC 9525 6.3). SNI is for names only, without the root's dot (RFC 6066 3).
 */
static int set_host(SSL *ssl, const char *host)
{
    char name[URL_HOST_BYTES];
    size_t len = strlen(host);
    struct ip_addr addr;

    SSL_set_hostflags(ssl,
                      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (ip_addr_parse(host, len, &addr) == 0)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1 ? 0 : -1;
    if (len == 0 || len >= sizeof(name))
        return -1;
    memcpy(name, host, len + 1);
    if (name[len - 1] == '.')
        name[len - 1] = 0;
    return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1 ? 0 : -1;
}

/* Names of RFC 7301, each behind its length. The one in front is not needed for HTTP/1.1 alone. */
static int set_alpn(SSL *ssl, bool offers_h2)
{
    static const unsigned char names[] = "\x02h2\x08http/1.1";
    size_t skipped = offers_h2 ? 0 : 3;

    return SSL_set_alpn_protos(ssl, names + skipped, (unsigned)(sizeof(names) - 1 - skipped));
}

struct tls_stream *tls_stream_new(const struct tls_trust *trust, const char *host, bool offers_h2)
{
    struct tls_stream *stream = calloc(1, sizeof(*stream));

    if (!stream)
        return NULL;
    stream->ssl = SSL_new(trust->context);
    stream->from_peer = BIO_new(BIO_s_mem());
    stream->to_peer = BIO_new(BIO_s_mem());
    if (!stream->ssl || !stream->from_peer || !stream->to_peer) {
        BIO_free(stream->from_peer);
        BIO_free(stream->to_peer);
        SSL_free(stream->ssl);
        free(stream);
        return NULL;
    }
    SSL_set_bio(stream->ssl, stream->from_peer, stream->to_peer);
    SSL_set_connect_state(stream->ssl);
    if (set_host(stream->ssl, host) == 0 && set_alpn(stream->ssl, offers_h2) == 0)
        return stream;
    tls_stream_free(stream);
    return NULL;
}

void tls_stream_free(struct tls_stream *stream)
{
    if (!stream)
        return;
    SSL_free(stream->ssl);
    free(stream);
}

/* The certificate's fault, if it is that, or the last that was thought of. */
static const char *problem_of(const SSL *ssl)
{
    long verdict = SSL_get_verify_result(ssl);

    return verdict == X509_V_OK ? ERR_reason_error_string(ERR_peek_last_error())
                                : X509_verify_cert_error_string(verdict);
}

enum tls_state tls_stream_feed(struct tls_stream *stream, const void *data, size_t len)
{
    int result;

    if (len > INT_MAX || (len && BIO_write(stream->from_peer, data, (int)len) != (int)len))
        return TLS_FAILED;
    if (SSL_is_init_finished(stream->ssl))
        return TLS_READY;
    ERR_clear_error(); /* what others have left on this thread is not about us */
    result = SSL_do_handshake(stream->ssl);
    if (result == 1)
        return TLS_READY;
    result = SSL_get_error(stream->ssl, result);
    if (result != SSL_ERROR_WANT_READ)
        stream->problem = problem_of(stream->ssl);
    ERR_clear_error(); /* or the next connection of this thread finds it */
    return result == SSL_ERROR_WANT_READ ? TLS_HANDSHAKE : TLS_FAILED;
}

const char *tls_stream_problem(const struct tls_stream *stream)
{
    return stream->problem ? stream->problem : "";
}

bool tls_stream_speaks_h2(const struct tls_stream *stream)
{
    const unsigned char *name;
    unsigned len;

    SSL_get0_alpn_selected(stream->ssl, &name, &len);
    return len == 2 && memcmp(name, "h2", 2) == 0;
}

int tls_stream_read(struct tls_stream *stream, void *out, size_t capacity)
{
    int len, error;

    ERR_clear_error();
    len = SSL_read(stream->ssl, out, capacity > INT_MAX ? INT_MAX : (int)capacity);
    if (len > 0)
        return len;
    error = SSL_get_error(stream->ssl, len);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ ? 0 : -1;
}

int tls_stream_write(struct tls_stream *stream, const void *data, size_t len)
{
    int result;

    ERR_clear_error();
    result = len > INT_MAX ? -1 : SSL_write(stream->ssl, data, (int)len);
    ERR_clear_error();
    return result == (int)len ? 0 : -1;
}

size_t tls_stream_output(struct tls_stream *stream, void *out, size_t capacity)
{
    int len = BIO_read(stream->to_peer, out, capacity > INT_MAX ? INT_MAX : (int)capacity);

    return len > 0 ? (size_t)len : 0;
}

bool tls_stream_has_ended(const struct tls_stream *stream)
{
    return (SSL_get_shutdown(stream->ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
}
