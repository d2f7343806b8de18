// Access to MongoDB through libmongoc, which is loaded when it is first used: it takes milliseconds to load with the libraries that it
// needs, and most processes of the program (workers, commands, services with SQLite) have no use for it.
// `bson_t` is a structure of 128 aligned bytes that functions initialize in the caller's memory, which Swift cannot provide safely:
// here commands and replies cross as plain bytes.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct _mongoc_client_pool_t mongoc_client_pool_t;
typedef struct _mongoc_client_t mongoc_client_t;
typedef struct _mongoc_client_session_t mongoc_client_session_t;

/// The size of the buffers that error messages are written to, in bytes, with the NUL at the end.
enum { DARKROOM_MONGO_MESSAGE_SIZE = 512 };

/// The reply to a command, or why there is none.
typedef struct {
    uint8_t *bytes;  // freed with darkroom_mongo_free; NULL where there is no reply
    size_t length;
    uint32_t code;  // of the server, or of libmongoc within its domain; 0 without an error
    uint32_t domain;
    bool is_transient;  // label TransientTransactionError: the whole transaction can be tried again
    bool is_commit_unknown;  // label UnknownTransactionCommitResult: the commit can be tried again
    char message[DARKROOM_MONGO_MESSAGE_SIZE];
} darkroom_mongo_reply;

/// Frees the bytes of a reply.
void darkroom_mongo_free(darkroom_mongo_reply *reply);

/// Loads libmongoc. Must return true before any other function is called; not to be called by two threads at once. Otherwise `message`
/// says why.
bool darkroom_mongo_load(char *message);

/// A pool of connections to the cluster of a URI. Its time limits are `milliseconds` unless the URI has its own. NULL where the URI
/// cannot be read: `message` says why. `size` receives how many clients it has at most.
mongoc_client_pool_t *darkroom_mongo_pool(const char *uri, int32_t milliseconds, int32_t *size, char *message);

void darkroom_mongo_pool_destroy(mongoc_client_pool_t *pool);

/// Takes a client from the pool. Waits where all are in use; NULL where none became free within the URI's limit for that.
mongoc_client_t *darkroom_mongo_pop(mongoc_client_pool_t *pool);

/// Returns a client to its pool.
void darkroom_mongo_push(mongoc_client_pool_t *pool, mongoc_client_t *client);

/// A session without causal consistency: every read is of the primary. NULL where no server can be reached.
mongoc_client_session_t *darkroom_mongo_session(mongoc_client_t *client);

void darkroom_mongo_session_destroy(mongoc_client_session_t *session);

/// The ID of a session on the server, a BSON document that exists as long as the session.
const uint8_t *darkroom_mongo_session_id(mongoc_client_session_t *session, size_t *length);

/// Runs one command, a BSON document, without a `session` in none: it is no part of a transaction that the client has begun. Those that write are sent again once by libmongoc itself where the server allows that (retryable
/// writes).
bool darkroom_mongo_command(
    mongoc_client_t *client, mongoc_client_session_t *session, const char *database, const uint8_t *bytes, size_t length,
    bool writes, darkroom_mongo_reply *reply);

/// Begins a transaction that reads one snapshot, and whose commit is acknowledged by a majority of the members.
bool darkroom_mongo_begin(
    mongoc_client_session_t *session, int64_t commit_milliseconds, darkroom_mongo_reply *reply);

bool darkroom_mongo_commit(mongoc_client_session_t *session, darkroom_mongo_reply *reply);

void darkroom_mongo_abort(mongoc_client_session_t *session);
