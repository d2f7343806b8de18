/// What of FFmpeg may run here, by its names: also inside FFmpeg itself, when one part looks for another.
enum AllowList {
    /// The demuxers: each reads one file, none follows references to others.
    static let demuxers = [
        "mov,mp4,m4a,3gp,3g2,mj2", "avi", "matroska,webm", "flv", "mp3", "wav", "ogg", "amr", "flac", "aac", "mpegts",
        "mpeg",
    ]

    /// The decoders.
    static let decoders = video + pictures + sound + pulseCode

    private static let video = [
        "h264", "hevc", "vp8", "vp9", "libdav1d", "mpeg4", "h263", "msmpeg4v2", "msmpeg4", "mpeg1video", "mpeg2video",
        "flv", "theora", "prores",
    ]
    private static let pictures = ["mjpeg", "png", "gif", "webp"]
    private static let sound = [
        "aac", "mp3float", "mp2float", "opus", "vorbis", "flac", "alac", "amrnb", "amrwb", "ac3", "eac3", "adpcm_ms",
        "adpcm_ima_wav", "gsm_ms",
    ]
    private static let pulseCode = [
        "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le",
        "pcm_f32be", "pcm_f64le", "pcm_alaw", "pcm_mulaw",
    ]
}
