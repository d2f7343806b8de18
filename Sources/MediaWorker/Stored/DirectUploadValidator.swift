import Bytes
public import MediaModel
public import ObjectStore

/// What a sender said of a file before sending it straight to the store.
public struct DeclaredFile: Sendable {
    /// The media type, without parameters.
    public var mimeType: String
    /// The ending that goes with it, without a dot: safe in an object's key.
    public var fileExtension: String
    /// In bytes.
    public var size: Int
    /// The sender's name for it.
    public var name: String?

    /// A declaration.
    public init(mimeType: String, fileExtension: String, size: Int, name: String? = nil) {
        self.mimeType = mimeType
        self.fileExtension = fileExtension
        self.size = size
        self.name = name
    }
}

/// Takes files that were sent straight to the store. Each is judged where it lies, by its ranges, and then becomes an object
/// under a key that nobody else can write: whoever may still replace the one that was judged changes nothing.
public struct DirectUploadValidator: Sendable {
    private let inspector: StoredInspector
    private let metadataRemoval: MetadataRemoval

    /// An intake of what `inspector` can judge.
    /// - Parameter metadataRemoval: what is taken out of a JPEG before it becomes an object of its own.
    public init(inspector: StoredInspector, metadataRemoval: MetadataRemoval = .off) {
        self.inspector = inspector
        self.metadataRemoval = metadataRemoval
    }

    /// Judges the object `source`, which must be what it was declared to be. It stays where it is.
    ///
    /// Throws why it is not taken; ``MediaError/Code/storage`` with the store's error as the cause when it is not there or
    /// the store fails.
    /// - Parameter key: that of the object to be, without its ending; the thumbnail's is `key` + `-thumb.jpg`.
    public func judge(
        _ source: ObjectKey, declared: DeclaredFile, key: String, policy: MediaPolicy
    ) async throws(MediaError) -> ValidatedUpload {
        let object = try await inspector.object(source)
        guard object.size == declared.size else {
            throw MediaError(
                .mismatch, "The file has \(object.size) bytes instead of the \(declared.size) that were declared.")
        }
        var inspection = try await inspector.inspect(object, policy: policy, claimedName: declared.name)
        guard inspection.mayBeDeclared(as: declared.mimeType) else {
            throw MediaError(
                .mismatch, "The content is \(inspection.mimeType) and not \(declared.mimeType), as was declared.")
        }
        (inspection.mimeType, inspection.fileExtension) = (declared.mimeType, declared.fileExtension)
        // A text is served in its own encoding: without it, a browser would guess one.
        var shown = inspection
        if declared.mimeType == "text/plain", let encoding = inspection.textEncoding {
            shown.mimeType = "text/plain; charset=\(encoding.rawValue)"
        }
        let naming = FileName(declared.name)
        guard let objectKey = ObjectKey(validating: "\(key).\(inspection.fileExtension)") else {
            throw MediaError(.internal, "\"\(key)\" cannot be the key of an object.")
        }
        let thumbnailKey = inspection.thumbnail.flatMap { _ in
            ObjectKey(validating: key + StreamingUpload.thumbnailEnding)
        }
        let copy = StoredCopy(
            source: object, key: objectKey,
            attributes: UploadPipeline.attributes(shown, naming), store: inspector.store)
        var (writer, size, sha256): (any ObjectWriter, Int, String?) = (copy, object.size, nil)
        if metadataRemoval != .off, inspection.container == MediaFormat.jpeg.rawValue {
            let picture = FilteredCopy(
                copy: copy, removal: metadataRemoval, end: inspection.pictureEnd, computesSHA256: policy.computesSHA256)
            (writer, size, sha256) = try await storing { () async throws(ObjectStoreError) in try await picture.write()
            }
        }
        return ValidatedUpload(
            inspection: inspection, size: size, sha256: sha256, objectKey: objectKey, thumbnailKey: thumbnailKey,
            originalName: naming.displayName, writer: writer, store: inspector.store)
    }
}

/// An object that is to be made of another one, at once.
struct StoredCopy: ObjectWriter {
    let source: ObjectInfo
    let key: ObjectKey
    let attributes: ObjectAttributes
    let store: any ObjectStore

    /// Its bytes are there already.
    func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
        throw ObjectStoreError(.writerClosed, "A copy takes no bytes.")
    }

    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        try await store.copy(source, to: key, attributes: attributes)
    }

    func abort() async {}
}
