public import MediaModel
public import ObjectStore

/// Makes renditions of stored media.
public protocol RenditionMaking: Sendable {
    /// Makes a rendition of the object `source`, and stores it unless the source itself is such a file. When the task is cancelled, its
    /// process is ended.
    /// - Parameters:
    ///   - onProgress: called with the share of the source that was read, from 0 to 1.
    ///   - destination: the key under which it is to be stored, asked for once it is complete.
    /// - Throws: `MediaError` when it cannot be made or stored, with ``MediaError/Code/cancelled`` when the task is cancelled; what
    ///   `destination` throws.
    func make(
        _ profile: RenditionProfile, of source: ObjectKey, in store: any ObjectStore,
        onProgress: @escaping @Sendable (Double) -> Void, destination: (Transcoding) async throws -> ObjectKey
    ) async throws -> MadeRendition
}

/// A rendition that was made.
public struct MadeRendition: Sendable {
    /// How it came about, and what it is.
    public var transcoding: Transcoding
    /// Its object and size in bytes; `nil` where the source itself is such a file.
    public var object: (key: ObjectKey, size: Int)?

    /// A rendition; see the properties.
    public init(transcoding: Transcoding, object: (key: ObjectKey, size: Int)?) {
        self.transcoding = transcoding
        self.object = object
    }
}
