import MediaModel
import ObjectStore

extension UploadPipeline {
    /// Long, because what a key names never changes; private, because chats are.
    static let cacheControl = "private, max-age=31536000, immutable"

    /// Opens the object of an original, whose key ends as its content calls for.
    func openWriter(
        _ key: String, _ mimeType: String, _ fileExtension: String, _ kind: MediaKind, _ naming: FileName,
        declaredLength: Int?
    ) async throws(MediaError) -> (any ObjectWriter, ObjectKey) {
        guard let objectKey = ObjectKey(validating: "\(key).\(fileExtension)") else {
            throw MediaError(.internal, "\"\(key)\" cannot be the key of an object.")
        }
        let attributes = Self.attributes(mimeType, fileExtension, kind, naming)
        let writer = try await storing { () async throws(ObjectStoreError) in
            try await store.write(objectKey, attributes: attributes, declaredLength: declaredLength)
        }
        return (writer, objectKey)
    }

    /// What is kept with an original.
    static func attributes(_ inspection: Inspection, _ naming: FileName) -> ObjectAttributes {
        attributes(inspection.mimeType, inspection.fileExtension, inspection.kind, naming)
    }

    private static func attributes(
        _ mimeType: String, _ fileExtension: String, _ kind: MediaKind, _ naming: FileName
    ) -> ObjectAttributes {
        ObjectAttributes(
            contentType: mimeType, contentDisposition: naming.contentDisposition(kind, fileExtension: fileExtension),
            cacheControl: cacheControl)
    }
}

/// Runs a call of the store; its failure becomes ``MediaError/Code/storage``.
func storing<Result>(
    _ call: () async throws(ObjectStoreError) -> Result
) async throws(MediaError) -> Result {
    do throws(ObjectStoreError) {
        return try await call()
    } catch {
        throw MediaError(.storage, "The file could not be stored; try again.", cause: error)
    }
}

extension DocumentType {
    /// How a file is stored that is not opened.
    init(_ content: DetectedType) {
        switch content {
        case .document(let type, _): self = type
        case .media(let container):
            let kind = container.certainKind ?? .video
            self.init(mimeType: container.mimeType(kind), fileExtension: container.fileExtension(kind))
        }
    }
}
