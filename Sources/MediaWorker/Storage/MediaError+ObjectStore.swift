import MediaModel
import ObjectStore

/// Runs an operation of the object store.
/// - Throws: ``MediaError/Code/storage`` with the store's error as its cause.
func mappingStoreErrors<Result>(
    _ operation: () async throws(ObjectStoreError) -> Result
) async throws(MediaError) -> Result {
    do throws(ObjectStoreError) {
        return try await operation()
    } catch {
        throw MediaError(.storage, "The file could not be stored; try again.", cause: error)
    }
}
