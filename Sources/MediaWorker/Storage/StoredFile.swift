public import MediaModel
public import ObjectStore

/// A file that others have written to the object store, validated where it is.
public struct StoredFile: Sendable {
    /// The object, as it was when it was validated.
    public let object: ObjectInfo
    /// What the inspection found.
    public let inspection: Inspection
    /// The SHA-256 in lower-case hexadecimal, where the policy has it computed.
    public let sha256: String?

    /// The file's record.
    /// - Parameter thumbnailKey: where the thumbnail is stored if ``inspection`` has one.
    public func record(thumbnailKey: ObjectKey?) -> MediaRecord {
        MediaRecord(
            inspection, key: object.key, thumbnailKey: thumbnailKey, size: object.size, sha256: sha256,
            sourceSHA256: sha256, originalName: FileName(object.key.rawValue).displayName)
    }
}

extension StoredInspector {
    /// Validates the object `key` as if it were uploaded now. The last part of its key distinguishes document types whose content is alike.
    /// The digest, which needs all bytes, is made of those that are read for that, and of the rest.
    /// - Throws: why the file would be rejected; ``MediaError/Code/storage`` with the store's error as its cause when the
    ///   object does not exist, is replaced meanwhile, or the store fails.
    public func validate(_ key: ObjectKey, policy: MediaPolicy) async throws(MediaError) -> StoredFile {
        let object = try await object(key)
        let digest = policy.computesSHA256 ? PrefixDigest() : nil
        let inspection = try await inspect(
            object, policy: policy, filename: FileName(key.rawValue).displayName, digest: digest)
        try await scan(object)
        guard let digest else { return StoredFile(object: object, inspection: inspection, sha256: nil) }
        return StoredFile(
            object: object, inspection: inspection, sha256: try await self.digest(of: object, continuing: digest))
    }
}
