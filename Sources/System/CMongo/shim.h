// libmongoc. `bson_t` is a structure of 128 aligned bytes that functions initialize in the caller's memory, which Swift cannot
// provide safely: here commands and replies cross as plain bytes.
#pragma once
#include <mongoc/mongoc.h>
#include <stdlib.h>
#include <string.h>

// The reply to a command, or why there is none.
typedef struct {
    uint8_t *bytes;  // freed with darkroom_mongo_free; NULL where there is no reply
    size_t length;
    uint32_t code;  // of the server, or of libmongoc within its domain; 0 without an error
    uint32_t domain;
    bool is_transient;  // label TransientTransactionError: the whole transaction can be tried again
    bool is_commit_unknown;  // label UnknownTransactionCommitResult: the commit can be tried again
    char message[512];
} darkroom_mongo_reply;

static inline void darkroom_mongo_free(darkroom_mongo_reply *reply) {
    free(reply->bytes);
    reply->bytes = NULL;
}

static inline bool darkroom_mongo_finish(
    bool is_done, bson_t *document, const bson_error_t *error, darkroom_mongo_reply *reply) {
    memset(reply, 0, sizeof *reply);
    reply->length = document->len;
    reply->bytes = malloc(document->len);
    if (reply->bytes) memcpy(reply->bytes, bson_get_data(document), document->len);
    reply->is_transient = mongoc_error_has_label(document, "TransientTransactionError");
    reply->is_commit_unknown = mongoc_error_has_label(document, "UnknownTransactionCommitResult");
    if (!is_done) {
        reply->code = error->code;
        reply->domain = error->domain;
        strncpy(reply->message, error->message, sizeof reply->message - 1);
    }
    bson_destroy(document);
    return is_done;
}

// Runs one command. Those that write are sent again once by libmongoc itself where the server allows that (retryable writes).
static inline bool darkroom_mongo_command(
    mongoc_client_t *client, mongoc_client_session_t *session, const char *database, const uint8_t *bytes, size_t length,
    bool writes, darkroom_mongo_reply *reply) {
    bson_t command, options = BSON_INITIALIZER, document = BSON_INITIALIZER;
    bson_error_t error = {0};
    bool is_done = bson_init_static(&command, bytes, length);
    if (is_done && session) is_done = mongoc_client_session_append(session, &options, &error);
    if (is_done) {
        is_done = writes ? mongoc_client_write_command_with_opts(client, database, &command, &options, &document, &error)
                         : mongoc_client_read_command_with_opts(client, database, &command, NULL, &options, &document, &error);
    }
    bson_destroy(&options);
    return darkroom_mongo_finish(is_done, &document, &error, reply);
}

// Begins a transaction that reads one snapshot, and whose commit is acknowledged by a majority of the members.
static inline bool darkroom_mongo_begin(
    mongoc_client_session_t *session, int64_t commit_milliseconds, darkroom_mongo_reply *reply) {
    bson_t document = BSON_INITIALIZER;
    bson_error_t error = {0};
    mongoc_transaction_opt_t *options = mongoc_transaction_opts_new();
    mongoc_read_concern_t *read = mongoc_read_concern_new();
    mongoc_write_concern_t *write = mongoc_write_concern_new();
    mongoc_read_concern_set_level(read, MONGOC_READ_CONCERN_LEVEL_SNAPSHOT);
    mongoc_write_concern_set_wmajority(write, (int32_t)commit_milliseconds);
    mongoc_transaction_opts_set_read_concern(options, read);
    mongoc_transaction_opts_set_write_concern(options, write);
    mongoc_transaction_opts_set_max_commit_time_ms(options, commit_milliseconds);
    bool is_done = mongoc_client_session_start_transaction(session, options, &error);
    mongoc_write_concern_destroy(write);
    mongoc_read_concern_destroy(read);
    mongoc_transaction_opts_destroy(options);
    return darkroom_mongo_finish(is_done, &document, &error, reply);
}

static inline bool darkroom_mongo_commit(mongoc_client_session_t *session, darkroom_mongo_reply *reply) {
    bson_t document = BSON_INITIALIZER;
    bson_error_t error = {0};
    bool is_done = mongoc_client_session_commit_transaction(session, &document, &error);
    return darkroom_mongo_finish(is_done, &document, &error, reply);
}

// Without causal consistency: every read is of the primary.
static inline mongoc_client_session_t *darkroom_mongo_session(mongoc_client_t *client) {
    bson_error_t error = {0};
    mongoc_session_opt_t *options = mongoc_session_opts_new();
    mongoc_session_opts_set_causal_consistency(options, false);
    mongoc_client_session_t *session = mongoc_client_start_session(client, options, &error);
    mongoc_session_opts_destroy(options);
    return session;
}

// The first part of a URI that libmongoc cannot read is said in `message`, of at least 512 bytes.
static inline mongoc_uri_t *darkroom_mongo_uri(const char *text, char *message) {
    bson_error_t error = {0};
    mongoc_uri_t *uri = mongoc_uri_new_with_error(text, &error);
    if (!uri) strncpy(message, error.message, 511);
    return uri;
}

// Errors are returned, and not written to standard error as well.
static inline void darkroom_mongo_silence(void) { mongoc_log_set_handler(NULL, NULL); }
