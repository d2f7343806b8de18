import MediaModel

/// What can be known of a file before its last byte: tried once its first seconds are there, and once more when all is
/// there that will be kept.
struct StreamingValidation {
    private enum State {
        case waiting
        case running(EarlyInspection, isLast: Bool)
        case passed(Inspection)
        /// Only the end can tell.
        case open
    }

    private var state = State.waiting
    private var attempts = 0

    /// What was found, if the file passed.
    var inspection: Inspection? {
        if case .passed(let inspection) = state { return inspection }
        return nil
    }

    /// Whether there was an attempt.
    var hasBegun: Bool { attempts > 0 }

    /// Whether another attempt makes sense now.
    func isDue(_ spool: Spool) -> Bool {
        guard case .waiting = state else { return false }
        return attempts == 0 ? spool.hasFirstSeconds : spool.isSettled
    }

    /// Begins an attempt.
    mutating func begin(_ job: InspectionJob, workers: any MediaInspecting, isLast: Bool) {
        attempts += 1
        state = .running(EarlyInspection(job, workers: workers), isLast: isLast)
    }

    /// Notes how an attempt ended, if one has. Throws what is final.
    mutating func update() throws(MediaError) {
        guard case .running(let attempt, let isLast) = state, let result = attempt.result else { return }
        try end(result, isLast)
    }

    /// Waits for the attempt that runs. Throws what is final.
    mutating func settle() async throws(MediaError) {
        guard case .running(let attempt, let isLast) = state else { return }
        try end(await attempt.end(), isLast)
    }

    /// Gives up.
    func cancel() {
        if case .running(let attempt, _) = state { attempt.cancel() }
    }

    private mutating func end(_ result: Result<Inspection, MediaError>, _ isLast: Bool) throws(MediaError) {
        switch result {
        case .success(let inspection): state = .passed(inspection)
        case .failure(let error):
            state = isLast ? .open : .waiting
            if error.isFinal || error.code == .unreadable || error.code == .outOfMemory { throw error }
        }
    }
}

extension MediaError {
    /// Whether no byte that follows can change it, or the attempt cost so much (a worker, a whole deadline) that the file
    /// gets no other.
    var isFinal: Bool {
        [
            .tooLong, .tooManyPixels, .tooManyStreams, .tooComplex, .wrongKind, .unsupported, .crashed, .interrupted,
            .deadline, .cancelled,
        ].contains(code)
    }
}
