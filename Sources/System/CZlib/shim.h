// zlib. `inflateInit` is a macro, which does not import into Swift.
#pragma once
#include <zlib.h>

static inline int darkroom_inflate_init(z_stream *stream) { return inflateInit(stream); }
