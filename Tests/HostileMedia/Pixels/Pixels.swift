extension HostileFile {
    private static let bomb = ExpectedResult.rejected("too_many_pixels")

    /// Pictures and videos whose declared size exceeds any memory.
    public static let pixels: [HostileFile] = [
        HostileFile("PNG of 50,000 × 50,000", bomb) { Pictures.png(width: 50_000, height: 50_000) },
        HostileFile("PNG of 2^31 - 1 a side", bomb) { Pictures.png(width: .max >> 1, height: .max >> 1) },
        HostileFile("PNG of 2^32 - 1 a side", bomb) { Pictures.png(width: .max, height: .max) },
        HostileFile("JPEG of 65,500 × 65,500", bomb) { try Pictures.jpeg(width: 65_500, height: 65_500) },
        HostileFile("GIF with a screen of 65,535 × 65,535", bomb) {
            Pictures.gif(screen: 65_535, frames: 1, frame: 1)
        },
        HostileFile("WebP with a canvas of 16,777,216 × 16,777,216", bomb) {
            Pictures.riff("WEBP", Pictures.webpHeader(width: 1 << 24, height: 1 << 24))
        },
        HostileFile("HEIC of 2^32 - 1 a side", bomb) { Pictures.heic([(.max, .max)]) },
        HostileFile("HEIC with a large picture behind a small one", bomb) {
            Pictures.heic([(64, 64), (65_536, 65_536)])
        },
        HostileFile("HEIC with a large picture behind ten thousand small ones", bomb) {
            Pictures.heic([(UInt32, UInt32)](repeating: (64, 64), count: 10_000) + [(65_536, 65_536)])
        },
        HostileFile("MP4 that says 32,768 × 32,768", bomb) {
            Movie.pictures(try sample("image/orientation-1.jpg"), width: 32_768, height: 32_768).bytes
        },
        HostileFile("Matroska that says 2^31 - 1 a side", bomb) {
            Matroska.pictures(try sample("image/orientation-1.jpg")).changed {
                $0.tracks = [Matroska.pictureTrack(width: .max >> 1, height: .max >> 1)]
            }.bytes
        },
        HostileFile("AVI that says 32,768 × 32,768", bomb) { try AVI.movie(width: 32_768, height: 32_768) },
    ]
}
