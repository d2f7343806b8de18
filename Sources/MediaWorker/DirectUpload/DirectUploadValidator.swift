public import MediaModel
public import ObjectStore

/// Validates files that clients uploaded directly to the object store. Each is read by ranges where it is stored, and then
/// copied to a key that no client can write to: replacing the original afterwards changes nothing.
public struct DirectUploadValidator: Sendable {
    private let inspector: StoredInspector
    private let metadata: MetadataRules
    /// Limits of all uploads, which narrow the policy of each.
    public let limits: MediaLimits

    /// Creates a validator of the objects that `inspector` can read.
    /// - Parameters:
    ///   - metadata: what becomes of the metadata in a file when it is copied.
    ///   - limits: limits of all uploads, which narrow the policy of each.
    public init(
        inspector: StoredInspector, metadata: MetadataRules = MetadataRules(), limits: MediaLimits = MediaLimits()
    ) {
        self.limits = limits
        self.inspector = inspector
        self.metadata = metadata
    }

    /// Validates the object `source`, which must be what was declared. It stays where it is.
    /// - Parameters:
    ///   - key: the prefix of the copy's key, without its extension; the thumbnail's key is `key` + `-thumb.jpg`.
    ///   - removal: which metadata are removed from the copy; `nil` for those of this validator.
    /// - Throws: why the file is rejected; ``MediaError/Code/mismatch`` where it is not what was declared;
    ///   ``MediaError/Code/storage`` with the store's error as its cause when the object does not exist or the store fails.
    public func validate(
        _ source: ObjectKey, declared: DeclaredFile, key: String, policy: MediaPolicy,
        removal: MetadataRemoval? = nil
    ) async throws(MediaError) -> ValidatedUpload {
        let object = try await inspector.object(source)
        guard object.size == declared.size else {
            throw MediaError(
                .mismatch, "The file has \(object.size) bytes instead of the \(declared.size) that were declared.")
        }
        let policy = policy.narrowed(by: limits)
        // The declared type decides between document types that look alike, not the name.
        let digest = policy.computesSHA256 ? PrefixDigest() : nil
        var inspection = try await inspector.inspect(object, policy: policy, filename: nil, digest: digest)
        guard inspection.mayBeDeclared(as: declared.mimeType) else {
            throw MediaError(
                .mismatch, "The content is \(inspection.mimeType) and not \(declared.mimeType), as was declared.")
        }
        (inspection.mimeType, inspection.fileExtension) = (declared.mimeType, declared.fileExtension)
        return try await copy(
            object, inspection, digest, name: declared.name, key: key, policy: policy,
            metadata: metadata.asking(for: removal))
    }

    /// Validates the object `source` of `size` bytes, of which nothing was declared but a name. It stays where it is.
    /// - Parameters:
    ///   - key: the prefix of the copy's key, without its extension; the thumbnail's key is `key` + `-thumb.jpg`.
    ///   - removal: which metadata are removed from the copy; `nil` for those of this validator.
    /// - Throws: why the file is rejected; ``MediaError/Code/storage`` with the store's error as its cause when the object does
    ///   not exist or has another size, or the store fails.
    public func validate(
        _ source: ObjectKey, size: Int, name: String?, key: String, policy: MediaPolicy,
        removal: MetadataRemoval? = nil
    ) async throws(MediaError) -> ValidatedUpload {
        let policy = policy.narrowed(by: limits)
        let object = try await object(source, size: size)
        let digest = policy.computesSHA256 ? PrefixDigest() : nil
        let inspection = try await inspector.inspect(
            object, policy: policy, filename: FileName(name).displayName, digest: digest)
        return try await copy(
            object, inspection, digest, name: name, key: key, policy: policy,
            metadata: metadata.asking(for: removal))
    }

    /// The SHA-256 of the object `source` of `size` bytes, in lower-case hexadecimal. All of it is read.
    /// - Throws: ``MediaError/Code/storage`` with the store's error as its cause when the object does not exist, has another size or is
    ///   replaced, or the store fails.
    public func sha256(of source: ObjectKey, size: Int) async throws(MediaError) -> String {
        try await inspector.digest(of: try await object(source, size: size))
    }

    private func object(_ source: ObjectKey, size: Int) async throws(MediaError) -> ObjectInfo {
        let object = try await inspector.object(source)
        guard object.size == size else {
            throw MediaError(
                .storage, "The file could not be read from the store; try again.",
                cause: ObjectStoreError(.changed, "\(source) has \(object.size) bytes instead of \(size)."))
        }
        return object
    }

    private func copy(
        _ object: ObjectInfo, _ inspection: Inspection, _ digest: PrefixDigest?, name: String?, key: String,
        policy: MediaPolicy, metadata: MetadataRules
    ) async throws(MediaError) -> ValidatedUpload {
        let removal = metadata.removal
        let filter = inspection.metadataFilter(removal)
        if inspection.kind != .document, filter == nil { try metadata.check(nil) }
        try await inspector.scan(object)
        let (keys, filename) = (try MediaObjectKeys(prefix: key), FileName(name))
        let objectKey = try keys.original(fileExtension: inspection.fileExtension)
        let copy = CopyWriter(
            source: object, key: objectKey,
            attributes: ObjectAttributes(
                mimeType: Self.servedType(inspection), fileExtension: inspection.fileExtension, kind: inspection.kind,
                filename: filename), store: inspector.store)
        var (writer, size, sha256): (any ObjectWriter, Int, String?) = (copy, object.size, nil)
        var removed = removal == .off || inspection.kind == .document ? nil : RemovedMetadata.none
        if let filter {
            let filtered = FilteredCopy(
                copy: copy, filter: filter,
                end: inspection.container == MediaFormat.jpeg.rawValue ? inspection.pictureEnd : nil,
                computesSHA256: policy.computesSHA256)
            let copied = try await mappingStoreErrors { () async throws(ObjectStoreError) in
                try await filtered.write()
            }
            do throws(MediaError) {
                try metadata.check(copied.filter)
            } catch {
                await copied.writer.abort()
                throw error
            }
            (writer, size, sha256) = (copied.writer, copied.size, copied.sha256)
            removed = copied.filter.removed(removal)
        } else if let digest {
            sha256 = try await inspector.digest(of: object, continuing: digest)
        }
        // Of a file that was filtered, only what is stored was hashed.
        let sourceSHA256 = writer is CopyWriter ? sha256 : nil
        var validated = ValidatedUpload(
            inspection, size: size, sha256: sha256, sourceSHA256: sourceSHA256, objectKey: objectKey, keys: keys,
            filename: filename, attributes: copy.attributes, writer: writer, store: inspector.store)
        validated.metadataRemoved = removed
        return validated
    }

    /// A text is served with its encoding: a browser would guess one otherwise.
    private static func servedType(_ inspection: Inspection) -> String {
        guard inspection.mimeType == "text/plain", let encoding = inspection.textEncoding else {
            return inspection.mimeType
        }
        return "text/plain; charset=\(encoding.rawValue)"
    }
}

extension Inspection {
    /// The filter for a file with this content; `nil` where nothing is removed from it.
    fileprivate func metadataFilter(_ removal: MetadataRemoval) -> (any MetadataFilter)? {
        guard kind != .document else { return nil }
        return MediaFormat(rawValue: container)?.metadataFilter(removal)
    }
}
