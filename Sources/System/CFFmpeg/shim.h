// FFmpeg's libraries. Its macros do not import into Swift: each one that is needed is a constant or function here.
#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

// The error values (AVERROR and its relatives are macros).
static const int darkroom_error_eof = AVERROR_EOF;
static const int darkroom_error_again = AVERROR(EAGAIN);
static const int darkroom_error_access = AVERROR(EACCES);
static const int darkroom_error_io = AVERROR(EIO);
static const int darkroom_error_memory = AVERROR(ENOMEM);
static const int darkroom_error_not_implemented = AVERROR(ENOSYS);
static const int darkroom_error_exit = AVERROR_EXIT;
static const int darkroom_error_invalid_data = AVERROR_INVALIDDATA;
static const int darkroom_error_decoder_not_found = AVERROR_DECODER_NOT_FOUND;
static const int darkroom_error_demuxer_not_found = AVERROR_DEMUXER_NOT_FOUND;
static const int darkroom_error_patch_welcome = AVERROR_PATCHWELCOME;

// "No timestamp" (a cast inside a macro).
static const int64_t darkroom_no_timestamp = AV_NOPTS_VALUE;

// The unit of AVFormatContext's times (a compound literal).
static const AVRational darkroom_time_base = {1, AV_TIME_BASE};

// A stream's side data of one kind, or NULL; `size` becomes its length in bytes. FFmpeg 6.1 moved it from the stream to its
// codec parameters, and deprecates the call of before.
static inline const uint8_t *darkroom_stream_side_data(
    const AVStream *stream, enum AVPacketSideDataType type, size_t *size) {
    *size = 0;
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, type);
    if (!data) return NULL;
    *size = data->size;
    return data->data;
#else
    return av_stream_get_side_data(stream, type, size);
#endif
}
