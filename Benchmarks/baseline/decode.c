// The baseline of previews: decoding alone, repeatedly in one process, with one thread. Video: from the key frame
// before 1 s to the frame at 1 s. Sound: all of it. Prints the median of each file in milliseconds.
//
//     decode RUNS FILE...
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static int incomplete(const AVStream *stream) {
    const AVCodecParameters *codec = stream->codecpar;
    return codec->codec_type == AVMEDIA_TYPE_VIDEO ? codec->width == 0 : codec->sample_rate == 0;
}

static int decode(const char *path) {
    AVFormatContext *format = NULL;
    if (avformat_open_input(&format, path, NULL, NULL) < 0) return -1;
    int wanted = -1;
    for (unsigned i = 0; i < format->nb_streams; i++)
        if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) wanted = (int)i;
    for (unsigned i = 0; i < format->nb_streams && wanted < 0; i++)
        if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) wanted = (int)i;
    if (wanted < 0) return -1;
    AVStream *stream = format->streams[wanted];
    if (incomplete(stream) && avformat_find_stream_info(format, NULL) < 0) return -1;
    for (unsigned i = 0; i < format->nb_streams; i++)
        if ((int)i != wanted) format->streams[i]->discard = AVDISCARD_ALL;

    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(decoder, stream->codecpar);
    decoder->thread_count = 1;
    decoder->pkt_timebase = stream->time_base;
    if (avcodec_open2(decoder, codec, NULL) < 0) return -1;

    int video = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO, found = 0, ended = 0;
    int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
    int64_t target = start + av_rescale_q(1, (AVRational){1, 1}, stream->time_base);
    if (video) av_seek_frame(format, wanted, target, AVSEEK_FLAG_BACKWARD);
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    while (!found && !ended) {
        ended = av_read_frame(format, packet) < 0;
        if (!ended && packet->stream_index != wanted) { av_packet_unref(packet); continue; }
        avcodec_send_packet(decoder, ended ? NULL : packet);
        av_packet_unref(packet);
        while (!found && avcodec_receive_frame(decoder, frame) == 0)
            found = video && frame->best_effort_timestamp >= target;
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    avformat_close_input(&format);
    return 0;
}

static int ascending(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

int main(int count, char **arguments) {
    int runs = count > 2 ? atoi(arguments[1]) : 0;
    if (runs < 1) { fprintf(stderr, "usage: decode RUNS FILE...\n"); return 2; }
    av_log_set_level(AV_LOG_QUIET);
    double *times = calloc((size_t)runs, sizeof *times);
    for (int file = 2; file < count; file++) {
        for (int run = 0; run < runs; run++) {
            double began = now();
            if (decode(arguments[file]) < 0) { fprintf(stderr, "%s cannot be decoded\n", arguments[file]); return 1; }
            times[run] = now() - began;
        }
        qsort(times, (size_t)runs, sizeof *times, ascending);
        printf("%f %s\n", times[runs / 2], arguments[file]);
    }
}
