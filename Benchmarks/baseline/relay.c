// The baseline of an upload to a bucket: one thread receives, another computes the SHA-256 and forwards the bytes in
// parts of 16 MiB. Nothing is parsed, signed, validated or stored; responds 201 when the store has everything.
//
//     relay PORT SINK-PORT          prints "ready" when it listens
//
// Responds 200 to GET, so that a small request can be measured while uploads run.
#define _GNU_SOURCE  // strcasestr
#include "answer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { blockSize = 256 << 10, blockCount = 8, partSize = 16 << 20 };

struct block { char bytes[blockSize]; size_t count; };

struct upload {
    int peer, store;
    long long length;
    struct block blocks[blockCount];
    size_t filled, emptied;
    int failed;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static struct sockaddr_in sink;

static int give(int socket, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) return 0;
        bytes += sent;
        count -= (size_t)sent;
    }
    return 1;
}

// Reads a response of the store, whose bodies are short. Returns whether it is a success.
static int agreed(int store) {
    char answer[4096];
    size_t count = 0;
    for (;;) {
        ssize_t got = recv(store, answer + count, sizeof answer - 1 - count, 0);
        if (got <= 0) return 0;
        answer[count += (size_t)got] = 0;
        if (is_whole(answer, count)) return !strncmp(answer + 9, "200", 3);
    }
}

static int ask(int store, const char *method, const char *query, long long length) {
    char head[256];
    int count = snprintf(head, sizeof head, "%s /bench/relay?%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %lld\r\n\r\n",
        method, query, length);
    return give(store, head, (size_t)count);
}

// The next block that is full.
static struct block *full(struct upload *upload) {
    pthread_mutex_lock(&upload->lock);
    while (upload->emptied == upload->filled && !upload->failed) pthread_cond_wait(&upload->changed, &upload->lock);
    struct block *block = upload->failed ? NULL : &upload->blocks[upload->emptied % blockCount];
    pthread_mutex_unlock(&upload->lock);
    return block;
}

// The next block that is empty.
static struct block *empty(struct upload *upload) {
    pthread_mutex_lock(&upload->lock);
    while (upload->filled - upload->emptied == blockCount && !upload->failed) pthread_cond_wait(&upload->changed, &upload->lock);
    struct block *block = upload->failed ? NULL : &upload->blocks[upload->filled % blockCount];
    pthread_mutex_unlock(&upload->lock);
    return block;
}

static void step(struct upload *upload, size_t *counter, int failed) {
    pthread_mutex_lock(&upload->lock);
    *counter += !failed;
    upload->failed |= failed;
    pthread_cond_signal(&upload->changed);
    pthread_mutex_unlock(&upload->lock);
}

static int send_on(struct upload *upload, EVP_MD_CTX *digest) {
    if (!ask(upload->store, "POST", "uploads", 0) || !agreed(upload->store)) return 0;
    long long left = upload->length, room = 0;
    for (int part = 0; left > 0;) {
        struct block *block = full(upload);
        if (!block) return 0;
        EVP_DigestUpdate(digest, block->bytes, block->count);
        for (size_t at = 0; at < block->count;) {
            if (room == 0) {
                char query[64];
                snprintf(query, sizeof query, "partNumber=%d&uploadId=relay", ++part);
                room = left < partSize ? left : partSize;
                if (!ask(upload->store, "PUT", query, room)) return 0;
            }
            size_t count = block->count - at;
            if ((long long)count > room) count = (size_t)room;
            if (!give(upload->store, block->bytes + at, count)) return 0;
            at += count;
            room -= (long long)count;
            left -= (long long)count;
            if (room == 0 && !agreed(upload->store)) return 0;
        }
        step(upload, &upload->emptied, 0);
    }
    return ask(upload->store, "POST", "uploadId=relay", 0) && agreed(upload->store);
}

static void *hash_and_send(void *argument) {
    struct upload *upload = argument;
    unsigned char result[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
    if (!send_on(upload, digest)) step(upload, &upload->emptied, 1);
    EVP_DigestFinal_ex(digest, result, NULL);
    EVP_MD_CTX_free(digest);
    return NULL;
}

// Reads a head into the first block and moves the bytes after it to the front. Returns their number, or -1.
static ssize_t read_head(struct upload *upload) {
    char *bytes = upload->blocks[0].bytes;
    size_t count = 0;
    for (;;) {
        ssize_t got = recv(upload->peer, bytes + count, blockSize - 1 - count, 0);
        if (got <= 0) return -1;
        bytes[count += (size_t)got] = 0;
        char *end = strstr(bytes, "\r\n\r\n");
        if (!end) continue;
        *end = 0;
        char *length = strcasestr(bytes, "content-length:");
        upload->length = length ? atoll(length + 15) : 0;
        size_t behind = count - (size_t)(end + 4 - bytes);
        memmove(bytes, end + 4, behind);
        return (ssize_t)behind;
    }
}

static int relay(struct upload *upload, size_t behind) {
    pthread_t sender;
    upload->blocks[0].count = behind;
    upload->filled = behind > 0;
    upload->emptied = 0;
    pthread_create(&sender, NULL, hash_and_send, upload);
    for (long long left = upload->length - (long long)behind; left > 0;) {
        struct block *block = empty(upload);
        if (!block) break;
        ssize_t got = recv(upload->peer, block->bytes, left < blockSize ? (size_t)left : blockSize, 0);
        if (got > 0) { block->count = (size_t)got; left -= got; }
        step(upload, &upload->filled, got <= 0);
    }
    pthread_join(sender, NULL);
    return !upload->failed;
}

static void *serve(void *argument) {
    struct upload *upload = argument;
    static const char created[] = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
    static const char fine[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    ssize_t behind;
    while ((behind = read_head(upload)) >= 0) {
        int is_upload = upload->length > 0;
        if (is_upload && !relay(upload, (size_t)behind)) break;
        const char *answer = is_upload ? created : fine;
        if (!give(upload->peer, answer, strlen(answer))) break;
    }
    close(upload->peer);
    close(upload->store);
    free(upload);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 3) { fprintf(stderr, "usage: relay PORT SINK-PORT\n"); return 2; }
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    sink = address;
    sink.sin_port = htons((unsigned short)atoi(arguments[2]));
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) { perror("listen"); return 1; }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int peer = accept(listener, NULL, NULL);
        struct upload *upload = calloc(1, sizeof *upload);
        pthread_t thread;
        if (peer < 0 || !upload) { perror("accept"); return 1; }
        upload->peer = peer;
        upload->store = socket(AF_INET, SOCK_STREAM, 0);
        pthread_mutex_init(&upload->lock, NULL);
        pthread_cond_init(&upload->changed, NULL);
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(upload->store, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(upload->store, (struct sockaddr *)&sink, sizeof sink)) { perror("sink"); return 1; }
        if (pthread_create(&thread, NULL, serve, upload)) { perror("thread"); return 1; }
        pthread_detach(thread);
    }
}
