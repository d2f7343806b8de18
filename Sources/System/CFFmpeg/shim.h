// FFmpeg's libraries. Its macros do not import into Swift: each one that is needed is a constant or function here.
#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
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

// An AVIO context that writes. FFmpeg 7 made the bytes that a callback gets constant.
typedef int (*darkroom_write_callback)(void *opaque, const uint8_t *bytes, int count);
static inline AVIOContext *darkroom_output_context(
    int size, void *opaque, darkroom_write_callback write, int64_t (*seek)(void *opaque, int64_t offset, int whence)) {
    unsigned char *buffer = av_malloc(size);
    if (!buffer) return NULL;
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    AVIOContext *context = avio_alloc_context(buffer, size, 1, opaque, NULL, write, seek);
#else
    AVIOContext *context =
        avio_alloc_context(buffer, size, 1, opaque, NULL, (int (*)(void *, uint8_t *, int))write, seek);
#endif
    if (!context) av_free(buffer);
    return context;
}

// Copies what a stream's container states of its codec. Before FFmpeg 6.1 the display matrix was the stream's, not its codec
// parameters'.
static inline int darkroom_copy_parameters(AVStream *to, const AVStream *from) {
    int status = avcodec_parameters_copy(to->codecpar, from->codecpar);
    if (status < 0) return status;
    to->codecpar->codec_tag = 0;
#if LIBAVCODEC_VERSION_INT < AV_VERSION_INT(60, 31, 102)
    size_t size = 0;
    const uint8_t *matrix = av_stream_get_side_data(from, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (matrix) {
        uint8_t *copy = av_stream_new_side_data(to, AV_PKT_DATA_DISPLAYMATRIX, size);
        if (!copy) return AVERROR(ENOMEM);
        memcpy(copy, matrix, size);
    }
#endif
    return 0;
}

// A queue of samples: the pointers to its planes became constant with FFmpeg 6.
static inline int darkroom_queue_samples(AVAudioFifo *queue, const AVFrame *frame) {
    return av_audio_fifo_write(queue, (void **)frame->extended_data, frame->nb_samples);
}
static inline int darkroom_dequeue_samples(AVAudioFifo *queue, AVFrame *frame) {
    return av_audio_fifo_read(queue, (void **)frame->extended_data, frame->nb_samples);
}
static inline int darkroom_silence(AVFrame *frame) {
    return av_samples_set_silence(
        frame->extended_data, 0, frame->nb_samples, frame->ch_layout.nb_channels, (enum AVSampleFormat)frame->format);
}
