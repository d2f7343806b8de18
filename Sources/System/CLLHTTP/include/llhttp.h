// Debian ships llhttp as C sources only (package node-llhttp): this target builds them where they lie.
#pragma once
#include "/usr/share/include/llhttp/llhttp.h"
