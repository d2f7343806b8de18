/// Which of the metadata that were to be removed from a file are not in the stored original.
public enum RemovedMetadata: String, Sendable, Hashable, Codable, CaseIterable {
    /// None that the service knows of is left: place, device, author and time are removed.
    case all
    /// The place is removed.
    case location
    /// Some were removed; others may be left, because the file's structure did not allow it or was not understood.
    case partly
    /// The file's format is stored as it was sent.
    case none
}
