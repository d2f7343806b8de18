// The client that uploads are measured with: sends the same multipart form over any number of connections at once, straight
// from memory, and times each answer.
//
//     send PORT PATH TOKEN FIELD FILE CONNECTIONS
//
// Prints one line a connection: the HTTP status, the seconds from the first byte to the answer, and the seconds from the
// last byte to the answer.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct piece { const char *bytes; size_t count; };
static struct piece pieces[3];

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

// One turn each: nobody fills the loop while others wait.
static void give(struct connection *connection, int loop) {
    if (connection->piece == 3) return;
    struct piece piece = pieces[connection->piece];
    size_t count = piece.count - connection->sent;
    ssize_t sent = send(connection->socket, piece.bytes + connection->sent, count < (1 << 20) ? count : 1 << 20, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    // An early answer closes the way there: what remains is to read it.
    if (sent < 0) { connection->piece = 3; }
    else if ((connection->sent += (size_t)sent) == piece.count) { connection->piece++; connection->sent = 0; }
    if (connection->piece < 3) return;
    if (sent >= 0) connection->last = now();
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(loop, EPOLL_CTL_MOD, connection->socket, &event);
}

static void prepare(char **arguments) {
    int file = open(arguments[5], O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status)) fail(arguments[5]);
    const char *name = strrchr(arguments[5], '/');
    const char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (bytes == MAP_FAILED) fail("mmap");
    static char form[2048], head[4096];
    static const char tail[] = "\r\n--darkroombench--\r\n";
    snprintf(form, sizeof form,
        "--darkroombench\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\nbob\r\n"
        "--darkroombench\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: video/mp4\r\n\r\n",
        arguments[4], name ? name + 1 : arguments[5]);
    long long length = (long long)(strlen(form) + (size_t)status.st_size + sizeof tail - 1);
    snprintf(head, sizeof head,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Length: %lld\r\n"
        "Content-Type: multipart/form-data; boundary=darkroombench\r\n\r\n%s", arguments[2], arguments[3], length, form);
    pieces[0] = (struct piece){head, strlen(head)};
    pieces[1] = (struct piece){bytes, (size_t)status.st_size};
    pieces[2] = (struct piece){tail, sizeof tail - 1};
}

int main(int count, char **arguments) {
    if (count != 7) { fprintf(stderr, "usage: send PORT PATH TOKEN FIELD FILE CONNECTIONS\n"); return 2; }
    prepare(arguments);
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
        int ready = epoll_wait(loop, events, 64, 60000);
        if (ready == 0) { fprintf(stderr, "no progress for a minute\n"); return 1; }
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->done) continue;
            if (events[i].events & EPOLLOUT) give(connection, loop);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take(connection);
            open -= connection->done;
        }
    }
}
