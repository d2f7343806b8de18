package import MediaModel
package import MediaWorker
package import ObjectStore

/// A file whose bytes have all arrived, in one object that is deleted once something was made of it.
package struct ReceivedFile: Sendable {
    /// The object.
    package let source: ObjectKey
    /// In bytes.
    package let size: Int
    /// What the client says of it.
    package let fields: ResumableFields
    /// The user who uploads it.
    let owner: String
    let validator: DirectUploadValidator
    let publisher: MediaPublisher

    /// Validates the file and publishes it.
    /// - Parameters:
    ///   - key: the new object's, without its extension.
    ///   - removal: which metadata are removed from the file; `nil` for those of the settings.
    ///   - check: checks what the file turned out to be.
    ///   - show: writes the rows that refer to the new object.
    /// - Throws: why the file is rejected; what `check` and `show` throw. Nothing is left of the new object then.
    package func publish(
        as key: String, policy: MediaPolicy, removal: MetadataRemoval? = nil,
        check: (Inspection) throws -> Void = { _ in },
        show: (MediaRecord, Inspection) async throws -> Void
    ) async throws {
        let validated = try await validator.validate(
            source, size: size, name: fields.filename, key: key, policy: policy, removal: removal)
        do {
            try check(validated.inspection)
        } catch {
            await validated.abort()
            throw error
        }
        try await publisher.publish(validated, of: owner) { try await show($0, validated.inspection) }
    }
}
