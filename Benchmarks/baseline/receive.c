// The baseline of uploads: handles one request after another, writes its body to a file as it arrives, and responds
// 200. With "hash", a second thread computes the SHA-256 of every block before it is written.
//
//     receive PORT FILE [hash]      prints "ready" when it listens
#define _GNU_SOURCE  // strcasestr
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { blockSize = 256 << 10, blockCount = 8 };

static int file;
static struct block { char bytes[blockSize]; size_t count; } blocks[blockCount];
static size_t filled, emptied;
static int ended;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void fail(const char *what) { perror(what); exit(1); }

static void store(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0) fail("write");
        bytes += written;
        count -= (size_t)written;
    }
}

static void *hash_and_store(void *unused) {
    (void)unused;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
    for (;;) {
        pthread_mutex_lock(&lock);
        while (emptied == filled && !ended) pthread_cond_wait(&changed, &lock);
        int done = emptied == filled;
        pthread_mutex_unlock(&lock);
        if (done) break;
        struct block *block = &blocks[emptied % blockCount];
        EVP_DigestUpdate(digest, block->bytes, block->count);
        store(block->bytes, block->count);
        pthread_mutex_lock(&lock);
        emptied++;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&lock);
    }
    unsigned char result[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(digest, result, NULL);
    EVP_MD_CTX_free(digest);
    return NULL;
}

// Reads the head and moves the bytes after it to the front. Returns the length of the body.
static long long read_head(int peer, char *bytes, size_t *left) {
    size_t count = 0;
    for (;;) {
        ssize_t got = recv(peer, bytes + count, blockSize - 1 - count, 0);
        if (got <= 0) return -1;
        count += (size_t)got;
        bytes[count] = 0;
        char *end = strstr(bytes, "\r\n\r\n");
        if (!end) continue;
        char *length = strcasestr(bytes, "content-length:");
        long long total = length ? atoll(length + 15) : 0;
        *left = count - (size_t)(end + 4 - bytes);
        memmove(bytes, end + 4, *left);
        return total;
    }
}

static void serve(int peer, int hashing) {
    static char head[blockSize];
    size_t count = 0;
    long long total = read_head(peer, head, &count);
    if (total < 0) return;
    pthread_t worker;
    filled = emptied = 0;
    ended = 0;
    if (hashing) pthread_create(&worker, NULL, hash_and_store, NULL);
    store(head, count);
    total -= (long long)count;
    while (total > 0) {
        struct block *block = &blocks[filled % blockCount];
        if (hashing) {
            pthread_mutex_lock(&lock);
            while (filled - emptied == blockCount) pthread_cond_wait(&changed, &lock);
            pthread_mutex_unlock(&lock);
        }
        ssize_t got = recv(peer, block->bytes, blockSize, 0);
        if (got <= 0) break;
        total -= got;
        if (!hashing) {
            store(block->bytes, (size_t)got);
            continue;
        }
        block->count = (size_t)got;
        pthread_mutex_lock(&lock);
        filled++;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&lock);
    }
    if (hashing) {
        pthread_mutex_lock(&lock);
        ended = 1;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&lock);
        pthread_join(worker, NULL);
    }
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    if (write(peer, answer, sizeof answer - 1) < 0) perror("answer");
}

int main(int count, char **arguments) {
    if (count < 3) { fprintf(stderr, "usage: receive PORT FILE [hash]\n"); return 2; }
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) fail("listen");
    puts("ready");
    fflush(stdout);
    for (;;) {
        int peer = accept(listener, NULL, NULL);
        if (peer < 0) fail("accept");
        file = open(arguments[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file < 0) fail("open");
        serve(peer, count > 3);
        close(file);
        close(peer);
    }
}
