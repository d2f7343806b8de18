// The multipart form that the clients send: the same bytes for every contender.
#pragma once
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct form {
    char head[4096];    // the request's head, and the form up to the file
    size_t head_size;
    const char *bytes;  // the file, mapped and touched
    size_t size;
    const char *tail;
    size_t tail_size;
};

static inline struct form make_form(const char *path, const char *token, const char *field, const char *file) {
    struct form form = {.tail = "\r\n--darkroombench--\r\n"};
    struct stat status;
    int opened = open(file, O_RDONLY);
    if (opened < 0 || fstat(opened, &status)) { perror(file); exit(1); }
    form.size = (size_t)status.st_size;
    form.bytes = mmap(NULL, form.size, PROT_READ, MAP_SHARED | MAP_POPULATE, opened, 0);
    if (form.bytes == MAP_FAILED) { perror("mmap"); exit(1); }
    form.tail_size = strlen(form.tail);
    const char *name = strrchr(file, '/');
    char text[2048];
    int count = snprintf(text, sizeof text,
        "--darkroombench\r\nContent-Disposition: form-data; name=\"receiver\"\r\n\r\nbob\r\n"
        "--darkroombench\r\nContent-Disposition: form-data; name=\"%s\"", field);
    // The content of a file that is sent as a message is its text.
    count += strcmp(field, "message")
        ? snprintf(text + count, sizeof text - (size_t)count, "; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n",
            name ? name + 1 : file, strcmp(field, "voice") ? "video/mp4" : "audio/mp4")
        : snprintf(text + count, sizeof text - (size_t)count, "\r\n\r\n");
    form.head_size = (size_t)snprintf(form.head, sizeof form.head,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n"
        "Content-Type: multipart/form-data; boundary=darkroombench\r\n\r\n%s",
        path, token, (size_t)count + form.size + form.tail_size, text);
    return form;
}
