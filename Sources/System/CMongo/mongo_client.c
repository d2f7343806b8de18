#include "mongo_client.h"

#include <stdlib.h>
#include <string.h>

#include "library.h"

#define mongo darkroom_mongo_library

void darkroom_mongo_free(darkroom_mongo_reply *reply) {
    free(reply->bytes);
    reply->bytes = NULL;
}

/// Copies a reply or an error to `reply`, and destroys `document`.
static bool finish(bool is_done, bson_t *document, const bson_error_t *error, darkroom_mongo_reply *reply) {
    memset(reply, 0, sizeof *reply);
    reply->length = document->len;
    reply->bytes = malloc(document->len);
    if (reply->bytes) memcpy(reply->bytes, mongo.bson_get_data(document), document->len);
    reply->is_transient = mongo.mongoc_error_has_label(document, "TransientTransactionError");
    reply->is_commit_unknown = mongo.mongoc_error_has_label(document, "UnknownTransactionCommitResult");
    if (!is_done) {
        reply->code = error->code;
        reply->domain = error->domain;
        strncpy(reply->message, error->message, sizeof reply->message - 1);
    }
    mongo.bson_destroy(document);
    return is_done;
}

mongoc_client_pool_t *darkroom_mongo_pool(const char *text, int32_t milliseconds, int32_t *size, char *message) {
    static const char *const limits[] = {
        MONGOC_URI_SERVERSELECTIONTIMEOUTMS, MONGOC_URI_CONNECTTIMEOUTMS, MONGOC_URI_SOCKETTIMEOUTMS,
        MONGOC_URI_WAITQUEUETIMEOUTMS,
    };
    bson_error_t error = {0};
    mongoc_uri_t *uri = mongo.mongoc_uri_new_with_error(text, &error);
    if (!uri) {
        strncpy(message, error.message, DARKROOM_MONGO_MESSAGE_SIZE - 1);
        return NULL;
    }
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (!mongo.mongoc_uri_has_option(uri, limits[i])) {
            mongo.mongoc_uri_set_option_as_int32(uri, limits[i], milliseconds);
        }
    }
    *size = mongo.mongoc_uri_get_option_as_int32(uri, MONGOC_URI_MAXPOOLSIZE, 100);
    mongoc_client_pool_t *pool = mongo.mongoc_client_pool_new(uri);
    mongo.mongoc_uri_destroy(uri);
    if (!pool) {
        strncpy(message, "the URI names no server", DARKROOM_MONGO_MESSAGE_SIZE - 1);
        return NULL;
    }
    mongo.mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2);
    mongo.mongoc_client_pool_set_appname(pool, "darkroom");
    return pool;
}

void darkroom_mongo_pool_destroy(mongoc_client_pool_t *pool) { mongo.mongoc_client_pool_destroy(pool); }

mongoc_client_t *darkroom_mongo_pop(mongoc_client_pool_t *pool) { return mongo.mongoc_client_pool_pop(pool); }

void darkroom_mongo_push(mongoc_client_pool_t *pool, mongoc_client_t *client) {
    mongo.mongoc_client_pool_push(pool, client);
}

mongoc_client_session_t *darkroom_mongo_session(mongoc_client_t *client) {
    bson_error_t error = {0};
    mongoc_session_opt_t *options = mongo.mongoc_session_opts_new();
    mongo.mongoc_session_opts_set_causal_consistency(options, false);
    mongoc_client_session_t *session = mongo.mongoc_client_start_session(client, options, &error);
    mongo.mongoc_session_opts_destroy(options);
    return session;
}

void darkroom_mongo_session_destroy(mongoc_client_session_t *session) {
    mongo.mongoc_client_session_destroy(session);
}

const uint8_t *darkroom_mongo_session_id(mongoc_client_session_t *session, size_t *length) {
    const bson_t *id = mongo.mongoc_client_session_get_lsid(session);
    *length = id->len;
    return mongo.bson_get_data(id);
}

bool darkroom_mongo_command(
    mongoc_client_t *client, mongoc_client_session_t *session, const char *database, const uint8_t *bytes, size_t length,
    bool writes, darkroom_mongo_reply *reply) {
    bson_t command, options = BSON_INITIALIZER, document = BSON_INITIALIZER;
    bson_error_t error = {0};
    bool is_done = mongo.bson_init_static(&command, bytes, length);
    if (is_done && session) is_done = mongo.mongoc_client_session_append(session, &options, &error);
    if (is_done) {
        is_done = writes
                      ? mongo.mongoc_client_write_command_with_opts(client, database, &command, &options, &document, &error)
                      : mongo.mongoc_client_read_command_with_opts(
                            client, database, &command, NULL, &options, &document, &error);
    }
    mongo.bson_destroy(&options);
    return finish(is_done, &document, &error, reply);
}

bool darkroom_mongo_begin(
    mongoc_client_session_t *session, int64_t commit_milliseconds, darkroom_mongo_reply *reply) {
    bson_t document = BSON_INITIALIZER;
    bson_error_t error = {0};
    mongoc_transaction_opt_t *options = mongo.mongoc_transaction_opts_new();
    mongoc_read_concern_t *read = mongo.mongoc_read_concern_new();
    mongoc_write_concern_t *write = mongo.mongoc_write_concern_new();
    mongo.mongoc_read_concern_set_level(read, MONGOC_READ_CONCERN_LEVEL_SNAPSHOT);
    mongo.mongoc_write_concern_set_wmajority(write, (int32_t)commit_milliseconds);
    mongo.mongoc_transaction_opts_set_read_concern(options, read);
    mongo.mongoc_transaction_opts_set_write_concern(options, write);
    mongo.mongoc_transaction_opts_set_max_commit_time_ms(options, commit_milliseconds);
    bool is_done = mongo.mongoc_client_session_start_transaction(session, options, &error);
    mongo.mongoc_write_concern_destroy(write);
    mongo.mongoc_read_concern_destroy(read);
    mongo.mongoc_transaction_opts_destroy(options);
    return finish(is_done, &document, &error, reply);
}

bool darkroom_mongo_commit(mongoc_client_session_t *session, darkroom_mongo_reply *reply) {
    bson_t document = BSON_INITIALIZER;
    bson_error_t error = {0};
    bool is_done = mongo.mongoc_client_session_commit_transaction(session, &document, &error);
    return finish(is_done, &document, &error, reply);
}

void darkroom_mongo_abort(mongoc_client_session_t *session) {
    mongo.mongoc_client_session_abort_transaction(session, NULL);
}
