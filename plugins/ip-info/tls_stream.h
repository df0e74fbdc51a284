/* tls_stream — the client side of TLS over a connection that somebody else reads and writes.
 *
 * Shape:    bytes from the peer go in, bytes for the peer come out, plain bytes on the other side.
 *           The peer's certificate must be valid for the host, by the system's authorities and, if
 *           one is given, a file of more; there is no way to switch that off.
 * Owns:     OpenSSL's objects, until tls_trust_free and tls_stream_free.
 * Borrows:  the trust, as long as a stream of it lives.
 * Calls up: nothing.
 * Why not libwebsockets' own: its raw client connections can't do TLS before 4.2, and its HTTP
 *           client can reuse a connection only by handing it to a new one, see fetch.h.
 */
#ifndef LWSHOST_TLS_STREAM_H
#define LWSHOST_TLS_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct tls_trust;  /* whom to believe */
struct tls_stream; /* one connection */

enum tls_state {
    TLS_HANDSHAKE, /* more bytes of the peer are needed */
    TLS_READY,     /* plain bytes may be written and read */
    TLS_FAILED,    /* not trusted, or not TLS */
};

/* ca_file: a PEM file of authorities beside the system's; NULL for none.
 * Returns NULL when memory is short or the file can't be read. */
struct tls_trust *tls_trust_new(const char *ca_file);
void tls_trust_free(struct tls_trust *trust);

/* Begin a connection to `host`, a name or an address. offers_h2: the peer may choose HTTP/2 instead
 * of HTTP/1.1. Returns NULL when memory is short. */
struct tls_stream *tls_stream_new(const struct tls_trust *trust, const char *host, bool offers_h2);
void tls_stream_free(struct tls_stream *stream);

/* Give it bytes of the peer (NULL and 0 to begin with), and go on with the handshake. */
enum tls_state tls_stream_feed(struct tls_stream *stream, const void *data, size_t len);

/* After TLS_FAILED: what is wrong, in OpenSSL's words, "certificate has expired"; empty when there
 * is no word for it. Lasts as long as the program. */
const char *tls_stream_problem(const struct tls_stream *stream);

/* True when the peer has chosen HTTP/2; known once the stream is ready. */
bool tls_stream_speaks_h2(const struct tls_stream *stream);

/* Take plain bytes of the peer. Returns how many, 0 when there are none, -1 when the stream is
 * broken or the peer has ended it. */
int tls_stream_read(struct tls_stream *stream, void *out, size_t capacity);

/* True when the peer has said that nothing more comes; a connection that only breaks off may have
 * been cut by somebody else. */
bool tls_stream_has_ended(const struct tls_stream *stream);

/* Encrypt `len` plain bytes. Returns 0 or -1. */
int tls_stream_write(struct tls_stream *stream, const void *data, size_t len);

/* Take bytes for the peer; to be called until it returns 0, after each of the others. */
size_t tls_stream_output(struct tls_stream *stream, void *out, size_t capacity);

#endif
