import MediaModel

extension ValidatedUpload {
    /// Waits for the result of the file's scan.
    /// - Throws: why the file is rejected; it is discarded then.
    func passing(_ scan: FileScan) async throws(MediaError) {
        do throws(MediaError) {
            try await scan.finish()
        } catch {
            await abort()
            throw error
        }
    }
}
