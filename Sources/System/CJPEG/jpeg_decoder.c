#include "jpeg_decoder.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <jpeglib.h>

#include <jerror.h>

struct darkroom_jpeg {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf failure;
    darkroom_jpeg_status status;
    darkroom_jpeg_limits limits;
    double deadline;
    const uint8_t *bytes;
    // Where the coded picture ends if its end is not marked, or 0.
    size_t end;
    // The decoder has asked for more than there is.
    boolean exhausted;
    // Samples were wanted that are not there.
    boolean cut_short;
};

static const JOCTET made_up_end[2] = {0xFF, JPEG_EOI};

static darkroom_jpeg *owner(j_common_ptr info) { return info->client_data; }

static void fail(darkroom_jpeg *jpeg, darkroom_jpeg_status status) {
    jpeg->status = status;
    longjmp(jpeg->failure, 1);
}

static darkroom_jpeg_status meaning(const darkroom_jpeg *jpeg, int code) {
    switch (code) {
    case JERR_OUT_OF_MEMORY: return DARKROOM_JPEG_NO_MEMORY;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED: return DARKROOM_JPEG_UNSUPPORTED;
    // JPEG-LS.
    case JERR_UNKNOWN_MARKER:
        return jpeg->errors.msg_parm.i[0] == 0xF7 ? DARKROOM_JPEG_UNSUPPORTED : DARKROOM_JPEG_DAMAGED;
    default: return jpeg->exhausted ? DARKROOM_JPEG_CUT_SHORT : DARKROOM_JPEG_DAMAGED;
    }
}

static void on_error(j_common_ptr info) { fail(owner(info), meaning(owner(info), info->err->msg_code)); }

// Warnings are what browsers pass over too, but for samples that are missing at the end.
static void on_message(j_common_ptr info, int level) {
    if (level < 0 && info->err->msg_code == JWRN_HIT_MARKER && owner(info)->exhausted) owner(info)->cut_short = TRUE;
}

static void on_text(j_common_ptr info) { (void)info; }

static void on_start(j_decompress_ptr info) { (void)info; }

// Where the file ends without a marker, one is made up.
static boolean on_empty(j_decompress_ptr info) {
    darkroom_jpeg *jpeg = owner((j_common_ptr)info);
    // An arithmetic decoder reads zeros for ever and does not complain.
    if (!jpeg->exhausted && info->arith_code && info->input_iMCU_row + 1 < info->total_iMCU_rows) jpeg->cut_short = TRUE;
    jpeg->exhausted = TRUE;
    info->src->next_input_byte = made_up_end;
    info->src->bytes_in_buffer = sizeof made_up_end;
    return TRUE;
}

static void on_skip(j_decompress_ptr info, long count) {
    if (count <= 0) return;
    if ((size_t)count > info->src->bytes_in_buffer) {
        on_empty(info);
    } else {
        info->src->next_input_byte += count;
        info->src->bytes_in_buffer -= count;
    }
}

static double monotonic_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void on_progress(j_common_ptr info) {
    darkroom_jpeg *jpeg = owner(info);
    if (jpeg->info.input_scan_number > jpeg->limits.scans) fail(jpeg, DARKROOM_JPEG_TOO_MANY_SCANS);
    if (monotonic_seconds() > jpeg->deadline) fail(jpeg, DARKROOM_JPEG_LATE);
}

static void open_head(darkroom_jpeg *jpeg) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    jpeg_create_decompress(info);
    info->client_data = jpeg;
    info->src = &jpeg->source;
    info->progress = &jpeg->progress;
    jpeg_save_markers(info, JPEG_APP0 + 2, 0xFFFF);
    jpeg_read_header(info, TRUE);
    if ((uint64_t)info->image_width * info->image_height > jpeg->limits.pixels) fail(jpeg, DARKROOM_JPEG_TOO_LARGE);
    switch (info->num_components) {
    case 1: info->out_color_space = JCS_GRAYSCALE; break;
    case 3: info->out_color_space = JCS_RGB; break;
    case 4: info->out_color_space = JCS_CMYK; break;
    default: fail(jpeg, DARKROOM_JPEG_UNSUPPORTED);
    }
    info->scale_num = 1;
    info->scale_denom = jpeg->limits.denominator;
    jpeg_calc_output_dimensions(info);
}

