import MediaModel
import ObjectStore

/// The services that an upload uses.
struct UploadContext: Sendable {
    let store: any ObjectStore
    let workers: any MediaInspecting
    let spools: SpoolSettings
    let metadata: MetadataRules
    /// Scans what is stored; `nil` where files are not scanned.
    var scanning: ContentScanning?
    /// Whether a video whose index comes last is stored with its index first.
    var storesIndexFirst = false
    let inFlight = UploadsInFlight()

    /// Opens the object of an original.
    /// - Throws: ``MediaError/Code/storage`` where the store fails.
    func openWriter(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(MediaError) -> any ObjectWriter {
        try await mappingStoreErrors { () async throws(ObjectStoreError) in
            try await store.write(key, attributes: attributes, declaredLength: declaredLength)
        }
    }
}
