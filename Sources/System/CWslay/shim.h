// wslay: WebSocket framing (RFC 6455).
#pragma once
#include <wslay/wslay.h>
