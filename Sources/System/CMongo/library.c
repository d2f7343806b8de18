#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mongo_client.h"

struct darkroom_mongo_functions darkroom_mongo_library;

/// The library by the name of its binary interface, as the program would be linked to it.
static const char *const file_name = "libmongoc-1.0.so.0";

static bool find(void *library, const char *name, void *function, char *message) {
    void *address = dlsym(library, name);
    if (!address) {
        snprintf(message, DARKROOM_MONGO_MESSAGE_SIZE, "%s has no function %s", file_name, name);
        return false;
    }
    *(void **)function = address;
    return true;
}

bool darkroom_mongo_load(char *message) {
    void *library = dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(message, DARKROOM_MONGO_MESSAGE_SIZE, "libmongoc cannot be loaded: %s", dlerror());
        return false;
    }
#define FIND(name) \
    if (!find(library, #name, &darkroom_mongo_library.name, message)) return false;
    DARKROOM_MONGO_FUNCTIONS(FIND)
#undef FIND
    darkroom_mongo_library.mongoc_init();
    // Errors are returned, and not written to standard error as well.
    darkroom_mongo_library.mongoc_log_set_handler(NULL, NULL);
    // libmongoc makes a file of counters for its process, which a kill would leave behind.
    char counters[64];
    snprintf(counters, sizeof counters, "/mongoc-%d", (int)getpid());
    shm_unlink(counters);
    return true;
}
