// A null S3 store: answers what a writer asks of one and discards every body, so that the store is not what is measured.
//
//     sink PORT      prints "ready" when it listens
//
// CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload, PutObject, HeadObject, HeadBucket.
#define _GNU_SOURCE  // strcasestr
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { headSize = 64 << 10 };

static void fail(const char *what) { perror(what); exit(1); }

// Throws away what is received, without copying it (MSG_TRUNC; see tcp(7)).
static int discard(int peer, long long count) {
    while (count > 0) {
        ssize_t got = recv(peer, NULL, count < 4 << 20 ? (size_t)count : 4 << 20, MSG_TRUNC);
        if (got <= 0) return -1;
        count -= got;
    }
    return 0;
}

static int answer(int peer, const char *status, const char *fields, const char *body) {
    char text[2048];
    int count = snprintf(text, sizeof text, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, fields, strlen(body), body);
    return send(peer, text, (size_t)count, MSG_NOSIGNAL) == count ? 0 : -1;
}

static int respond(int peer, const char *head) {
    const char *end = strstr(head, "\r\n"), *query = memchr(head, '?', (size_t)(end - head));
    char target[2048] = "";
    if (query) snprintf(target, sizeof target, "%.*s", (int)(end - query), query);
    if (!strncmp(head, "POST", 4) && strstr(target, "uploads"))
        return answer(peer, "200 OK", "", "<InitiateMultipartUploadResult><UploadId>nowhere</UploadId></InitiateMultipartUploadResult>");
    if (!strncmp(head, "POST", 4))
        return answer(peer, "200 OK", "", "<CompleteMultipartUploadResult><ETag>\"none\"</ETag></CompleteMultipartUploadResult>");
    if (!strncmp(head, "PUT", 3)) return answer(peer, "200 OK", "ETag: \"none\"\r\n", "");
    if (!strncmp(head, "DELETE", 6)) return answer(peer, "204 No Content", "", "");
    return answer(peer, "200 OK", "ETag: \"none\"\r\n", "");
}

static void *serve(void *argument) {
    int peer = (int)(intptr_t)argument, on = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char *head = malloc(headSize);
    size_t count = 0;
    for (;;) {
        head[count] = 0;
        char *end = strstr(head, "\r\n\r\n");
        if (!end) {
            ssize_t got = count < headSize - 1 ? recv(peer, head + count, headSize - 1 - count, 0) : 0;
            if (got <= 0) break;
            count += (size_t)got;
            continue;
        }
        size_t taken = (size_t)(end + 4 - head), rest = count - taken;
        end[2] = 0;
        char *field = strcasestr(head, "\ncontent-length:");
        long long length = field ? atoll(field + 16) : 0;
        size_t here = (long long)rest < length ? rest : (size_t)length;
        if (discard(peer, length - (long long)here) || respond(peer, head)) break;
        memmove(head, head + taken + here, rest - here);
        count = rest - here;
    }
    free(head);
    close(peer);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 2) { fprintf(stderr, "usage: sink PORT\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) fail("listen");
    puts("ready");
    fflush(stdout);
    for (;;) {
        int peer = accept(listener, NULL, NULL);
        if (peer < 0) fail("accept");
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)peer)) fail("thread");
        pthread_detach(thread);
    }
}
