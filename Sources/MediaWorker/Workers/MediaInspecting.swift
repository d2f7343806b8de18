public import MediaModel

/// Whoever inspects files: threads of this process, or processes of their own.
public protocol MediaInspecting: Sendable {
    /// What the file is and what was made of it; throws why it is not taken.
    func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection
}
