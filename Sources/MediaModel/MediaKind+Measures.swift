extension MediaKind {
    /// Whether files of this kind have a duration.
    public var hasDuration: Bool { self == .video || self == .audio }

    /// Whether files of this kind have pixels.
    public var hasPixels: Bool { self == .video || self == .image }
}
