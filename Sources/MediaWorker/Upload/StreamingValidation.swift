import MediaModel

/// The attempts to validate a file before its last byte has arrived: one when its first seconds are there, and another when
/// everything is there that will be kept.
struct StreamingValidation {
    /// Legal transitions: waiting → running → waiting (the first attempt was too early), passed or undecided.
    private enum State {
        case waiting
        case running(EarlyInspection, isLast: Bool)
        case passed(Inspection)
        /// Only the whole file can be validated.
        case undecided
    }

    private var state = State.waiting
    private var attempts = 0

    /// What was found, if the file has been validated.
    var inspection: Inspection? {
        if case .passed(let inspection) = state { return inspection }
        return nil
    }

    /// Whether an attempt was made.
    var hasBegun: Bool { attempts > 0 }

    /// Whether another attempt can succeed now.
    func isDue(_ spool: Spool) -> Bool {
        guard case .waiting = state else { return false }
        return attempts == 0 ? spool.hasFirstSeconds : spool.isSettled
    }

    /// Starts an attempt.
    mutating func begin(_ job: InspectionJob, workers: any MediaInspecting, isLast: Bool) {
        attempts += 1
        state = .running(EarlyInspection(job, workers: workers), isLast: isLast)
    }

    /// Notes the result of the attempt, if it has ended.
    /// - Throws: the error of a file that is rejected whatever follows.
    mutating func update() throws(MediaError) {
        guard case .running(let attempt, let isLast) = state, let result = attempt.result else { return }
        try finish(result, isLast)
    }

    /// Waits for the running attempt.
    /// - Throws: the error of a file that is rejected whatever follows.
    mutating func settle() async throws(MediaError) {
        guard case .running(let attempt, let isLast) = state else { return }
        try finish(await attempt.value(), isLast)
    }

    /// Cancels the running attempt.
    func cancel() {
        if case .running(let attempt, _) = state { attempt.cancel() }
    }

    private mutating func finish(_ result: Result<Inspection, MediaError>, _ isLast: Bool) throws(MediaError) {
        switch result {
        case .success(let inspection): state = .passed(inspection)
        case .failure(let error):
            state = isLast ? .undecided : .waiting
            if error.isFinal || error.code == .unreadable || error.code == .outOfMemory { throw error }
        }
    }
}

extension MediaError {
    /// Whether no further byte can change this error, or the attempt cost so much (a worker, a whole deadline) that the file
    /// gets no other.
    var isFinal: Bool {
        [
            .tooLong, .tooManyPixels, .tooManyStreams, .tooComplex, .wrongKind, .unsupported, .crashed, .interrupted,
            .deadline, .cancelled,
        ].contains(code)
    }
}
