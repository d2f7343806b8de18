// hiredis: connections to Redis. TLS comes with hiredis 1.0 and later, as a library of its own.
#pragma once
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>

#if __has_include(<hiredis/hiredis_ssl.h>)
#include <hiredis/hiredis_ssl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline bool darkroom_redis_has_tls(void) { return true; }

// Starts TLS 1.2 or later on a connection. The server's certificate must be of `host`, a name or an address, and be signed by an
// authority in `ca_file`, or by one that the system trusts where that is NULL. hiredis itself would not compare the name.
static inline int darkroom_redis_start_tls(redisContext *connection, const char *host, const char *ca_file) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) return REDIS_ERR;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    int is_loaded = ca_file ? SSL_CTX_load_verify_locations(context, ca_file, NULL) : SSL_CTX_set_default_verify_paths(context);
    SSL *tls = is_loaded == 1 ? SSL_new(context) : NULL;
    SSL_CTX_free(context);
    if (!tls) {
        snprintf(connection->errstr, sizeof connection->errstr, "the certificate authorities cannot be read");
        return REDIS_ERR;
    }
    int is_named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host);
    if (is_named != 1) is_named = SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
    if (is_named == 1 && redisInitiateSSL(connection, tls) == REDIS_OK) return REDIS_OK;
    SSL_free(tls);
    return REDIS_ERR;
}
#else
static inline bool darkroom_redis_has_tls(void) { return false; }

static inline int darkroom_redis_start_tls(redisContext *connection, const char *host, const char *ca_file) {
    (void)connection, (void)host, (void)ca_file;
    return REDIS_ERR;
}
#endif
