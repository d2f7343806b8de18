/// Waits until `condition` holds, by polling, because the state of another process cannot be awaited.
/// - Parameter timeout: the maximum on the slowest machine; it only bounds a hang.
/// - Throws: ``ProgramFailure`` when it still does not hold then.
public func eventually(
    _ what: String = "what is waited for", within timeout: Duration = .seconds(120), file: String = #fileID,
    line: Int = #line,
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + timeout
    while try await !condition() {
        guard ContinuousClock.now < end else { throw ProgramFailure("\(file):\(line): still not so: \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}
