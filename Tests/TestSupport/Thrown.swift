/// The error that `body` throws; `nil` where it throws none, or one of another type. (`#expect(throws:)` returns its error only
/// since Swift 6.1.)
public func thrown<Failure: Error, Result>(_ type: Failure.Type, by body: () throws -> Result) -> Failure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Failure
    }
}

/// The error that `body` throws; `nil` where it throws none, or one of another type.
public func thrown<Failure: Error, Result>(
    _ type: Failure.Type, by body: () async throws -> Result
) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? Failure
    }
}
