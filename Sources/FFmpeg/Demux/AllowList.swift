/// The demuxers and decoders that may be used, by FFmpeg's names; FFmpeg enforces the list too when it opens one by itself.
enum AllowList {
    /// The demuxers: each reads one file, and none follows references to other files.
    static let demuxers = [
        "mov,mp4,m4a,3gp,3g2,mj2", "avi", "matroska,webm", "flv", "mp3", "wav", "ogg", "amr", "flac", "aac", "mpegts",
        "mpeg",
    ]

    /// The decoders.
    static let decoders = video + pictures + audio + pcm

    private static let video = [
        "h264", "hevc", "vp8", "vp9", "libdav1d", "mpeg4", "h263", "msmpeg4v2", "msmpeg4", "mpeg1video", "mpeg2video",
        "flv", "theora", "prores",
    ]
    private static let pictures = ["mjpeg", "png", "gif", "webp"]
    private static let audio = [
        "aac", "mp3float", "mp2float", "opus", "vorbis", "flac", "alac", "amrnb", "amrwb", "ac3", "eac3", "adpcm_ms",
        "adpcm_ima_wav", "gsm_ms",
    ]
    private static let pcm = [
        "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le",
        "pcm_f32be", "pcm_f64le", "pcm_alaw", "pcm_mulaw",
    ]
}
