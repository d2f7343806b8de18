import CFFmpeg

/// The versions of the libraries that are loaded, which may be newer than those the program was built with.
public enum FFmpegVersion {
    /// Of libavformat: `59.27.100`.
    public static var libavformat: String { text(avformat_version()) }

    /// A version from its integer: eight bits each for minor and micro (libavutil/version.h, `AV_VERSION_INT`).
    static func text(_ version: UInt32) -> String {
        "\(version >> 16).\(version >> 8 & 0xff).\(version & 0xff)"
    }
}