darkroom_jpeg *darkroom_jpeg_open(
    const uint8_t *bytes, size_t count, const darkroom_jpeg_limits *limits, darkroom_jpeg_status *status) {
    darkroom_jpeg *jpeg = calloc(1, sizeof *jpeg);
    *status = DARKROOM_JPEG_NO_MEMORY;
    if (!jpeg) return NULL;
    jpeg->limits = *limits;
    jpeg->bytes = bytes;
    jpeg->deadline = monotonic_seconds() + limits->seconds;
    jpeg->info.err = jpeg_std_error(&jpeg->errors);
    // Set before anything can fail; creating the decoder keeps both.
    jpeg->info.client_data = jpeg;
    jpeg->errors.error_exit = on_error;
    jpeg->errors.emit_message = on_message;
    jpeg->errors.output_message = on_text;
    jpeg->source.next_input_byte = bytes;
    jpeg->source.bytes_in_buffer = count;
    jpeg->source.init_source = on_start;
    jpeg->source.fill_input_buffer = on_empty;
    jpeg->source.skip_input_data = on_skip;
    jpeg->source.resync_to_restart = jpeg_resync_to_restart;
    jpeg->source.term_source = on_start;
    jpeg->progress.progress_monitor = on_progress;
    if (setjmp(jpeg->failure) == 0) open_head(jpeg);
    *status = jpeg->status;
    return jpeg;
}

unsigned darkroom_jpeg_width(const darkroom_jpeg *jpeg) { return jpeg->info.output_width; }

unsigned darkroom_jpeg_height(const darkroom_jpeg *jpeg) { return jpeg->info.output_height; }

unsigned darkroom_jpeg_channels(const darkroom_jpeg *jpeg) { return (unsigned)jpeg->info.num_components; }

uint8_t *darkroom_jpeg_copy_profile(darkroom_jpeg *jpeg, size_t *count) {
    JOCTET *volatile profile = NULL;
    if (setjmp(jpeg->failure) == 0) {
        JOCTET *data = NULL;
        unsigned length = 0;
        if (jpeg_read_icc_profile(&jpeg->info, &data, &length)) {
            profile = data;
            *count = length;
        }
    }
    jpeg->status = DARKROOM_JPEG_OK;
    return profile;
}

// Whether the scans that came bring every component to its full precision.
static boolean has_all_scans(const struct jpeg_decompress_struct *info) {
    for (int component = 0; component < info->num_components; component++) {
        // Noted when a scan with the component begins.
        if (!info->comp_info[component].quant_table) return FALSE;
        if (!info->progressive_mode || !info->coef_bits) continue;
        for (int place = 0; place < DCTSIZE2; place++) {
            if (info->coef_bits[component][place] != 0) return FALSE;
        }
    }
    return TRUE;
}

// Reads scans until the picture is complete, and not what follows: where the end marker is missing, that is no JPEG any more.
static void read_scans(darkroom_jpeg *jpeg) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    int status;
    do {
        on_progress((j_common_ptr)info);
        status = jpeg_consume_input(info);
    } while (status != JPEG_REACHED_EOI && !(status == JPEG_SCAN_COMPLETED && has_all_scans(info)));
    if (status == JPEG_REACHED_EOI && jpeg->exhausted && !has_all_scans(info)) jpeg->cut_short = TRUE;
}

static void start(darkroom_jpeg *jpeg) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    info->buffered_image = jpeg_has_multiple_scans(info);
    jpeg_start_decompress(info);
    if (!info->buffered_image) return;
    read_scans(jpeg);
    jpeg_start_output(info, info->input_scan_number);
}

// Whether a segment's content is the head of a scan of this picture (ITU-T T.81, B.2.3).
static boolean is_scan(const struct jpeg_decompress_struct *info, const JOCTET *content, size_t count) {
    if (count < 1 || content[0] < 1 || content[0] > MAX_COMPS_IN_SCAN || count != 4 + 2 * (size_t)content[0]) return FALSE;
    for (int scanned = 0; scanned < content[0]; scanned++) {
        int component = 0;
        while (component < info->num_components && info->comp_info[component].component_id != content[1 + 2 * scanned]) {
            component++;
        }
        if (component == info->num_components) return FALSE;
    }
    return TRUE;
}

// Whether nothing but more scans, and what belongs to them, stands between a place and the marker of the end.
static boolean has_marked_end(const struct jpeg_decompress_struct *info, const JOCTET *place, const JOCTET *end) {
    enum { most_fill = 16 };
    const JOCTET *limit = end - place < most_fill ? end : place + most_fill;
    while (place + 1 < end && place < limit) {
        const JOCTET marker = place[1];
        // Restarts mark nothing: samples would follow.
        if (place[0] != 0xFF || marker == 0 || marker == 0xFF || (marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7)) {
            place++;
            continue;
        }
        if (marker == JPEG_EOI) return TRUE;
        if (end - place < 4) return FALSE;
        const size_t length = (size_t)place[2] << 8 | place[3];
        if (length < 2 || length + 2 > (size_t)(end - place)) return FALSE;
        switch (marker) {
        // What may stand before another scan.
        case 0xC4: case 0xCC: case 0xDB: case 0xDC: case 0xDD: case JPEG_COM: break;
        case 0xDA:
            if (!is_scan(info, place + 4, length - 2)) return FALSE;
            break;
        default: return FALSE;
        }
        place += 2 + length;
        // Samples go on to the next marker, wherever that is.
        limit = marker == 0xDA || end - place < most_fill ? end : place + most_fill;
    }
    return FALSE;
}

