#include "tls_check.h"

#if defined(LWSHOST_HAVE_OPENSSL)

#include <openssl/err.h>
#include <openssl/ssl.h>

static int refuse(const char *which, const char *what, struct problem *problem)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return problem_set(problem, which, "%s (%s)", what, reason ? reason : "no reason given");
}

/* A key with a passphrase would have OpenSSL ask for it on the terminal. */
static int no_passphrase(char *buffer, int bytes, int is_writing, void *user)
{
    (void)buffer;
    (void)bytes;
    (void)is_writing;
    (void)user;
    return -1;
}

int tls_check_pair(const char *cert, const char *key, struct problem *problem)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    int result = 0;

    ERR_clear_error();
    if (!context)
        return problem_set(problem, "cert", "memory is short");
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, cert) != 1)
        result = refuse("cert", "no certificate in PEM form", problem);
    else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
             SSL_CTX_check_private_key(context) != 1)
        result = refuse("key", "no key of that certificate in PEM form", problem);
    SSL_CTX_free(context);
    return result;
}

#else

int tls_check_pair(const char *cert, const char *key, struct problem *problem)
{
    (void)cert;
    (void)key;
    (void)problem;
    return 0;
}

#endif
