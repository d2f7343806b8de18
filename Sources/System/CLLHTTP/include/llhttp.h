// Debian 12 packages llhttp as C sources (node-llhttp), which this target compiles where they are installed; later releases
// have a library and its header (libllhttp-dev).
#pragma once
#if __has_include("/usr/share/include/llhttp/llhttp.h")
#include "/usr/share/include/llhttp/llhttp.h"
#else
#include_next <llhttp.h>
#endif
