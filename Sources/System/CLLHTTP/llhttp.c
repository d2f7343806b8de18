// Empty where llhttp is installed as a library: Debian 13 and later.
#if __has_include("/usr/share/llhttp/llhttp.c")
#include "/usr/share/llhttp/llhttp.c"
#endif
