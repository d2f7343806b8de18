// The functions of libmongoc and libbson that are used, found when the library is loaded. They have the types of the system's headers.
#pragma once
#include <mongoc/mongoc.h>

#define DARKROOM_MONGO_FUNCTIONS(FUNCTION) \
    FUNCTION(bson_destroy) \
    FUNCTION(bson_get_data) \
    FUNCTION(bson_init_static) \
    FUNCTION(mongoc_client_pool_destroy) \
    FUNCTION(mongoc_client_pool_new) \
    FUNCTION(mongoc_client_pool_pop) \
    FUNCTION(mongoc_client_pool_push) \
    FUNCTION(mongoc_client_pool_set_appname) \
    FUNCTION(mongoc_client_pool_set_error_api) \
    FUNCTION(mongoc_client_read_command_with_opts) \
    FUNCTION(mongoc_client_session_abort_transaction) \
    FUNCTION(mongoc_client_session_append) \
    FUNCTION(mongoc_client_session_commit_transaction) \
    FUNCTION(mongoc_client_session_destroy) \
    FUNCTION(mongoc_client_session_get_lsid) \
    FUNCTION(mongoc_client_session_start_transaction) \
    FUNCTION(mongoc_client_start_session) \
    FUNCTION(mongoc_client_write_command_with_opts) \
    FUNCTION(mongoc_error_has_label) \
    FUNCTION(mongoc_init) \
    FUNCTION(mongoc_log_set_handler) \
    FUNCTION(mongoc_read_concern_destroy) \
    FUNCTION(mongoc_read_concern_new) \
    FUNCTION(mongoc_read_concern_set_level) \
    FUNCTION(mongoc_session_opts_destroy) \
    FUNCTION(mongoc_session_opts_new) \
    FUNCTION(mongoc_session_opts_set_causal_consistency) \
    FUNCTION(mongoc_transaction_opts_destroy) \
    FUNCTION(mongoc_transaction_opts_new) \
    FUNCTION(mongoc_transaction_opts_set_max_commit_time_ms) \
    FUNCTION(mongoc_transaction_opts_set_read_concern) \
    FUNCTION(mongoc_transaction_opts_set_write_concern) \
    FUNCTION(mongoc_uri_destroy) \
    FUNCTION(mongoc_uri_get_option_as_int32) \
    FUNCTION(mongoc_uri_has_option) \
    FUNCTION(mongoc_uri_new_with_error) \
    FUNCTION(mongoc_uri_set_option_as_int32) \
    FUNCTION(mongoc_write_concern_destroy) \
    FUNCTION(mongoc_write_concern_new) \
    FUNCTION(mongoc_write_concern_set_wmajority)

#define DARKROOM_MONGO_MEMBER(name) __typeof__(name) *name;

struct darkroom_mongo_functions {
    DARKROOM_MONGO_FUNCTIONS(DARKROOM_MONGO_MEMBER)
};

/// What darkroom_mongo_load has found.
extern struct darkroom_mongo_functions darkroom_mongo_library;
