// libcurl. Swift cannot call C's variadic functions (curl_easy_setopt, curl_easy_getinfo, curl_multi_setopt): one function
// here for each kind of value they take.
#pragma once
#include <curl/curl.h>

static inline CURLcode darkroom_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
// For the options of type curl_off_t, which is wider than long on some machines.
static inline CURLcode darkroom_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
// libcurl copies the text.
static inline CURLcode darkroom_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
// libcurl does not copy the list: it must outlive the transfer.
static inline CURLcode darkroom_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode darkroom_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

// What libcurl calls: the C types spell out what setopt leaves unchecked.
typedef size_t (*darkroom_curl_receive)(char *bytes, size_t size, size_t count, void *context);
typedef size_t (*darkroom_curl_send)(char *room, size_t size, size_t count, void *context);
typedef int (*darkroom_curl_seek)(void *context, curl_off_t offset, int origin);
static inline CURLcode darkroom_curl_set_receive(CURL *easy, CURLoption option, darkroom_curl_receive value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode darkroom_curl_set_send(CURL *easy, darkroom_curl_send value) {
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, value);
}
static inline CURLcode darkroom_curl_set_seek(CURL *easy, darkroom_curl_seek value) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, value);
}

// Opens the socket for a connection to an address, or returns CURL_SOCKET_BAD.
typedef curl_socket_t (*darkroom_curl_open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
static inline CURLcode darkroom_curl_set_open(CURL *easy, darkroom_curl_open value) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLMcode darkroom_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline curl_off_t darkroom_curl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

// A message's data is a union.
static inline CURLcode darkroom_curl_message_result(const CURLMsg *message) { return message->data.result; }

// Values that are casts or shifts inside macros.
static const size_t darkroom_curl_receive_pause = CURL_WRITEFUNC_PAUSE;
static const size_t darkroom_curl_send_abort = CURL_READFUNC_ABORT;
static const curl_socket_t darkroom_curl_no_socket = CURL_SOCKET_BAD;
static const int darkroom_curl_continue = CURLPAUSE_CONT;
static const long darkroom_curl_global_default = CURL_GLOBAL_DEFAULT;
