import MediaModel

/// The parameters of one upload.
struct UploadRequest: Sendable {
    let keys: MediaObjectKeys
    let policy: MediaPolicy
    /// The size that the client announced, in bytes.
    let declaredLength: Int?
    /// The size that the file has at least, in bytes.
    let minimumLength: Int
    let filename: FileName
    /// Which metadata are removed; `nil` for those of the settings.
    var metadataRemoval: MetadataRemoval?
}
