/// A file format, known by its content alone.
public enum MediaFormat: String, Sendable, Codable, CaseIterable {
    case mp4, quickTime, m4v, threeGP, threeGPP2, avi, webm, matroska, flv, mpegTS, mpegPS
    case mp3, m4a, wav, ogg, amr, flac, aac
    case jpeg, png, gif, webp, heic, avif
}
