/// A media file format, detected from the file's content alone, never from its name or its declared type.
public enum MediaFormat: String, Sendable, Codable, CaseIterable {
    case mp4, quickTime, m4v, threeGP, threeGPP2, avi, webm, matroska, flv, mpegTS, mpegPS
    case mp3, m4a, wav, ogg, amr, flac, aac
    case jpeg, png, gif, webp, heic, avif
}
