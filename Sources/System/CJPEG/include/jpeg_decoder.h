// Decoding one JPEG file from memory with libjpeg-turbo. It reports errors by longjmp, which must not cross Swift's
// frames: here each call returns a status instead.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum {
    DARKROOM_JPEG_OK = 0,
    // The file is not what it should be.
    DARKROOM_JPEG_DAMAGED,
    // Coded samples are missing at the end.
    DARKROOM_JPEG_CUT_SHORT,
    // A process, a precision or a number of components that this library does not decode.
    DARKROOM_JPEG_UNSUPPORTED,
    DARKROOM_JPEG_NO_MEMORY,
    // More pixels than allowed.
    DARKROOM_JPEG_TOO_LARGE,
    // More scans than allowed.
    DARKROOM_JPEG_TOO_MANY_SCANS,
    DARKROOM_JPEG_LATE,
} darkroom_jpeg_status;

typedef struct {
    // The size is divided by this: 1, 2, 4 or 8.
    unsigned denominator;
    // The most pixels, as stored.
    uint64_t pixels;
    // The most scans.
    int scans;
    // When to give up, counted from opening.
    double seconds;
} darkroom_jpeg_limits;

typedef struct darkroom_jpeg darkroom_jpeg;

// Reads the head of the file in `bytes`, which must outlive the decoder. What is returned must be closed, also on failure;
// NULL where there is no memory.
darkroom_jpeg *darkroom_jpeg_open(
    const uint8_t *bytes, size_t count, const darkroom_jpeg_limits *limits, darkroom_jpeg_status *status);

// Pixels of what comes out.
unsigned darkroom_jpeg_width(const darkroom_jpeg *jpeg);
unsigned darkroom_jpeg_height(const darkroom_jpeg *jpeg);
// 1 (gray), 3 (RGB) or 4 (CMYK as it is stored) bytes a pixel.
unsigned darkroom_jpeg_channels(const darkroom_jpeg *jpeg);

// The colour profile in the file's head, all parts together; NULL where there is none, or not all of it. Freed with free().
uint8_t *darkroom_jpeg_copy_profile(darkroom_jpeg *jpeg, size_t *count);

// Writes all rows, `stride` bytes apart, once.
darkroom_jpeg_status darkroom_jpeg_read(darkroom_jpeg *jpeg, uint8_t *rows, size_t stride);

// Y, Cb and Cr apart, as the file has them.
typedef struct {
    // Pixels of luma for one of chroma.
    unsigned chroma_across, chroma_down;
    // What the planes of luma must have room for: whole blocks.
    unsigned width, height;
} darkroom_jpeg_planes;

// Whether the picture can be read in planes, and of which size. Changes nothing.
int darkroom_jpeg_choose_planes(darkroom_jpeg *jpeg, darkroom_jpeg_planes *planes);

// Writes all planes, once, instead of rows.
darkroom_jpeg_status darkroom_jpeg_read_planes(darkroom_jpeg *jpeg, uint8_t *const planes[3], const size_t strides[3]);

// After reading: where the coded picture ends in a file that goes on although that end is not marked, at most eight bytes too
// late; 0 where it is marked, or nothing follows.
size_t darkroom_jpeg_unmarked_end(const darkroom_jpeg *jpeg);

void darkroom_jpeg_close(darkroom_jpeg *jpeg);