// Where the coded picture ends, if its end is not marked there.
static void note_end(darkroom_jpeg *jpeg) {
    const struct jpeg_decompress_struct *info = &jpeg->info;
    if (jpeg->exhausted || info->unread_marker == JPEG_EOI) return;
    const JOCTET *rest = info->src->next_input_byte - (info->unread_marker ? 2 : 0);
    const JOCTET *end = info->src->next_input_byte + info->src->bytes_in_buffer;
    if (has_marked_end(info, rest, end)) return;
    if (rest < end) jpeg->end = (size_t)(rest - jpeg->bytes);
}

static void finish(darkroom_jpeg *jpeg) {
    if (jpeg->cut_short) fail(jpeg, DARKROOM_JPEG_CUT_SHORT);
    note_end(jpeg);
}

static void read_rows(darkroom_jpeg *jpeg, uint8_t *rows, size_t stride) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    start(jpeg);
    while (info->output_scanline < info->output_height && !jpeg->cut_short) {
        JSAMPROW row = rows + info->output_scanline * stride;
        jpeg_read_scanlines(info, &row, 1);
    }
    finish(jpeg);
}

darkroom_jpeg_status darkroom_jpeg_read(darkroom_jpeg *jpeg, uint8_t *rows, size_t stride) {
    if (setjmp(jpeg->failure) == 0) read_rows(jpeg, rows, stride);
    return jpeg->status;
}

size_t darkroom_jpeg_unmarked_end(const darkroom_jpeg *jpeg) { return jpeg->end; }

// The most rows of one plane that come at once: four times as many as chroma has, of eight.
enum { most_rows = 4 * DCTSIZE };

int darkroom_jpeg_choose_planes(darkroom_jpeg *jpeg, darkroom_jpeg_planes *planes) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    if (info->num_components != 3 || info->jpeg_color_space != JCS_YCbCr) return 0;
    const jpeg_component_info *luma = &info->comp_info[0];
    const int across = luma->h_samp_factor * luma->DCT_scaled_size, down = luma->v_samp_factor * luma->DCT_scaled_size;
    if (across != info->max_h_samp_factor * info->min_DCT_scaled_size) return 0;
    if (down != info->max_v_samp_factor * info->min_DCT_scaled_size || down > most_rows) return 0;
    const jpeg_component_info *blue = &info->comp_info[1], *red = &info->comp_info[2];
    const int chroma_across = blue->h_samp_factor * blue->DCT_scaled_size;
    const int chroma_down = blue->v_samp_factor * blue->DCT_scaled_size;
    if (chroma_across != red->h_samp_factor * red->DCT_scaled_size) return 0;
    if (chroma_down != red->v_samp_factor * red->DCT_scaled_size) return 0;
    if (across % chroma_across || down % chroma_down) return 0;
    planes->chroma_across = across / chroma_across;
    planes->chroma_down = down / chroma_down;
    planes->width = (info->output_width + across - 1) / across * across;
    planes->height = (info->output_height + down - 1) / down * down;
    return 1;
}

static void read_planes(darkroom_jpeg *jpeg, uint8_t *const planes[3], const size_t strides[3]) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    info->out_color_space = JCS_YCbCr;
    info->raw_data_out = TRUE;
    start(jpeg);
    const JDIMENSION step = info->max_v_samp_factor * info->min_DCT_scaled_size;
    JSAMPROW rows[3][most_rows];
    JSAMPARRAY arrays[3] = {rows[0], rows[1], rows[2]};
    for (JDIMENSION part = 0; info->output_scanline < info->output_height && !jpeg->cut_short; part++) {
        for (int plane = 0; plane < 3; plane++) {
            const jpeg_component_info *component = &info->comp_info[plane];
            const size_t count = component->v_samp_factor * component->DCT_scaled_size;
            for (size_t row = 0; row < count; row++) {
                rows[plane][row] = planes[plane] + (part * count + row) * strides[plane];
            }
        }
        jpeg_read_raw_data(info, arrays, step);
    }
    finish(jpeg);
}

darkroom_jpeg_status darkroom_jpeg_read_planes(
    darkroom_jpeg *jpeg, uint8_t *const planes[3], const size_t strides[3]) {
    if (setjmp(jpeg->failure) == 0) read_planes(jpeg, planes, strides);
    return jpeg->status;
}

void darkroom_jpeg_close(darkroom_jpeg *jpeg) {
    if (!jpeg) return;
    jpeg_destroy_decompress(&jpeg->info);
    free(jpeg);
}
