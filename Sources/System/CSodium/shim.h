// libsodium: Argon2id, by which passwords are stored.
#pragma once
#include <sodium.h>
