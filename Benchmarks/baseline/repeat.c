// The client that measures small messages: sends one upload after another on each of a number of kept-alive
// connections, for some seconds.
//
//     repeat PORT PATH TOKEN[,TOKEN…] FIELD FILE CONNECTIONS SECONDS
//
// The connections use the tokens in turn, because a user's number of messages is limited. Prints one line per response, its HTTP
// status and its milliseconds, and at the end the elapsed seconds.
#define _GNU_SOURCE  // strcasestr
#include "answer.h"
#include "form.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

struct request { char *bytes; size_t size; };

static struct sockaddr_in address;
static int loop;

struct connection {
    int socket, busy;
    struct request request;
    size_t sent, answered;
    double began;
    char answer[64 << 10];
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void dial(struct connection *connection) {
    int on = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address)) { perror("connect"); exit(1); }
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
    epoll_ctl(loop, EPOLL_CTL_ADD, connection->socket, &event);
}

static void give(struct connection *connection) {
    struct request request = connection->request;
    while (connection->sent < request.size) {
        ssize_t sent = send(connection->socket, request.bytes + connection->sent, request.size - connection->sent, MSG_NOSIGNAL);
        if (sent < 0) return;  // full, or closed: which of them, reading tells
        connection->sent += (size_t)sent;
    }
}

static void begin(struct connection *connection) {
    connection->busy = 1;
    connection->sent = connection->answered = 0;
    connection->answer[0] = 0;
    connection->began = now();
    give(connection);
}

// Returns whether the upload has ended.
static int take(struct connection *connection) {
    int closed = 0;
    while (!is_whole(connection->answer, connection->answered)) {
        ssize_t got = recv(connection->socket, connection->answer + connection->answered,
            sizeof connection->answer - 1 - connection->answered, 0);
        if (got < 0 && errno == EAGAIN) return 0;
        if (got <= 0) { closed = 1; break; }
        connection->answer[connection->answered += (size_t)got] = 0;
    }
    int status = 0;
    sscanf(connection->answer, "HTTP/1.1 %d", &status);
    if (connection->busy) printf("%d %.3f\n", connection->answered ? status : 0, (now() - connection->began) * 1000);
    closed |= strcasestr(connection->answer, "\r\nconnection: close") != NULL || connection->sent < connection->request.size;
    connection->busy = 0;
    connection->answered = 0;
    if (!closed) return 1;
    close(connection->socket);
    dial(connection);
    return 1;
}

static struct request make_request(const char *path, const char *token, const char *field, const char *file) {
    struct form form = make_form(path, token, field, file);
    struct request request = {.size = form.head_size + form.size + form.tail_size};
    request.bytes = malloc(request.size);
    memcpy(request.bytes, form.head, form.head_size);
    memcpy(request.bytes + form.head_size, form.bytes, form.size);
    memcpy(request.bytes + form.head_size + form.size, form.tail, form.tail_size);
    return request;
}

int main(int count, char **arguments) {
    if (count != 8) { fprintf(stderr, "usage: repeat PORT PATH TOKEN[,TOKEN...] FIELD FILE CONNECTIONS SECONDS\n"); return 2; }
    address = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int wanted = atoi(arguments[6]), busy = wanted;
    struct connection *connections = calloc((size_t)wanted, sizeof *connections);
    int users = 0;
    for (char *token = strtok(arguments[3], ","); token && users < wanted; token = strtok(NULL, ","))
        connections[users++].request = make_request(arguments[2], token, arguments[4], arguments[5]);
    for (int i = users; i < wanted; i++) connections[i].request = connections[i % users].request;
    loop = epoll_create1(0);
    double began = now(), until = began + atof(arguments[7]), last = began;
    for (int i = 0; i < wanted; i++) {
        dial(&connections[i]);
        begin(&connections[i]);
    }
    while (busy > 0) {
        struct epoll_event events[64];
        int ready = epoll_wait(loop, events, 64, 60000);
        if (ready == 0) { fprintf(stderr, "no answer for a minute\n"); return 1; }
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection->busy) continue;
            if (events[i].events & EPOLLOUT) give(connection);
            if (!(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || !take(connection)) continue;
            last = now();
            if (last < until) begin(connection); else busy--;
        }
    }
    printf("%.6f\n", last - began);
}
