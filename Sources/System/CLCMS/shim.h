// Little CMS. Its pixel formats are macros with casts, which do not import into Swift.
#pragma once
#include <lcms2.h>

static const cmsUInt32Number darkroom_lcms_rgb = TYPE_RGB_8;
// Gray in the first of three bytes.
static const cmsUInt32Number darkroom_lcms_gray_of_rgb =
    COLORSPACE_SH(PT_GRAY) | CHANNELS_SH(1) | EXTRA_SH(2) | BYTES_SH(1);
// As JPEG files have it: 255 is no ink.
static const cmsUInt32Number darkroom_lcms_inverted_cmyk = TYPE_CMYK_8_REV;
