// Sends a small request repeatedly on one connection, until standard input ends. In C, so that the times are those of
// the service and not of an interpreter.
//
//     ask PORT PATH MILLISECONDS
//
// Prints one line per response: the milliseconds that it took. Fails at the first response other than 200.
#define _GNU_SOURCE  // strcasestr
#include "answer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in address;

static int dial(void) {
    int peer = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(peer, (struct sockaddr *)&address, sizeof address)) { perror("connect"); exit(1); }
    return peer;
}

// The length of the response if it is complete, otherwise 0.
static ssize_t exchange(int peer, const char *request, char *answer, size_t room) {
    size_t count = 0;
    if (send(peer, request, strlen(request), MSG_NOSIGNAL) < 0) return 0;
    for (answer[0] = 0; !is_whole(answer, count);) {
        ssize_t got = recv(peer, answer + count, room - 1 - count, 0);
        if (got <= 0) return 0;
        answer[count += (size_t)got] = 0;
    }
    return (ssize_t)count;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec * 1e-6;
}

int main(int count, char **arguments) {
    if (count != 4) { fprintf(stderr, "usage: ask PORT PATH MILLISECONDS\n"); return 2; }
    address = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int peer = dial();
    char request[512], answer[16 << 10];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", arguments[2]);
    struct pollfd end = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&end, 1, atoi(arguments[3])) == 0) {
        double began = now();
        ssize_t got = 0;
        // An idle connection may be closed before the request is read. That is not an error; the time of the retry
        // counts.
        for (int turn = 0; turn < 3 && got <= 0; turn++) {
            if (turn > 0) { close(peer); peer = dial(); }
            got = exchange(peer, request, answer, sizeof answer);
        }
        if (got < 12 || strncmp(answer + 9, "200", 3)) { fprintf(stderr, "not answered with 200\n"); return 1; }
        printf("%.3f\n", now() - began);
    }
}
