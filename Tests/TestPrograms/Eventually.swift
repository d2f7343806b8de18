/// Waits until `condition` holds. What another process does can only be asked for, again and again.
/// - Parameter timeout: how long it may take on the slowest machine: a bound on hanging, not a measure.
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
