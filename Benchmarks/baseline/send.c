// The client that measures uploads: sends the same multipart form over any number of connections at once, from memory
// (which costs half as much as sendfile here), and times each response.
//
//     send PORT PATH TOKEN FIELD FILE CONNECTIONS
//
// Prints one line per connection: the HTTP status, the seconds from the first byte to the response, and the seconds from the
// last byte to the response.
#include "form.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { head, file, tail, ended };

static struct form form;

struct connection {
    int socket, piece, status, done;
    size_t sent, answered;
    double began, last;
    char answer[64];
};

static void fail(const char *what) { perror(what); exit(1); }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void finish(struct connection *connection) {
    connection->done = 1;
    printf("%d %.6f %.6f\n", connection->status, now() - connection->began, connection->last ? now() - connection->last : -1);
    close(connection->socket);
}

static void take(struct connection *connection) {
    char rest[4096];
    size_t room = sizeof connection->answer - 1 - connection->answered;
    ssize_t got = recv(connection->socket, room ? connection->answer + connection->answered : rest, room ? room : sizeof rest, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got > 0 && room) connection->answered += (size_t)got;
    if (connection->answered >= 12) sscanf(connection->answer, "HTTP/1.1 %d", &connection->status);
    if (got <= 0 || connection->status) finish(connection);
}

// A limited number of bytes per turn, so that no connection delays the others.
static void give(struct connection *connection, int loop) {
    if (connection->piece == ended) return;
    size_t size = connection->piece == head ? form.head_size : connection->piece == file ? form.size : form.tail_size;
    size_t count = size - connection->sent < (1 << 20) ? size - connection->sent : 1 << 20;
    const char *bytes = connection->piece == head ? form.head : connection->piece == file ? form.bytes : form.tail;
    ssize_t sent = send(connection->socket, bytes + connection->sent, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    // After an early response nothing more can be sent; the response is read.
    if (sent < 0) { connection->piece = ended; }
    else if ((connection->sent += (size_t)sent) == size) { connection->piece++; connection->sent = 0; }
    if (connection->piece < ended) return;
    if (sent >= 0) connection->last = now();
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(loop, EPOLL_CTL_MOD, connection->socket, &event);
}

int main(int count, char **arguments) {
    if (count != 7) { fprintf(stderr, "usage: send PORT PATH TOKEN FIELD FILE CONNECTIONS\n"); return 2; }
    form = make_form(arguments[2], arguments[3], arguments[4], arguments[5]);
    int wanted = atoi(arguments[6]), loop = epoll_create1(0), on = 1, open = wanted;
    struct connection *connections = calloc((size_t)wanted, sizeof *connections);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < wanted; i++) {
        struct connection *connection = &connections[i];
        connection->socket = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connection->began = now();
        if (connect(connection->socket, (struct sockaddr *)&address, sizeof address)) fail("connect");
        fcntl(connection->socket, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
        epoll_ctl(loop, EPOLL_CTL_ADD, connection->socket, &event);
    }
    while (open > 0) {
        struct epoll_event events[64];
        int ready = epoll_wait(loop, events, 64, 300000);
        if (ready == 0) { fprintf(stderr, "no progress for five minutes\n"); return 1; }
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->done) continue;
            if (events[i].events & EPOLLOUT) give(connection, loop);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take(connection);
            open -= connection->done;
        }
    }
}
