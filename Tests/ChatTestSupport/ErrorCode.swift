package import ChatBridge

/// Whether an error carries a code.
package func code(of body: () async throws -> some Any) async -> ChatError.Code? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? ChatError)?.code
    }
}
