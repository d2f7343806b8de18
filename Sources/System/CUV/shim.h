// libuv: event loops. Included as it is; what Swift cannot see of it (macros, unions) gets a commented function here.
#pragma once
#include <uv.h>
