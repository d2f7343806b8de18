public import MediaModel

/// A service that inspects files: on threads of this process (``WorkerPool``) or in processes of their own (``ProcessPool``).
public protocol MediaInspecting: Sendable {
    /// Inspects a file against the policy of its job.
    /// - Returns: what the file is, and the previews that the policy asks for.
    /// - Throws: for a file that the policy does not accept: ``MediaError/Code/empty``, ``MediaError/Code/unsupported``,
    ///   ``MediaError/Code/unreadable``, ``MediaError/Code/truncated``, ``MediaError/Code/tooLong``,
    ///   ``MediaError/Code/tooLarge``, ``MediaError/Code/tooManyPixels``, ``MediaError/Code/tooManyStreams``,
    ///   ``MediaError/Code/tooComplex`` or ``MediaError/Code/wrongKind``.
    ///   For one that costs too much: ``MediaError/Code/deadline`` or ``MediaError/Code/outOfMemory``, and
    ///   ``MediaError/Code/crashed`` where it ended the process that inspected it.
    ///   For a job that names only a part of the file: ``MediaError/Code/incomplete`` when that part does not suffice.
    ///   For reasons that are not the file's: ``MediaError/Code/busy`` when no worker is free in time,
    ///   ``MediaError/Code/interrupted`` when workers were killed from outside, ``MediaError/Code/cancelled`` when the
    ///   task was cancelled, and ``MediaError/Code/internal`` for any other failure.
    func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection
}
