// A store that discards everything, so that the store's speed is not measured: implements enough of S3 for uploads, and
// drops the bodies inside the kernel. Objects cannot be read.
//
//     sink PORT                     prints "ready" when it listens
//
// GET /-/counts returns what has been received so far, as JSON.
#define _GNU_SOURCE  // strcasestr
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_llong created, completed, aborted, parts, puts_, deleted, bytes;

struct peer { int socket; size_t start, end; char buffer[32 << 10]; };

// More bytes behind those that are there.
static int more(struct peer *peer) {
    if (peer->start == peer->end) peer->start = peer->end = 0;
    if (peer->start > 0 && peer->end == sizeof peer->buffer) {
        memmove(peer->buffer, peer->buffer + peer->start, peer->end - peer->start);
        peer->end -= peer->start;
        peer->start = 0;
    }
    ssize_t got = recv(peer->socket, peer->buffer + peer->end, sizeof peer->buffer - peer->end, 0);
    if (got <= 0) return 0;
    peer->end += (size_t)got;
    return 1;
}

// Everything up to `mark`, ended in place of it; NULL when the peer has gone.
static char *until(struct peer *peer, const char *mark) {
    for (;;) {
        size_t length = strlen(mark);
        char *end = memmem(peer->buffer + peer->start, peer->end - peer->start, mark, length);
        if (end) {
            char *text = peer->buffer + peer->start;
            *end = 0;
            peer->start = (size_t)(end + length - peer->buffer);
            return text;
        }
        if (!more(peer)) return NULL;
    }
}

// With MSG_TRUNC the kernel drops what has come without copying it.
static int drop(struct peer *peer, long long count) {
    long long here = (long long)(peer->end - peer->start);
    if (here > count) here = count;
    peer->start += (size_t)here;
    for (count -= here; count > 0;) {
        ssize_t got = recv(peer->socket, NULL, count < 1 << 20 ? (size_t)count : 1 << 20, MSG_TRUNC | MSG_WAITALL);
        if (got <= 0) return 0;
        count -= got;
    }
    return 1;
}

// The bytes of a chunked body, or -1.
static long long drop_chunks(struct peer *peer) {
    long long total = 0;
    for (;;) {
        char *line = until(peer, "\r\n");
        if (!line) return -1;
        long long count = strtoll(line, NULL, 16);
        if (count == 0) break;
        if (!drop(peer, count) || !until(peer, "\r\n")) return -1;
        total += count;
    }
    for (;;) {
        char *trailer = until(peer, "\r\n");
        if (!trailer) return -1;
        if (!*trailer) return total;
    }
}

static int say(struct peer *peer, const char *status, const char *headers, const char *body, int has_body) {
    char answer[2048];
    int count = snprintf(answer, sizeof answer, "HTTP/1.1 %s\r\n%sx-amz-request-id: 1\r\nContent-Length: %zu\r\n\r\n%s",
        status, headers, strcmp(status, "204 No Content") ? strlen(body) : 0, has_body ? body : "");
    return send(peer->socket, answer, (size_t)count, MSG_NOSIGNAL) == count;
}

// Whether `query` has a parameter of that name.
static int has(const char *query, const char *name) {
    size_t length = strlen(name);
    for (const char *at = query; at; at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL)
        if (!strncmp(at, name, length) && (at[length] == 0 || at[length] == '=' || at[length] == '&')) return 1;
    return 0;
}

static const char etag[] = "ETag: \"d41d8cd98f00b204e9800998ecf8427e\"\r\n";
static const char xml[] = "Content-Type: application/xml\r\n";

static int counts(struct peer *peer) {
    char body[512];
    snprintf(body, sizeof body,
        "{\"created\": %lld, \"completed\": %lld, \"aborted\": %lld, \"parts\": %lld, \"puts\": %lld, \"deleted\": %lld, "
        "\"bytes\": %lld}",
        created, completed, aborted, parts, puts_, deleted, bytes);
    return say(peer, "200 OK", "Content-Type: application/json\r\n", body, 1);
}

static int answer(struct peer *peer, const char *method, const char *path, const char *query, long long received) {
    const char *slash = strchr(path + 1, '/'), *key = slash ? slash + 1 : "";
    int is_put = !strcmp(method, "PUT"), is_post = !strcmp(method, "POST"), is_get = !strcmp(method, "GET");
    if (!strcmp(path, "/-/counts")) return counts(peer);
    if (is_put && *key) {
        bytes += received;
        if (has(query, "partNumber")) parts++; else puts_++;
        return say(peer, "200 OK", etag, "", 1);
    }
    if (is_post && has(query, "uploads")) {
        char body[256];
        snprintf(body, sizeof body,
            "<InitiateMultipartUploadResult><UploadId>u%lld</UploadId></InitiateMultipartUploadResult>", ++created);
        return say(peer, "200 OK", xml, body, 1);
    }
    if (is_post && has(query, "uploadId")) {
        completed++;
        return say(peer, "200 OK", xml,
            "<CompleteMultipartUploadResult><ETag>\"d41d8cd98f00b204e9800998ecf8427e-1\"</ETag>"
            "</CompleteMultipartUploadResult>", 1);
    }
    if (is_post && has(query, "delete")) { deleted++; return say(peer, "200 OK", xml, "<DeleteResult/>", 1); }
    if (!strcmp(method, "DELETE")) {
        if (has(query, "uploadId")) aborted++; else deleted++;
        return say(peer, "204 No Content", "", "", 1);
    }
    if (is_get && has(query, "uploads"))
        return say(peer, "200 OK", xml,
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>", 1);
    if (is_get && !*key)
        return say(peer, "200 OK", xml,
            "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>", 1);
    if (!*key) return say(peer, "200 OK", "", "", 1);
    return say(peer, "404 Not Found", xml, "<Error><Code>NoSuchKey</Code><Message>nothing is kept</Message></Error>", is_get);
}

static int request(struct peer *peer) {
    char *head = until(peer, "\r\n\r\n");
    if (!head) return 0;
    char method[16], target[2048];
    if (sscanf(head, "%15s %2047s", method, target) != 2) return 0;
    char *query = strchr(target, '?');
    if (query) *query++ = 0;
    char *length = strcasestr(head, "\r\ncontent-length:");
    long long received = length ? atoll(length + 17) : 0;
    int chunked = !length && strcasestr(head, "\r\ntransfer-encoding:");
    // Those who wait for it send nothing before.
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (strcasestr(head, "\r\nexpect:") && send(peer->socket, go_on, sizeof go_on - 1, MSG_NOSIGNAL) < 0) return 0;
    if (chunked) received = drop_chunks(peer);
    else if (!drop(peer, received)) return 0;
    return received >= 0 && answer(peer, method, target, query ? query : "", received);
}

static void *serve(void *argument) {
    struct peer *peer = argument;
    while (request(peer)) {}
    close(peer->socket);
    free(peer);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 2) { fprintf(stderr, "usage: sink PORT\n"); return 2; }
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) { perror("listen"); return 1; }
    signal(SIGPIPE, SIG_IGN);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct peer *peer = malloc(sizeof *peer);
        pthread_t thread;
        if (!peer) return 1;
        peer->start = peer->end = 0;
        if ((peer->socket = accept(listener, NULL, NULL)) < 0) { perror("accept"); return 1; }
        setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (pthread_create(&thread, NULL, serve, peer)) { perror("thread"); return 1; }
        pthread_detach(thread);
    }
}
