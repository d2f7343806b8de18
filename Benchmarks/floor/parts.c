// The floor that writing to a bucket is measured against: one thread that fills each part of 8 MiB, takes its SHA-256 and
// sends it.
//
//     parts PORT MEBIBYTES      prints the seconds and the CPU seconds
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { partSize = 8 << 20, pieceSize = 256 << 10 };

static void fail(const char *what) { perror(what); exit(1); }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void push(int peer, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(peer, bytes, count, MSG_NOSIGNAL);
        if (sent < 0) fail("send");
        bytes += sent;
        count -= (size_t)sent;
    }
}

int main(int count, char **arguments) {
    if (count != 3) { fprintf(stderr, "usage: parts PORT MEBIBYTES\n"); return 2; }
    int peer = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(peer, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char *part = malloc(partSize), head[256], reply[1024];
    double began = now();
    for (long sent = 0; sent < atol(arguments[2]) << 20; sent += partSize) {
        memset(part, 7, partSize);
        unsigned char digest[EVP_MAX_MD_SIZE];
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        EVP_DigestInit_ex(context, EVP_sha256(), NULL);
        for (size_t at = 0; at < partSize; at += pieceSize) EVP_DigestUpdate(context, part + at, pieceSize);
        EVP_DigestFinal_ex(context, digest, NULL);
        EVP_MD_CTX_free(context);
        int length = snprintf(head, sizeof head, "PUT /bucket/key?partNumber=1 HTTP/1.1\r\nHost: a\r\nX: %02x\r\nContent-Length: %d\r\n\r\n", digest[0], partSize);
        push(peer, head, (size_t)length);
        push(peer, part, partSize);
        if (recv(peer, reply, sizeof reply, 0) <= 0) fail("answer");
    }
    double seconds = now() - began;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    printf("%.3f %.3f\n", seconds, cpu);
}
